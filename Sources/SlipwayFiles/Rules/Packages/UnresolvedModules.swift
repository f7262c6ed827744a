// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Bundlers add what Node wants to read.
    static let unresolvedModule = Rule(
        "AP321", .error, "the compiled program imports files without their ending, and Node does not find them",
        why:
            "tsc leaves imports as they are written, and with \"type\": \"module\" Node adds no ending: the built program "
            + "ends with ERR_MODULE_NOT_FOUND, although tsx and bundlers run the same source.",
        catches: [
            [
                "package.json":
                    "{\n  \"type\": \"module\",\n  \"scripts\": {\n    \"build\": \"tsc\",\n    \"start\": \"node dist/index.js\"\n  }\n}\n",
                "src/app.ts": "export const app = 1\n", "src/index.ts": "import { app } from './app'\n",
                "tsconfig.json":
                    "{\"compilerOptions\": {\"module\": \"ES2022\", \"moduleResolution\": \"bundler\", \"outDir\": \"dist\"}}",
            ],
            [
                "api/package.json":
                    "{\n  \"type\": \"module\",\n  \"scripts\": {\n    \"build\": \"rimraf dist && tsc -p tsconfig.json\",\n    \"start\": \"NODE_ENV=production node ./dist/server.js\"\n  }\n}\n",
                "api/src/db/index.ts": "export const db = 1\n", "api/src/server.ts": "import { db } from \"./db\";\n",
                "api/tsconfig.json": "{\n  // for node\n  \"compilerOptions\": {\"module\": \"ESNext\"}\n}",
            ],
        ],
        passes: [
            [
                "package.json":
                    "{\n  \"type\": \"module\",\n  \"scripts\": {\n    \"build\": \"tsc\",\n    \"start\": \"node dist/index.js\"\n  }\n}\n",
                "src/app.ts": "export const app = 1\n", "src/index.ts": "import { app } from './app.js'\n",
                "tsconfig.json":
                    "{\"compilerOptions\": {\"module\": \"ES2022\", \"moduleResolution\": \"bundler\", \"outDir\": \"dist\"}}",
            ],
            [
                "package.json":
                    "{\"type\": \"module\", \"scripts\": {\"build\": \"tsc --noEmit && tsup src/index.ts\", \"start\": \"node dist/index.js\"}}",
                "src/app.ts": "export const app = 1\n", "src/index.ts": "import { app } from './app'\n",
                "tsconfig.json": "{\"compilerOptions\": {\"module\": \"ES2022\"}}",
            ],
            [
                "package.json": "{\"scripts\": {\"build\": \"tsc\", \"start\": \"node dist/index.js\"}}",
                "src/app.ts": "export const app = 1\n", "src/index.ts": "import { app } from './app'\n",
                "tsconfig.json": "{\"compilerOptions\": {\"module\": \"commonjs\"}}",
            ],
            [
                "package.json":
                    "{\"type\": \"module\", \"scripts\": {\"build\": \"tsc\", \"start\": \"node --import tsx dist/index.js\"}}",
                "src/app.ts": "export const app = 1\n", "src/index.ts": "import { app } from './app'\n",
                "tsconfig.json": "{\"compilerOptions\": {\"module\": \"ES2022\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        return NodePins.all(in: tree).compactMap { pins in
            guard pins.isModule, CompiledModules.areKeptAsWritten(pins, tree) else { return nil }
            for script in pins.scripts where ["start", "start:prod", "serve", "prod"].contains(script.key) {
                guard let source = CompiledModules.source(of: script.text, pins, tree),
                    let found = CompiledModules.bareImport(in: source, tree)
                else { continue }
                return Violation(
                    file: pins.place, line: script.line,
                    "Node does not find \(found.path) (\(source):\(found.line)); write: \"\(found.path).js\", or build with a "
                        + "bundler: tsup, esbuild")
            }
            return nil
        }
    }
}

private enum CompiledModules {
    /// What rewrites imports after or instead of tsc.
    private static let rewriters = [
        "tsup", "esbuild", "rollup", "vite", "webpack", "tsc-alias", "swc", "babel", "ncc", "bun", "resolve-tspaths",
        "fix-", "-fix", "parcel", "unbuild", "pkgroll", "tsdown", "noEmit", "emitDeclarationOnly", "tsc-esm",
        "add-js", "extension", " -b", "--build", "nest", "next", "ttsc", "tspc",
    ]

    static func areKeptAsWritten(_ pins: NodePins, _ tree: SourceTree) -> Bool {
        let chain = pins.scripts.filter { ["build", "prebuild", "postbuild", "compile"].contains($0.key) }
        guard let build = chain.first(where: { $0.key == "build" })?.text,
            build.split(whereSeparator: { !$0.isLetter && !"-./".contains($0) }).contains("tsc"),
            !chain.contains(where: { script in rewriters.contains(where: script.text.contains) }),
            !build.contains("tsconfig.") || build.contains("tsconfig.json"),
            let text = tree.text(pins.folder == "." ? "tsconfig.json" : pins.folder + "/tsconfig.json")
        else { return false }
        let settings = text.split(separator: "\n").map(\.trimmed).filter {
            !$0.hasPrefix("//") && !$0.hasPrefix("/*")
        }.joined().filter { !$0.isWhitespace }.lowercased()
        // What another file sets is not followed.
        guard !settings.contains("\"extends\""), !settings.contains("\"noemit\":true") else { return false }
        let resolves = ["\"moduleresolution\":\"node16\"", "\"moduleresolution\":\"nodenext\""]
        return ["es2015", "es6", "es2020", "es2022", "esnext", "preserve"].contains {
            settings.contains("\"module\":\"\($0)\"")
        } && !resolves.contains(where: settings.contains)
    }

    /// The source of what `node dist/index.js` starts.
    static func source(of start: String, _ pins: NodePins, _ tree: SourceTree) -> String? {
        let words = start.split(separator: " ").map(String.init)
        guard let node = words.firstIndex(of: "node"),
            !words.contains(where: { ["--import", "--loader", "-r", "--require", "tsx"].contains($0) }),
            !start.contains("experimental"), !start.contains("loader"), words.indices.contains(node + 1)
        else { return nil }
        guard let file = words[(node + 1)...].first(where: { !$0.hasPrefix("-") }) else { return nil }
        var parts = GoPath.clean(file).split(separator: "/").map(String.init)
        guard parts.count > 1, ["dist", "build", "out", "lib"].contains(parts[0]) else { return nil }
        parts.removeFirst()
        var stem = parts.joined(separator: "/")
        if stem.hasSuffix(".js") { stem = String(stem.dropLast(3)) }
        let prefix = pins.folder == "." ? "" : pins.folder + "/"
        return [prefix + "src/" + stem + ".ts", prefix + stem + ".ts"].first(where: tree.contains)
    }

    /// The first import of a value that has no ending; one of types alone is not in what runs.
    static func bareImport(in path: String, _ tree: SourceTree) -> (path: String, line: Int)? {
        guard let text = tree.text(path) else { return nil }
        let folder = SourceTree.Entry(path: path).directory
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.trimmed
            guard line.hasPrefix("import ") || line.hasPrefix("} from ") || line.hasPrefix("export "),
                !line.hasPrefix("import type"), !line.hasPrefix("export type"),
                let start = TextSearch.range(of: " from ", in: line[...])
                    ?? TextSearch.range(of: "import ", in: line[...])
            else { continue }
            let rest = line[start.upperBound...]
            guard let quote = rest.first, quote == "'" || quote == "\"" else { continue }
            let target = String(rest.dropFirst().prefix { $0 != quote })
            // A file of types alone leaves nothing to import.
            guard target.hasPrefix("./") || target.hasPrefix("../"), !target.lowercased().contains("type"),
                !target.lowercased().contains("interface")
            else { continue }
            let clean = GoPath.clean(folder + "/" + target)
            guard tree.contains(clean + ".ts") || tree.contains(clean + "/index.ts") || tree.contains(clean + ".tsx")
            else { continue }
            return (tree.contains(clean + "/index.ts") ? target + "/index" : target, index + 1)
        }
        return nil
    }
}
