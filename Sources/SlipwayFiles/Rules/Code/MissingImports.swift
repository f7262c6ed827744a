// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Could not resolve "./logo.png".
    static let missingImport = Rule(
        "AP254", .warning, "the code imports a file that is not in the repository",
        why:
            "On the machine of whoever wrote it the file is there; in a fresh checkout, and in every image, the build or "
            + "the start ends with \"Cannot find module\". Linux tells upper from lower case, macOS and Windows do not.",
        catches: [
            [
                "package.json": "{}", "src/App.tsx": "import logo from './assets/logo.png'\n",
                "src/main.tsx": "import App from './App'\n",
            ],
            [
                "package.json": "{}", "src/App.tsx": "import { Bar } from './components/navbar'\n",
                "src/components/Navbar.tsx": "\n",
            ],
            ["package.json": "{}", "server.js": "const db = require('./config/database')\n"],
            [
                "package.json": "{}", "src/App.tsx": "import Bar from '@/components/Bar'\n",
                "src/components/Foo.tsx": "\n",
                "tsconfig.json": "{\"compilerOptions\":{\"paths\":{\"@/*\":[\"./src/*\"]}}}",
            ],
            [
                "assets/app.js": "import './vendor/tom-select/tom-select.css';\n",
                "importmap.php": "<?php return ['app' => []];\n",
                ".gitignore": "/assets/vendor/\n",
            ],
        ],
        passes: [
            [
                "package.json": "{}", "src/App.tsx": "import { a } from './b.js'\nimport './c.css'\n", "src/b.ts": "\n",
                "src/c.css": "\n",
            ],
            [
                "package.json": "{}",
                "src/App.tsx": "import { A } from './generated/client'\nimport x from './parts'\n",
                "src/parts/index.tsx": "\n",
            ],
            ["package.json": "{}", ".gitignore": "schema.js\n", "src/App.js": "import s from './schema'\n"],
            ["package.json": "{}", "src/App.test.tsx": "import a from './nowhere'\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let finder = ImportFinder(repository)
        let endings = [".js", ".ts", ".jsx", ".tsx", ".mjs", ".vue", ".svelte"]
        let relative = repository.code(endings, with: ["'./", "\"./", "'../", "\"../"]).flatMap { code -> [Violation] in
            guard finder.isLookedAt(code.path), !code.path.hasSuffix(".d.ts") else { return [] }
            var isInText = false
            return code.lines.enumerated().compactMap { index, line -> Violation? in
                // Source that is only shown stands in a template literal.
                defer { if line.utf8.count(where: { $0 == UInt8(ascii: "`") }) % 2 == 1 { isInText.toggle() } }
                guard !isInText, let path = ImportFinder.path(in: line) else { return nil }
                return finder.missing(path, from: code.path).map { violation($0, code.path, index + 1) }
            }.prefix(3).map { $0 }
        }
        return relative
            + ImportAliases(repository.tree).uses(in: repository).filter { finder.isLookedAt($0.file) }.compactMap {
                use in
                finder.missing(target: use.target, as: use.target).map { violation($0, use.file, use.line) }
            }
    }

    private static func violation(_ missing: (path: String, other: String?), _ file: String, _ line: Int) -> Violation {
        let advice =
            missing.other.map { "Linux wants the name as it is: \($0)" } ?? "add it to git, or delete the import"
        return Violation(file: file, line: line, "\(missing.path) is not in the repository; \(advice)")
    }
}

/// Looks for the files behind relative imports.
private struct ImportFinder {
    private let tree: SourceTree
    private let known: Set<String>
    private let lower: [String: String]
    private let ignored: String
    private let hasImportMap: Bool

    private static let pictures = [
        ".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp", ".ico", ".avif", ".mp3", ".mp4", ".woff2", ".ttf",
    ]
    private static let made = [
        "generated", "gen", "dist", "build", "out", "lib", "pb", "proto", "protos", "node_modules", "__generated__",
        ".prisma", "prisma",
        "$types", "+types", ".svelte-kit", ".next", ".nuxt", "wasm", "pkg", "codegen", "graphql", "locale", "locales",
        "coverage", "types",
        "typechain", "artifacts", "paraglide", "styled-system", "target", "bindings", "wailsjs", "_generated",
        "compiled",
    ]

    init(_ repository: CheckedRepository) {
        let tree = repository.tree
        self.tree = tree
        var known = repository.tracked ?? []
        for entry in repository.tree.entries { known.insert(entry.path) }
        // What lies on this disk and not in git may be made by a tool.
        for file in repository.sizes { known.insert(file.path) }
        self.known = known
        lower = Dictionary(known.map { ($0.lowercased(), $0) }) { first, _ in first }
        ignored = tree.files(named: ".gitignore").compactMap { tree.text($0.path) }.joined(separator: "\n")
        hasImportMap = tree.contains("importmap.php")
    }

    func isLookedAt(_ path: String) -> Bool {
        let lower = path.lowercased()
        return ![
            "test", "spec", "public/", "static/", "docs/", "template", "examples/", "e2e", "cypress", "scripts/",
            "storybook",
        ].contains {
            lower.contains($0)
        } && (hasImportMap || !lower.contains("vendor"))
    }

    /// The relative path that a line imports.
    static func path(in line: Substring) -> String? {
        guard ByteSearch.contains("./".utf8, in: line.utf8) else { return nil }
        let text = line.trimmed
        guard
            text.hasPrefix("import ") || text.hasPrefix("export ") || text.contains("require(")
                || text.hasPrefix("} from"),
            !text.contains("import type"), !text.contains("jest."), !text.contains("vi.")
        else { return nil }
        for opening in [" from ", "import ", "require("] {
            guard let range = TextSearch.range(of: opening, in: text[...]) else { continue }
            let rest = text[range.upperBound...]
            guard let quote = rest.first, quote == "'" || quote == "\"" else { continue }
            let body = rest.dropFirst().prefix { $0 != quote && $0 != "?" && $0 != "#" }
            guard body.hasPrefix("./") || body.hasPrefix("../"), !body.contains("$"), !body.contains("*"),
                !body.contains("!")
            else { continue }
            return String(body)
        }
        return nil
    }

    /// What is nowhere, and the file that differs in case alone.
    func missing(_ path: String, from file: String) -> (path: String, other: String?)? {
        missing(target: GoPath.clean(SourceTree.Entry(path: file).directory + "/" + path), as: path)
    }

    /// The same for a path from the repository's root.
    func missing(target: String, as path: String) -> (path: String, other: String?)? {
        guard !target.hasPrefix(".."), target != "." else { return nil }
        guard !Self.endings.contains(where: { known.contains(target + $0) }) else { return nil }
        let tried = candidates(target)
        guard !tried.contains(where: known.contains), !tree.hasDirectory(target) || path.hasSuffix(".") else {
            return nil
        }
        if let other = tried.lazy.compactMap({ lower[$0.lowercased()] }).first { return (target, other) }
        let parts = target.lowercased().split(separator: "/").map(String.init)
        let isPicture = Self.pictures.contains(where: target.lowercased().hasSuffix)
        // AssetMapper fills its vendor folder from importmap.php alone.
        let isMapped = hasImportMap && target.hasPrefix("assets/vendor/")
        if isMapped {
            let package = target.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
            return tree.text("importmap.php")?.contains("'\(package)") == true ? nil : (target, nil)
        }
        guard
            isPicture
                || !parts.contains(where: { part in
                    Self.made.contains(part) || part.contains("generated") || part.contains(".gen")
                })
        else { return nil }
        let name = SourceTree.Entry(path: target).name
        let stem = String(name.prefix { $0 != "." })
        guard isPicture || !isIgnored(stem, in: target) else { return nil }
        return (target, nil)
    }

    /// What an import leaves out, the commonest first.
    private static let endings = [
        "", ".ts", ".tsx", ".js", ".jsx", "/index.ts", "/index.tsx", "/index.js", "/index.jsx", ".mjs", ".cjs", ".mts",
        ".cts", ".json", ".vue", ".svelte", ".d.ts", ".css", ".scss", ".node", "/index.mjs", "/index.vue",
        "/package.json", ".web.tsx", ".native.tsx", ".ios.tsx", ".android.tsx", ".web.ts", ".native.ts", ".server.ts",
        ".client.ts", ".svelte.ts", ".svelte.js", ".riot", ".coffee",
    ]

    private func candidates(_ target: String) -> [String] {
        var found = Self.endings.map { target + $0 }
        // TypeScript writes the name that the compiled file will have.
        for (written, source) in [
            (".js", ".ts"), (".js", ".tsx"), (".jsx", ".tsx"), (".mjs", ".mts"), (".cjs", ".cts"), (".js", ".d.ts"),
        ]
        where target.hasSuffix(written) {
            found.append(target.dropLast(written.count) + source)
        }
        return found
    }

    /// Whether `.gitignore` names the file or one of its folders: a tool makes it.
    private func isIgnored(_ stem: String, in target: String) -> Bool {
        let names = target.split(separator: "/").map(String.init) + [stem]
        return ignored.split(separator: "\n").contains { line in
            let pattern = line.trimmed
            guard !pattern.isEmpty, !pattern.hasPrefix("#") else { return false }
            let last = pattern.split(separator: "/").last.map(String.init) ?? ""
            return names.contains(last) || last.hasPrefix(stem + ".")
        }
    }
}
