// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The bundler stops at the first file that is not there.
    static let missingImport = Rule(
        "AP215", .error, "the code imports a file that is not in git",
        why:
            "The build stops with \"could not resolve\": the file stands on its author's machine alone, or under a name that "
            + "differs in its letters' case, which Linux takes for another.",
        catches: [
            [
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7\"}}",
                "src/main.tsx": "import { Page } from './Page'\n",
                "src/Page.tsx": "import sword from './assets/sword.png'\n", ".gitignore": "**/*.png\n",
            ],
            [
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7\"}}",
                "src/main.tsx": "import Header from './components/Header'\n", "src/components/header.tsx": "",
            ],
        ],
        passes: [
            [
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7\"}}",
                "src/main.tsx":
                    "import Header from './components/Header'\nimport logo from './logo.svg'\nimport api from './generated/api'\n",
                "src/components/Header.tsx": "// import old from './old.png'\n", "src/logo.svg": "",
            ]
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let manifests = repository.tree.files(named: "package.json").filter { entry in
            guard !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path) else {
                return false
            }
            return [
                "vite build", "next build", "react-scripts build", "vue-cli-service build", "nuxt build", "webpack",
                "astro build", "craco build",
            ]
            .contains(where: text.contains)
        }
        var seen: Set<String> = []
        return manifests.flatMap { manifest in
            ModuleImports.missing(below: manifest.directory, in: repository.tree)
        }.filter { seen.insert($0.file).inserted }.prefix(mostShown).map { found in
            let advice =
                found.near.map { "it is called \($0): write the same letters" }
                ?? "git has no such file; add it (git add -f), or take the import away"
            return Violation(file: found.file, line: found.line, "\(found.module): \(advice)")
        }
    }

    /// One for each file, and more files say the same again.
    private static let mostShown = 3
}

/// Relative imports of a front end.
private enum ModuleImports {
    struct Missing {
        let file: String
        let line: Int
        let module: String
        /// The file's name in other letters.
        let near: String?
    }

    private static let sources = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte"]
    private static let assets: Set<String> = [
        "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "mp3", "mp4", "webm", "wav", "ogg", "woff", "woff2",
        "ttf",
        "otf", "pdf", "glb", "gltf",
    ]
    private static let aside = [
        "test", "spec", "stories", "story", "mock", "e2e", "cypress", "node_modules/", "dist/", "build/", "examples/",
        "fixtures",
    ]

    static func missing(below folder: String, in tree: SourceTree) -> [Missing] {
        let entries = tree.files(under: folder).filter { entry in
            sources.contains(where: entry.name.hasSuffix) && !aside.contains(where: entry.path.lowercased().contains)
        }
        let imports = entries.flatMap { entry in all(in: entry, tree) }
        let wanted = Set(imports.compactMap { $0.module.split(separator: "/").last.map(String.init) })
        let lower = Dictionary(tree.files(under: folder).map { ($0.path.lowercased(), $0.path) }) { first, _ in first }
        return imports.compactMap { item in
            let entry = SourceTree.Entry(path: item.file)
            let stem = String(entry.name.prefix { $0 != "." })
            // What nothing imports is not built.
            let isUsed =
                wanted.contains(stem) || wanted.contains(entry.name)
                || ["main", "index", "app", "page", "layout", "_app"].contains(stem.lowercased())
                || stem == "index" && wanted.contains(SourceTree.Entry(path: entry.directory).name)
            guard isUsed else { return nil }
            let path = GoPath.clean(entry.directory + "/" + item.module)
            guard !path.hasPrefix(".."), !exists(path, tree) else { return nil }
            let candidates = forms(path).map { $0.lowercased() }
            if let near = candidates.lazy.compactMap({ lower[$0] }).first(where: { tree.contains($0) }) {
                return Missing(file: item.file, line: item.line, module: item.module, near: near)
            }
            guard let ending = path.split(separator: ".").last, assets.contains(ending.lowercased()) else { return nil }
            return Missing(file: item.file, line: item.line, module: item.module, near: nil)
        }
    }

    private static func all(in entry: SourceTree.Entry, _ tree: SourceTree) -> [Missing] {
        guard let bytes = tree.bytes(entry.path), bytes.count < 300_000, let text = tree.text(entry.path) else {
            return []
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let body = line.trimmed
            guard
                body.hasPrefix("import ") || body.hasPrefix("export ") && body.contains(" from ")
                    || body.hasPrefix("} from ")
            else { return nil }
            let parts = body.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\"" || $0 == "'" })
            guard parts.count >= 3, !body.hasPrefix("import type") else { return nil }
            let module = String(parts[1].prefix { $0 != "?" })
            guard module.hasPrefix("./") || module.hasPrefix("../") else { return nil }
            return Missing(file: entry.path, line: index + 1, module: module, near: nil)
        }
    }

    private static func forms(_ path: String) -> [String] {
        let endings = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte", ".json", ".css", ".scss", ".d.ts"]
        return endings.map { path + $0 } + endings.dropFirst().map { path + "/index" + $0 }
    }

    private static func exists(_ path: String, _ tree: SourceTree) -> Bool {
        if forms(path).contains(where: tree.contains) || tree.hasDirectory(path) { return true }
        // TypeScript imports what its compiler will make.
        guard path.hasSuffix(".js") || path.hasSuffix(".jsx") else { return false }
        let stem = String(path.prefix(upTo: path.lastIndex(of: ".") ?? path.endIndex))
        return [".ts", ".tsx"].contains { tree.contains(stem + $0) }
    }
}
