// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Cannot find module '/app/dist/main.js'.
    ///
    /// Without rootDir the compiler keeps the folders below the longest path that all its sources share
    /// (typescriptlang.org/tsconfig#rootDir).
    static let compiledDeeper = Rule(
        "AP614", .error, "the compiler writes the program one folder deeper than the image starts it",
        why:
            "Without rootDir tsc, and nest build with it, takes the folder that all sources share: a test or a script beside "
            + "src makes dist/src/main.js of src/main.ts, and the container ends with: Cannot find module.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"nest build\"}}",
                "nest-cli.json": "{\"sourceRoot\": \"src\"}",
                "tsconfig.json":
                    "{\"compilerOptions\": {\"outDir\": \"./dist\"}, \"include\": [\"src/**/*\", \"test/**/*\"]}",
                "src/main.ts": "", "test/a.spec.ts": "",
            ],
            [
                "api/Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"npm\", \"run\", \"start:prod\"]\n",
                "api/package.json": "{\"scripts\":{\"build\":\"tsc\",\"start:prod\":\"node dist/index\"}}",
                "api/tsconfig.json": "{\"compilerOptions\": {\"outDir\": \"dist\"}, \"exclude\": [\"node_modules\"]}",
                "api/src/index.ts": "", "api/prisma/seed.ts": "",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"nest build\"}}",
                "nest-cli.json": "{\"sourceRoot\": \"src\"}",
                "tsconfig.json":
                    "{\"compilerOptions\": {\"outDir\": \"./dist\"}, \"include\": [\"src/**/*\", \"test/**/*\"]}",
                "tsconfig.build.json":
                    "{\"extends\": \"./tsconfig.json\", \"exclude\": [\"node_modules\", \"test\", \"**/*spec.ts\"]}",
                "src/main.ts": "", "test/a.spec.ts": "",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/src/main.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"nest build\"}}",
                "tsconfig.json": "{\"compilerOptions\": {\"outDir\": \"./dist\"}}", "src/main.ts": "",
                "test/a.spec.ts": "",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.js\"]\n",
                ".dockerignore": "test\n", "package.json": "{\"scripts\":{\"build\":\"tsc\"}}",
                "tsconfig.json": "{\"compilerOptions\": {\"outDir\": \"./dist\"}}", "src/main.ts": "",
                "test/a.spec.ts": "",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY src ./src\nRUN npm ci && npm run build\nCMD [\"node\", \"dist/main.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"tsc\"}}",
                "tsconfig.json": "{\"compilerOptions\": {\"outDir\": \"./dist\"}}", "src/main.ts": "",
                "test/a.spec.ts": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "tsconfig.json").isEmpty else { return [] }
        return repository.images.compactMap { unit in
            guard !unit.mountsItsSource, let start = unit.start, let server = unit.server,
                server.line.program == "node",
                let entry = server.line.words.first(where: { !$0.hasPrefix("-") }).map({ GoPath.clean($0) }),
                !entry.hasPrefix("/"), let compiler = CompilerOutput(of: unit),
                let found = compiler.deeper(than: entry)
            else { return nil }
            return Violation(
                file: start.file, line: start.line,
                "\(found.reason) is compiled too, so the program is \(found.path); start that, or write in "
                    + "\(compiler.settings): \"include\": [\"src\"]")
        }
    }
}

/// Where tsc writes what it compiles in an image.
private struct CompilerOutput {
    /// The tsconfig that the build reads.
    let settings: String
    private let output: String
    /// Relative to the package's folder.
    private let sources: [String]

    init?(of unit: DeployedUnit) {
        let tree = unit.dockerfile.repository.tree
        let own = unit.app?.directory ?? unit.context ?? SourceTree.Entry(path: unit.dockerfile.location).directory
        let prefix = own == "." ? "" : own + "/"
        guard
            let build = tree.text(prefix + "package.json").flatMap({ JSONDocument(parsing: $0).root })?
                .at("scripts", "build")?.text, let name = Self.settings(of: build, prefix, tree),
            let read = CompilerSettings(prefix + name, in: tree), let output = read.output
        else { return nil }
        settings = prefix + name
        self.output = output
        let files = tree.entries.filter { entry in
            entry.path.hasPrefix(prefix) && (entry.name.hasSuffix(".ts") || entry.name.hasSuffix(".tsx"))
                && !entry.name.hasSuffix(".d.ts") && !entry.path.contains("node_modules/")
        }
        let inside = files.map { String($0.path.dropFirst(prefix.utf8.count)) }
        guard let taken = read.taken(inside) else { return nil }
        sources = Self.copied(taken, from: own, by: unit)
    }

    /// The settings' file of `tsc`, `tsc -p X` and `nest build`; `nil` where something else writes the program.
    private static func settings(of build: String, _ prefix: String, _ tree: SourceTree) -> String? {
        let words = build.split(whereSeparator: \.isWhitespace).map(String.init)
        guard
            ["--outDir", "--rootDir", "webpack", "swc", "tsup", "esbuild", "vite", "ncc", "-b", "--build", "rollup"]
                .allSatisfy({ !build.contains($0) })
        else { return nil }
        if words.contains("tsc") {
            guard let flag = words.firstIndex(where: { $0 == "-p" || $0 == "--project" }) else {
                return "tsconfig.json"
            }
            return words.indices.contains(flag + 1) ? GoPath.clean(words[flag + 1]) : nil
        }
        guard build.contains("nest build"), words.last == "build" else { return nil }
        let nest = tree.text(prefix + "nest-cli.json") ?? ""
        guard !["webpack", "swc", "tsConfigPath", "\"monorepo\"", "\"projects\""].contains(where: nest.contains) else {
            return nil
        }
        return tree.contains(prefix + "tsconfig.build.json") ? "tsconfig.build.json" : "tsconfig.json"
    }

    /// Those that a COPY brings and no .dockerignore leaves out.
    private static func copied(_ sources: [String], from folder: String, by unit: DeployedUnit) -> [String] {
        let repository = unit.dockerfile.repository
        let contexts = BuildContexts.of(unit)
        let context = unit.context ?? (contexts.contains(folder) ? folder : contexts.first ?? folder)
        let ignore = [unit.dockerfile.location + ".dockerignore", GoPath.clean(context + "/.dockerignore")].lazy
            .compactMap(repository.tree.text).first.map { DockerIgnore(parsing: $0) }
        let places = unit.dockerfile.reading.file.instructions.filter {
            ["COPY", "ADD"].contains($0.keyword) && $0.flag("from") == nil
        }.flatMap { $0.arguments.dropLast() }.map { GoPath.clean($0) }
        let below = context == "." ? "" : context + "/"
        let own = folder == "." ? "" : folder + "/"
        guard own.hasPrefix(below) else { return [] }
        return sources.filter { source in
            let path = String((own + source).dropFirst(below.utf8.count))
            return places.contains { $0 == "." || path == $0 || path.hasPrefix($0 + "/") }
                && ignore?.excludes(path) != true
        }
    }

    /// Where the program is in truth, and the first source beside its folder; `nil` when it is where it is looked for.
    func deeper(than entry: String) -> (path: String, reason: String)? {
        guard entry.hasPrefix(output + "/") else { return nil }
        var stem = String(entry.dropFirst(output.utf8.count + 1))
        if stem.hasSuffix(".js") { stem = String(stem.dropLast(3)) }
        guard !stem.hasPrefix("src/"), sources.contains("src/" + stem + ".ts"), !sources.contains(stem + ".ts"),
            let other = sources.filter({ !$0.hasPrefix("src/") }).min()
        else { return nil }
        return ("\(output)/src/\(stem).js", other)
    }
}

/// What a tsconfig says about its sources, the one that it extends taken in.
private struct CompilerSettings {
    /// Without `./`; `nil` where nothing is said, or rootDir says the rest.
    let output: String?
    private let include: [String]
    private let exclude: [String]

    init?(_ path: String, in tree: SourceTree) {
        guard let root = tree.text(path).flatMap({ JSONDocument(parsing: $0, dialect: .tolerant).root }) else {
            return nil
        }
        var layers = [root]
        if let base = root["extends"] {
            let folder = SourceTree.Entry(path: path).directory
            guard let name = base.text, name.hasPrefix("."),
                let parent = tree.text(GoPath.clean(folder + "/" + name + (name.hasSuffix(".json") ? "" : ".json"))),
                let text = JSONDocument(parsing: parent, dialect: .tolerant).root, text["extends"] == nil
            else { return nil }
            layers.append(text)
        }
        func option(_ name: String) -> DataNode? { layers.lazy.compactMap { $0.at("compilerOptions", name) }.first }
        func list(_ name: String) -> [String]? {
            layers.lazy.compactMap { $0[name]?.sequence?.compactMap(\.text) }.first
        }
        guard
            ["rootDir", "rootDirs", "noEmit", "composite", "outFile", "emitDeclarationOnly"].allSatisfy({
                option($0) == nil
            }), layers.allSatisfy({ $0["files"] == nil && $0["references"] == nil })
        else { return nil }
        let written = option("outDir")?.text.map { GoPath.clean($0) }
        output = written.flatMap { $0 == "." || $0.hasPrefix("..") ? nil : $0 }
        include = list("include") ?? ["**/*"]
        exclude = list("exclude") ?? ["node_modules"]
    }

    /// The sources that are compiled; `nil` when a pattern is none of the usual ones.
    func taken(_ sources: [String]) -> [String]? {
        let (wanted, left) = (include.map(Self.matcher), exclude.map(Self.matcher))
        guard wanted.allSatisfy({ $0 != nil }), left.allSatisfy({ $0 != nil }) else { return nil }
        let out = (output ?? "dist") + "/"
        return sources.filter { source in
            wanted.contains { $0?(source) == true } && !left.contains { $0?(source) == true }
                && !source.hasPrefix(out)
        }
    }

    /// `src`, `src/**/*`, `src/**/*.ts`, `**/*.spec.ts`, `**/*`
    private static func matcher(_ pattern: String) -> ((String) -> Bool)? {
        var text = pattern.hasPrefix("./") ? String(pattern.dropFirst(2)) : pattern
        if text.hasSuffix("/") { text = String(text.dropLast()) }
        guard text.contains("*") else { return { $0 == text || $0.hasPrefix(text + "/") } }
        if text == "**/*" || text == "**/*.ts" || text == "**" || text == "." { return { _ in true } }
        if text.hasPrefix("**/*"), !text.dropFirst(4).contains("*") {
            let ending = String(text.dropFirst(4))
            return { $0.hasSuffix(ending) }
        }
        if text == "*.ts" { return { !$0.contains("/") } }
        for ending in ["/**/*.ts", "/**/*.tsx", "/**/*", "/**", "/*"] where text.hasSuffix(ending) {
            let folder = String(text.dropLast(ending.utf8.count))
            guard !folder.contains("*") else { return nil }
            return { $0.hasPrefix(folder + "/") }
        }
        return nil
    }
}
