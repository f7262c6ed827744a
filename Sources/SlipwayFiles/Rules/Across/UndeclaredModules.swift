// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The first import ends the process, or the build.
    static let nodePackageMissing = Rule(
        "AP211", .error, "the code imports a package that package.json does not name",
        why:
            "The lock file decides what is installed: what is not in it ends the process with ERR_MODULE_NOT_FOUND, and "
            + "what only another package brings is gone with that package's next version.",
        catches: [
            [
                "package-lock.json":
                    "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/express\":{\"version\":\"5.0.0\"}}}",
                "package.json": "{\"dependencies\":{\"express\":\"5\"}}",
                "src/server.js": "import express from 'express'\nimport cors from \"cors\"\n",
            ],
            [
                "api/package-lock.json":
                    "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/express\":{\"version\":\"5.0.0\"}}}",
                "api/package.json": "{\"dependencies\":{\"express\":\"5\"}}",
                "api/server.js": "import cors from \"cors\"\n", "package.json": "{\"dependencies\":{\"cors\":\"2\"}}",
                "api/Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\n",
                "compose.yml": "services:\n  api:\n    build: ./api\n",
            ],
            [
                "package-lock.json":
                    "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/uuid\":{\"version\":\"9.0.0\"}}}",
                "package.json": "{\"dependencies\":{\"firebase-admin\":\"13\"}}",
                "server.js": "const { v4 } = require('uuid')\n",
            ],
            [
                "package-lock.json":
                    "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/react\":{\"version\":\"19.0.0\"}}}",
                "package.json":
                    "{\"scripts\":{\"build\":\"tsc -b && vite build\"},\"dependencies\":{\"react\":\"19\"}}",
                "src/Form.tsx": "import { useForm } from 'react-hook-form'\n",
            ],
            [
                "package-lock.json":
                    "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/react\":{\"version\":\"19.0.0\"}}}",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"dependencies\":{\"react\":\"19\"}}",
                "src/Wait.jsx": "import { ClipLoader } from 'react-spinners'\n",
                "src/pages/Home.jsx": "import Wait from '../Wait'\n", "src/main.jsx": "import './pages/Home'\n",
            ],
        ],
        passes: [
            [
                "package-lock.json":
                    "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/react\":{\"version\":\"19.0.0\"}}}",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"dependencies\":{\"react\":\"19\"}}",
                "src/pages/Old.jsx": "import Forgotten from '../Forgotten'\n",
                "src/Forgotten.jsx": "import { ClipLoader } from 'react-spinners'\n",
            ],
            [
                "package-lock.json":
                    "{\"lockfileVersion\":3,\"packages\":{\"\":{},\"node_modules/express\":{\"version\":\"5.0.0\"}}}",
                "package.json": "{\"dependencies\":{\"express\":\"5\"}}",
                "src/server.ts":
                    "import express from 'express'\nimport { readFile } from 'node:fs'\nimport path from 'path'\n"
                    + "import a from './a'\nimport type { Pool } from 'pg'\nimport b from '@/b'\n",
            ],
            [
                "package-lock.json": "{\"lockfileVersion\":3,\"packages\":{\"\":{}}}",
                "package.json": "{\"dependencies\":{}}",
                "src/server.test.js": "import request from 'supertest'\n",
            ],
            [
                "package-lock.json": "{\"lockfileVersion\":3,\"packages\":{\"\":{}}}",
                "package.json": "{\"_moduleAliases\":{\"@routes\":\"dist/routes\"}}",
                "server.js": "import a from '@routes/a'\nimport b from 'components/b'\n", "components/b.js": "",
            ],
            [
                "package-lock.json": "{\"lockfileVersion\":3,\"packages\":{\"\":{}}}",
                "package.json": "{\"dependencies\":{}}",
                "make/__name__.service.ts": "<% if (rest) { %>import a from 'axios'<% } %>\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let projects = LockedPackages.all(in: repository)
        guard !projects.isEmpty else { return [] }
        var seen: Set<String> = []
        let code = repository.codeFiles.filter { entry in
            (entry.name.hasSuffix(".js") || entry.name.hasSuffix(".ts")) && !entry.name.hasSuffix(".d.ts")
        }
        let parts = repository.programFiles.filter(BundledParts.isPart)
        return (code + parts).flatMap { entry -> [Violation] in
            guard let project = projects.first(where: { $0.holds(entry.path) }),
                let bytes = repository.tree.bytes(entry.path),
                bytes.count < 200_000,
                // A template of a generator, which makes several programs of it.
                !ByteSearch.contains("<%".utf8, in: bytes)
            else { return [] }
            return ModuleImports.all(in: bytes).compactMap { use in
                guard let name = project.missing(use.name), !seen.contains("\(project.folder) \(name)"),
                    !BundledParts.isPart(entry) || project.isCompiledWhole && entry.name.hasSuffix(".tsx")
                        || project.bundle(of: code + parts, in: repository.tree).holds(entry)
                else { return nil }
                seen.insert("\(project.folder) \(name)")
                let isBrought = project.locked.contains(name)
                return Violation(
                    file: entry.path, line: use.line,
                    "\(project.manifest) does not name \(name)"
                        + (isBrought ? ", which only another package brings" : ", and nothing installs it")
                        + "; type: \(project.installer) \(name)",
                    severity: isBrought || project.isBehind || project.isLoose(entry, in: repository.tree) ? .info : nil
                )
            }
        }
    }
}

/// A folder with package.json and npm's lock file, and what the two name.
private struct LockedPackages {
    let folder: String
    let manifest: String
    /// The command that adds a package and writes the lock file that is there.
    let installer: String
    /// Declared here or above.
    private let declared: Set<String>
    /// Everything that the lock file installs.
    let locked: Set<String>
    /// Beginnings that are no packages: aliases of the compiler, folders of the source.
    private let aliases: [String]
    private let nested: [String]
    private let isTypeCheckedByNext: Bool
    /// Whether the build compiles every file, and not only those that others import.
    let isCompiledWhole: Bool

    /// Whether the manifest asks for what the lock file does not have: then more may be installed than it says.
    let isBehind: Bool

    static func all(in repository: CheckedRepository) -> [LockedPackages] {
        let tree = repository.tree
        // What stands above the folder that a build sees is not there.
        let contexts = Set(
            repository.dockerfiles.filter { !DevelopmentPath.isLikely($0.location) }.flatMap {
                repository.statedContexts[$0.location]
            })
        let manifests = tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }
        return manifests.compactMap { LockedPackages($0, manifests, tree, isAlone: contexts.contains($0.directory)) }
            .sorted { $0.folder.utf8.count > $1.folder.utf8.count }
    }

    private init?(
        _ entry: SourceTree.Entry, _ manifests: [SourceTree.Entry], _ tree: SourceTree, isAlone: Bool
    ) {
        folder = entry.directory
        manifest = entry.path
        let prefix = folder == "." ? "" : folder + "/"
        let others = [("pnpm-lock.yaml", "pnpm add"), ("yarn.lock", "yarn add"), ("bun.lock", "bun add")]
        installer =
            tree.contains(prefix + "package-lock.json")
            ? "npm install" : others.first { tree.contains(prefix + $0.0) }?.1 ?? "npm install"
        guard let locked = Self.locked(prefix, tree),
            let root = tree.text(entry.path).flatMap({ JSONDocument(parsing: $0).root }), root["workspaces"] == nil,
            // A bundler with names of its own resolves them.
            root["imports"] == nil
        else { return nil }
        self.locked = locked
        isCompiledWhole = root["scripts"]?["build"]?.text?.contains("tsc") == true
        var declared: Set<String> = []
        for other in manifests
        where other.path == entry.path
            || !isAlone && (other.directory == "." || prefix.hasPrefix(other.directory + "/"))
        {
            let node =
                other.path == entry.path ? root : tree.text(other.path).flatMap { JSONDocument(parsing: $0).root }
            for group in ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] {
                declared.formUnion(node?[group]?.mapping?.keys ?? [])
            }
        }
        declared.formUnion(
            manifests.compactMap { tree.text($0.path).flatMap { JSONDocument(parsing: $0).root?["name"]?.text } })
        self.declared = declared
        let own = root["dependencies"]?.mapping?.keys ?? []
        isBehind = own.contains { !locked.contains($0) }
        isTypeCheckedByNext =
            declared.contains("next") && tree.text(prefix + "tsconfig.json")?.contains("\"**/*.ts\"") == true
            && !tree.files(under: entry.directory).contains {
                $0.directory == entry.directory && $0.name.hasPrefix("next.config.")
                    && tree.text($0.path)?.contains("ignoreBuildErrors") == true
            }
        nested = manifests.map(\.directory).filter { $0 != entry.directory && $0.hasPrefix(prefix) }
        aliases = Self.aliases(of: root, in: entry.directory, tree)
    }

    /// What the compiler, the bundler or the folder's own files answer to.
    private static func aliases(of root: DataNode, in folder: String, _ tree: SourceTree) -> [String] {
        let prefix = folder == "." ? "" : folder + "/"
        var aliases = root["_moduleAliases"]?.mapping?.keys ?? []
        let settings = ["tsconfig", "jsconfig", "vite.config", "webpack", "babel.config"]
        for entry in tree.entries
        where entry.directory == folder && settings.contains(where: entry.name.hasPrefix) {
            let words = (tree.text(entry.path) ?? "").split { "\"'`".contains($0) }
            aliases += words.map { $0.hasSuffix("/*") ? String($0.dropLast(2)) : String($0) }.filter {
                !$0.contains(" ") && !$0.contains("\n") && !$0.isEmpty && $0.utf8.count < 40
            }
        }
        for place in [prefix, prefix + "src/", prefix + "app/"] {
            for entry in tree.entries where entry.path.hasPrefix(place) {
                let name = entry.path.dropFirst(place.count).split(separator: "/").first ?? ""
                aliases.append(String(name.prefix { $0 != "." }))
            }
        }
        return Array(Set(aliases))
    }

    /// The packages of whichever lock file there is; `nil` without one.
    private static func locked(_ prefix: String, _ tree: SourceTree) -> Set<String>? {
        if let lock = tree.text(prefix + "package-lock.json") {
            guard lock.utf8.count < 5_000_000, lock.contains("\"lockfileVersion\""), lock.contains("\"packages\"")
            else {
                return nil
            }
            return names(inLock: lock)
        }
        guard !tree.contains(prefix + "pnpm-workspace.yaml"), !tree.contains(prefix + ".pnp.cjs") else { return nil }
        for name in ["yarn.lock", "pnpm-lock.yaml", "bun.lock"] {
            guard let lock = tree.text(prefix + name), lock.utf8.count < 5_000_000 else { continue }
            // `"@scope/name@^1.0.0"`, `/name@1.0.0:`, `name@npm:1.0.0`
            let words = lock.split { " \"',:[]()\n".contains($0) }
            return Set(
                words.compactMap { word in
                    let bare = word.hasPrefix("/") ? word.dropFirst() : word
                    guard let at = bare.dropFirst().firstIndex(of: "@") else { return nil }
                    return String(bare[..<at])
                })
        }
        return nil
    }

    private static func names(inLock text: String) -> Set<String> {
        Set(
            text.split(separator: "\"").filter { $0.hasPrefix("node_modules/") }.map { path in
                var rest = path[...]
                while let range = TextSearch.range(of: "node_modules/", in: rest) { rest = rest[range.upperBound...] }
                return String(rest)
            })
    }

    /// The files of the folder as a bundler takes them.
    func bundle(of code: [SourceTree.Entry], in tree: SourceTree) -> BundledParts {
        BundledParts(code, declared: declared, in: folder, tree)
    }

    /// Whether it is a script beside package.json that neither this nor an image names: somebody runs it by hand.
    func isLoose(_ entry: SourceTree.Entry, in tree: SourceTree) -> Bool {
        let stem = String(entry.name.prefix { $0 != "." })
        let usual: Set<String> = ["server", "index", "app", "main", "bot", "worker", "start", "api", "db", "database"]
        // Frameworks load what lies in these folders by themselves.
        let loaded: Set<Substring> = [
            "routes", "models", "plugins", "migrations", "commands", "events", "pages", "app", "api", "functions",
            "seeders",
            "seeds", "jobs", "workers", "cron", "controllers", "entities", "subscribers", "hooks", "middleware", "bin",
            "cmd",
        ]
        guard !usual.contains(stem), !entry.name.contains(".config."),
            loaded.isDisjoint(with: entry.directory.split(separator: "/"))
        else { return false }
        let names = ["/\(stem)'", "/\(stem)\"", "/\(stem)`", "/\(stem).js", " \(stem)\"", " \(stem) ", entry.name]
        return tree.files(
            ending: [".js", ".ts", ".mjs", ".cjs", ".json", ".yml", ".yaml", ".toml", ".sh", "Dockerfile", "Procfile"],
            holding: names, smallerThan: 400_000
        ).allSatisfy { $0.path == entry.path || $0.name == "package-lock.json" }
    }

    func holds(_ path: String) -> Bool {
        let isBelow = folder == "." || path.hasPrefix(folder + "/")
        let aside = [
            ".test.", ".spec.", "__tests__/", "__mocks__/", "tests/", "dist/", "build/", "public/", "static/",
            "vendor/", "scripts/", "examples/", ".config.", ".stories.", "storybook", "cypress", "e2e", "docs/",
            ".min.",
            "supabase/", "functions/", "workers/", "deno",
        ]
        // Next checks the types of every file that the compiler's settings include, those of other tools too.
        let isChecked =
            isTypeCheckedByNext && path == GoPath.clean(folder + "/" + SourceTree.Entry(path: path).name)
            && path.hasSuffix(".config.ts")
        return isBelow && !nested.contains { path.hasPrefix($0 + "/") }
            && (isChecked || !aside.contains(where: path.contains))
    }

    /// The package of an import, when nothing declares it.
    func missing(_ specifier: String) -> String? {
        let parts = specifier.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let letter = first.first, letter == "@" || letter.isLetter,
            letter.isLowercase || letter == "@",
            !specifier.contains(":"), !specifier.contains("$"), first != "@", first != "@@", !specifier.hasSuffix(".js")
        else { return nil }
        // Docusaurus answers to these itself.
        guard !["@theme", "@theme-original", "@site", "@generated", "@docusaurus"].contains(first) else { return nil }
        let name = letter == "@" ? parts.prefix(2).joined(separator: "/") : String(first)
        guard name != "@", letter != "@" || parts.count > 1, !ModuleImports.builtIn.contains(name),
            !declared.contains(name),
            !declared.contains("@types/" + name), !aliases.contains(name), !aliases.contains(String(first)),
            !aliases.contains(specifier)
        else { return nil }
        return name
    }
}

/// Imports that run whenever their file is loaded.
private enum ModuleImports {
    /// nodejs.org/api/modules.html, and what other runtimes and bundlers bring.
    static let builtIn: Set<String> = [
        "assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram",
        "diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module", "net",
        "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream",
        "string_decoder",
        "timers", "tls", "trace_events", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib", "test",
        "sys", "bun", "electron", "vscode", "k6", "server-only", "client-only", "estree", "geojson", "json-schema",
        "aws-lambda", "next",
    ]

    struct Use {
        let name: String
        let line: Int
    }

    /// Statements that begin at the beginning of a line: others may be conditional.
    static func all(in bytes: [UInt8]) -> [Use] {
        var found: [Use] = []
        var line = 1
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if let first = bytes[safe: start], [0x69, 0x7D, 0x63, 0x76, 0x6C, 0x65].contains(first),
                case let text = String(decoding: bytes[start..<end], as: UTF8.self), let name = specifier(in: text)
            {
                found.append(Use(name: name, line: line))
            }
            line += 1
            start = end + 1
        }
        return found
    }

    private static func specifier(in line: String) -> String? {
        guard !line.hasPrefix("import type"), !line.hasPrefix("export type"), !line.contains("import(") else {
            return nil
        }
        let isImport = line.hasPrefix("import ") || line.hasPrefix("import{") || line.hasPrefix("} from ")
        let isRequire =
            ["const ", "var ", "let "].contains(where: line.hasPrefix) && line.contains("= require(")
        guard isImport || isRequire else { return nil }
        let mark = isRequire ? "= require(" : line.contains(" from ") ? " from " : "import "
        guard let range = TextSearch.range(of: mark, in: line[...]) else { return nil }
        let rest = line[range.upperBound...].drop { $0 == " " }
        guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
        return String(rest.dropFirst().prefix { $0 != quote })
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
