// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The build stops at the first file that is not in its context.
    static let missingSource = Rule(
        "AP121", .error, "COPY names a file that does not exist",
        why: "The build stops: the file is not in the repository, or stands outside the folder that the build sees.",
        catches: [
            ["Dockerfile": "FROM debian:12\nCOPY settings.json /app/\n", "main.py": ""],
            [
                "compose.yml": "services:\n  web:\n    build: ./web\n",
                "web/Dockerfile": "FROM debian:12\nCOPY package.json /app/\n", "package.json": "{}",
            ],
        ],
        passes: [
            ["Dockerfile": "FROM debian:12\nCOPY settings.json /app/\n", "settings.json": "{}"],
            ["docker/Dockerfile": "FROM debian:12\nCOPY app /app\nCOPY *.lock /app/\n", "app/a.py": ""],
            ["Dockerfile": "FROM scratch\nCOPY myapp /\n", ".goreleaser.yaml": "builds: []\n"],
            [
                "docs/deploy/Dockerfile": "FROM python:3.13\nCOPY requirements.txt .\nCOPY . .\n",
                "docs/deploy/README.md": "Copy these files into your project.\n", "lib/a.py": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let isReleased = repository.tree.entries.contains {
            $0.name.hasPrefix(".goreleaser") || $0.name.hasPrefix("goreleaser")
        }
        return repository.images.flatMap { unit -> [Violation] in
            let contexts = BuildContexts.of(unit)
            guard !ContextFiles.isForElsewhere(unit.dockerfile, contexts) else { return [] }
            return unit.dockerfile.reading.file.instructions.flatMap { instruction -> [Violation] in
                guard ["COPY", "ADD"].contains(instruction.keyword), instruction.flag("from") == nil,
                    instruction.heredocs.isEmpty
                else { return [] }
                return instruction.arguments.dropLast().compactMap { source in
                    guard !isReleased, isChecked(source),
                        !contexts.contains(where: { BuildContexts.has(source, in: $0, of: repository.tree) })
                    else { return nil }
                    let isEnvironment = SourceTree.Entry(path: source).name.hasPrefix(".env")
                    let name = SourceTree.Entry(path: GoPath.clean(source)).name
                    let elsewhere = repository.tree.files(named: name).first?.path
                    let advice =
                        isEnvironment
                        ? "delete the line and give the variables when the container starts"
                        : elsewhere.map { "it stands at \($0), outside the context \(contexts[0])" }
                            ?? "write the path from the context \(contexts[0])"
                    return Violation(
                        file: unit.dockerfile.location, line: instruction.line,
                        "\(source) is not in the repository; \(advice)",
                        severity: unit.isForDevelopment ? .warning : .error)
                }
            }
        }
    }

    /// Leaves out variables, addresses, and what only a build before this one makes.
    private static func isChecked(_ source: String) -> Bool {
        guard !source.contains("$"), !source.contains("://"), !source.hasPrefix("git@"), !source.hasPrefix("<<"),
            !source.contains("*"), !source.contains("?"), !source.contains("[")
        else { return false }
        let clean = GoPath.clean(source.hasPrefix("/") ? String(source.dropFirst()) : source)
        guard clean != ".", clean != "", !clean.hasPrefix("..") else { return false }
        // Every clone has it, and no tree shows it.
        guard clean != ".git", !clean.hasPrefix(".git/") else { return false }
        let made: Set<String> = [
            "dist", "build", "target", "out", "bin", "publish", ".next", ".output", "release", "releases", "artifacts",
            "vendor", "node_modules", "wheels", ".build", "_build", "deps", "public", "static", "certs", "ssl",
        ]
        let parts = clean.split(separator: "/").map(String.init)
        guard made.isDisjoint(with: parts) else { return false }
        let name = parts.last ?? ""
        return ![".jar", ".war", ".whl", ".tar.gz", ".tgz", ".zip", ".deb", ".pem", ".crt", ".key"].contains {
            name.hasSuffix($0)
        }
    }

    /// The container ends at once: there is nothing to run.
    static let missingScript = Rule(
        "AP122", .error, "an image starts a script that the repository does not have",
        why: "The container ends at once with: no such file or directory.",
        catches: [
            ["Dockerfile": "FROM debian:12\nCOPY . /app\nWORKDIR /app\nCMD [\"./start.sh\"]\n", "main.py": ""],
            [
                "Dockerfile":
                    "FROM ruby:3.4-slim\nWORKDIR /rails\nCOPY . .\nRUN bundle install\nCMD [\"./bin/thrust\", \"./bin/rails\", \"server\"]\n",
                "bin/rails": "#!/usr/bin/env ruby\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM debian:12\nCOPY . /app\nWORKDIR /app\nCMD [\"./start.sh\"]\n",
                "start.sh": "exec a\n",
            ],
            ["Dockerfile": "FROM postgres:17\nENTRYPOINT [\"docker-entrypoint.sh\"]\n"],
            ["Dockerfile": "FROM tiangolo/uwsgi-nginx:python3.12\nCOPY . /app\nCMD [\"/start.sh\"]\n", "main.py": ""],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.flatMap { unit -> [Violation] in
            let base = unit.dockerfile.finalBase.map(ImageName.init)
            let isForeign = base.map { !$0.registry.isEmpty || $0.repository.contains("/") } ?? true
            return unit.instructions.filter { ["CMD", "ENTRYPOINT"].contains($0.keyword) }.compactMap { instruction in
                let words = instruction.arguments.joined(separator: " ").split(separator: " ").map(String.init)
                if let stub = missingStub(words, unit, repository) {
                    return Violation(
                        file: unit.dockerfile.location, line: instruction.line,
                        "the repository has no \(stub.path), so the container ends at once; type: bundle binstubs \(stub.gem), and "
                            + "commit the file")
                }
                guard let script = words.first(where: { $0.hasSuffix(".sh") }), !script.contains("$"),
                    // An image that somebody else made can bring the script along.
                    !script.hasPrefix("/") || !isForeign,
                    repository.tree.files(named: SourceTree.Entry(path: script).name).isEmpty,
                    script.contains("/") || words.first != script,
                    !unit.instructions.contains(where: {
                        $0.line != instruction.line && $0.text.contains(SourceTree.Entry(path: script).name)
                    }), unit.instructions.contains(where: { $0.keyword == "COPY" || $0.keyword == "ADD" }),
                    !unit.instructions.contains(where: {
                        $0.flag("from") != nil && $0.arguments.count == 2 && $0.keyword == "COPY"
                            && !$0.arguments[0].contains(".") && $0.arguments[0].contains("script")
                    })
                else { return nil }
                return Violation(
                    file: unit.dockerfile.location, line: instruction.line,
                    "the repository has no \(SourceTree.Entry(path: script).name); write the path of the script, or add it"
                )
            }
        }
    }

    /// A program of Rails' folder bin that is in no clone.
    private static func missingStub(
        _ words: [String], _ unit: DeployedUnit, _ repository: CheckedRepository
    ) -> (path: String, gem: String)? {
        guard let word = words.first(where: { !$0.hasPrefix("-") }), word.hasPrefix("./bin/") || word.hasPrefix("bin/"),
            let context = BuildContexts.of(unit).first(where: {
                repository.tree.contains(GoPath.clean($0 + "/bin/rails"))
            })
        else { return nil }
        let path = GoPath.clean(context + "/" + word)
        let name = SourceTree.Entry(path: path).name
        guard !name.contains("$"), !repository.tree.contains(path), repository.tracked?.contains(path) != true,
            !unit.dockerfile.document.instructions.contains(where: { instruction in
                instruction.keyword != "CMD" && instruction.text.contains(name) || instruction.text.contains("binstubs")
            }), !ScriptPaths.isIgnored(path, in: repository.tree)
        else { return nil }
        return (path, name == "thrust" ? "thruster" : name)
    }

    /// npm ends with: missing script.
    static let missingPackageScript = Rule(
        "AP123", .error, "a package script does not exist",
        why: "npm ends with an error: no package.json of the repository has a script of this name.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci && npm run build:prod\n",
                "package.json": "{\"scripts\":{\"build\":\"b\"}}",
            ],
            ["Procfile": "web: npm run serve\n", "package.json": "{\"scripts\":{\"start\":\"s\"}}"],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"b\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN (cd shared && npm run build) && npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"b\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let scripts = PackageScripts.names(in: repository.tree)
        guard !scripts.isEmpty else { return [] }
        func missing(_ text: String) -> String? {
            PackageScripts.uses(in: text).first { !scripts.contains($0) }
        }
        func report(_ text: String, _ file: String, _ line: Int) -> Violation? {
            guard let name = missing(text) else { return nil }
            let near =
                NearestWord.of(name, among: scripts).map { "; write: npm run \($0)" } ?? "; add it to package.json"
            return Violation(file: file, line: line, "no package.json has the script \(name)\(near)")
        }
        var found: [Violation] = []
        for dockerfile in repository.dockerfiles {
            for instruction in dockerfile.reading.file.instructions where ["RUN", "CMD"].contains(instruction.keyword) {
                let text = instruction.arguments.joined(separator: " ")
                if let violation = report(text, dockerfile.location, instruction.line) { found.append(violation) }
            }
        }
        for procfile in repository.procfiles {
            for process in procfile.document.processes {
                if let violation = report(process.command, procfile.location, process.line) { found.append(violation) }
            }
        }
        for file in repository.composeFiles {
            for service in file.services where service.build != nil {
                guard let command = service.command else { continue }
                if let violation = report(command.text, file.location, command.line) { found.append(violation) }
            }
        }
        return found
    }

    /// Python finds no module of this name where the process starts.
    static let missingModule = Rule(
        "AP124", .error, "the start command names a Python module that is not there",
        why: "The server ends at once with ModuleNotFoundError: the module is not below the folder where it starts.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\"]\n",
                "backend/main.py": "app = 1\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"uvicorn\", \"backend.main:app\", \"--host\", \"0.0.0.0\"]\n",
                "backend/main.py": "app = 1\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY backend /app\nCMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\"]\n",
                "backend/main.py": "app = 1\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard let start = unit.imageStart, start.file == unit.dockerfile.location, !start.text.contains("cd "),
                let command = ServerCommandLine(start.text),
                ["uvicorn", "gunicorn", "hypercorn", "daphne", "granian"].contains(command.program),
                !command.words.contains(where: {
                    $0.contains("app-dir") || $0.contains("chdir") || $0.contains("pythonpath")
                }),
                let target = command.words.first(where: {
                    $0.contains(":") && !$0.hasPrefix("-") && $0.first?.isNumber != true && !$0.contains("$")
                        && !$0.contains("/")
                }),
                !unit.instructions.contains(where: { $0.keyword == "ENV" && $0.text.contains("PYTHONPATH") })
            else { return nil }
            let module = String(target.prefix { $0 != ":" })
            guard module.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }),
                module.contains(where: \.isLetter)
            else { return nil }
            let map = ImageFiles(unit)
            guard map.isComplete, let folder = unit.dockerfile.finalWorkingFolders.last else { return nil }
            let path = folder + "/" + module.split(separator: ".").joined(separator: "/")
            guard !map.contains(path + ".py"), !map.contains(path + "/__init__.py"), !map.isInstalled else {
                return nil
            }
            let last = module.split(separator: ".").last.map(String.init) ?? module
            let real = repository.tree.files(named: last + ".py").compactMap { map.place(of: $0.path) }
                .first { $0.hasPrefix(folder + "/") }
            let advice = real.map { path in
                let name = path.dropFirst(folder.count + 1).dropLast(3).split(separator: "/").joined(separator: ".")
                return "write: \(name):\(target.split(separator: ":").last ?? "app")"
            }
            return Violation(
                file: start.file, line: start.line,
                "\(module) is not below \(folder) in the image; \(advice ?? "copy it there, or write another module")")
        }
    }
}

/// Names of scripts in package.json files.
enum PackageScripts {
    static func names(in tree: SourceTree) -> Set<String> {
        Set(
            tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }.flatMap { entry in
                tree.text(entry.path).flatMap { JSONDocument(parsing: $0).root?["scripts"]?.mapping?.keys } ?? []
            })
    }

    /// Names after `npm run`, `yarn run`, `pnpm run` and `bun run` that can only be scripts.
    static func uses(in text: String) -> [String] {
        // Brackets stand around what runs in a shell of its own.
        let words = text.split { $0.isWhitespace || "\"';&|()".contains($0) }.map(String.init)
        var found: [String] = []
        for index in words.indices.dropLast(2) where words[index + 1] == "run" {
            guard ["npm", "pnpm"].contains(words[index]) else { continue }
            var next = index + 2
            // The folder or package that an option names is another package.json.
            if words[next].hasPrefix("-") { continue }
            let name = words[next]
            next += 1
            guard !name.contains("$"), !name.contains("/"), !name.contains("*"), name.first?.isLetter == true else {
                continue
            }
            found.append(name)
        }
        return found
    }
}

/// Where the build context's files stand in an image.
struct ImageFiles {
    private var places: [String: String] = [:]
    private var files: Set<String> = []
    /// Whether every COPY could be followed.
    private(set) var isComplete = true
    /// Whether the project itself is installed as a package, so that its modules are found anywhere.
    private(set) var isInstalled = false

    init(_ unit: DeployedUnit) {
        let tree = unit.dockerfile.repository.tree
        let contexts = BuildContexts.of(unit)
        var folder = "/"
        for instruction in unit.instructions {
            switch instruction.keyword {
            case "WORKDIR":
                guard let path = instruction.arguments.first, !path.contains("$") else {
                    isComplete = false
                    return
                }
                folder = path.hasPrefix("/") ? GoPath.clean(path) : GoPath.clean(folder + "/" + path)
            case "RUN":
                if instruction.text.contains("pip install .") || instruction.text.contains("pip install -e")
                    || instruction.text.contains("uv sync") || instruction.text.contains("poetry install")
                    || instruction.text.contains(".whl") || instruction.text.contains("git clone")
                {
                    isInstalled = true
                }
            case "COPY", "ADD":
                // What another stage made is not followed.
                guard instruction.flag("from") == nil else {
                    isComplete = false
                    return
                }
                guard let target = instruction.arguments.last, !instruction.text.contains("$"),
                    instruction.heredocs.isEmpty
                else {
                    isComplete = false
                    return
                }
                let base = target.hasPrefix("/") ? GoPath.clean(target) : GoPath.clean(folder + "/" + target)
                for source in instruction.arguments.dropLast() {
                    guard let context = contexts.first(where: { BuildContexts.has(source, in: $0, of: tree) }) else {
                        if source.contains("*") { isComplete = false }
                        continue
                    }
                    let path = GoPath.clean(context + "/" + source)
                    if tree.contains(path) {
                        let isFolder =
                            target.hasSuffix("/") || target == "." || instruction.arguments.count > 2
                            || !SourceTree.Entry(path: base).name.contains(".")
                        add(path, base + (isFolder ? "/" + SourceTree.Entry(path: path).name : ""))
                    } else {
                        for entry in tree.files(under: path) {
                            let tail = path == "." ? entry.path : String(entry.path.dropFirst(path.count + 1))
                            add(entry.path, base + "/" + tail)
                        }
                    }
                }
            default: break
            }
        }
    }

    private mutating func add(_ path: String, _ place: String) {
        let place = GoPath.clean(place)
        places[path] = place
        files.insert(place)
    }

    func contains(_ path: String) -> Bool { files.contains(GoPath.clean(path)) }
    /// Where a file of the repository stands.
    func place(of path: String) -> String? { places[path] }
}
