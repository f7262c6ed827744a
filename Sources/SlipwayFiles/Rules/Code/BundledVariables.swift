// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Bundlers publish only what its name allows.
    static let unpublishedVariable = Rule(
        "AP252", .error, "a page reads a variable that the bundler leaves out",
        why: "So that no secret reaches a page by mistake, bundlers replace only variables with their prefix: the page "
            + "gets undefined.",
        catches: [
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "src/Map.jsx": "export const Map = () => <Api apiKey={import.meta.env.MAPS_API_KEY} />\n",
                "vite.config.js": "export default defineConfig({ plugins: [react()] })\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"react-scripts\":\"5.0.1\"}}",
                "src/api.js": "fetch(process.env.API_URL + '/users')\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"next\":\"15.0.0\"}}",
                "app/map.tsx": "'use client'\nexport default () => <Map token={process.env.MAPBOX_TOKEN} />\n",
            ],
        ],
        passes: [
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "src/Map.jsx": "const a = import.meta.env.VITE_KEY, b = import.meta.env.MODE\n",
            ],
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "src/Map.jsx": "const a = import.meta.env.MAPS_KEY\n",
                "vite.config.js": "export default { envPrefix: ['VITE_', 'MAPS_'] }\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"next\":\"15.0.0\"}}",
                "app/page.tsx": "export default () => fetch(process.env.API_URL)\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let bundles = PageBundle.all(in: repository)
        guard !bundles.isEmpty else { return [] }
        let endings = [".js", ".ts", ".jsx", ".tsx", ".vue", ".svelte", ".mjs"]
        return repository.code(endings, with: ["import.meta.env.", "process.env."]).flatMap { code -> [Violation] in
            guard let bundle = bundles.first(where: { $0.holds(code.path) }),
                bundle.kind != .next || code.bare.prefix(5).contains(where: { $0.hasPrefix("'useclient'") })
            else { return [] }
            var seen: Set<String> = []
            return code.lines.enumerated().compactMap { index, line in
                guard let found = bundle.unpublished(in: line), seen.insert(found.name).inserted else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "\(found.name) is undefined in the page; call it \(bundle.kind.prefix)\(found.name), here and where it is given",
                    severity: found.hasDefault ? .warning : nil)
            }
        }
    }

    /// ReferenceError: process is not defined.
    static let processInPage = Rule(
        "AP253", .error, "a page that Vite builds reads process.env",
        why:
            "Browsers have no process, and Vite puts nothing in its place: the page stops with \"process is not defined\".",
        catches: [
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "src/App.tsx": "const url = process.env.REACT_APP_API_URL\n",
            ]
        ],
        passes: [
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "src/App.tsx": "const url = import.meta.env.VITE_API_URL, d = process.env.NODE_ENV\n",
            ],
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "src/App.tsx": "const url = process.env.API_URL\n",
                "vite.config.ts": "export default { define: { 'process.env': {} } }\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let bundles = PageBundle.all(in: repository).filter { $0.kind == .vite }
        guard !bundles.isEmpty else { return [] }
        return repository.code([".jsx", ".tsx", ".vue", ".svelte"], with: ["process.env."]).compactMap { code in
            guard bundles.contains(where: { $0.holds(code.path) }), code.line(with: "typeofprocess") == nil,
                let index = code.lines.firstIndex(where: { line in
                    PageBundle.names(after: "process.env.", in: line).contains { $0.name != "NODE_ENV" }
                })
            else { return nil }
            return Violation(
                file: code.path, line: index + 1, "browsers have no process; write: import.meta.env.VITE_NAME")
        }
    }
}

/// A package whose source becomes a page.
struct PageBundle {
    enum Kind {
        case vite, createReactApp, vueCLI, next

        var prefix: String {
            switch self {
            case .vite: "VITE_"
            case .createReactApp: "REACT_APP_"
            case .vueCLI: "VUE_APP_"
            case .next: "NEXT_PUBLIC_"
            }
        }
    }

    let folder: String
    let kind: Kind

    /// Frameworks that have rules of their own, or a server that reads the same files.
    private static let others: Set<String> = [
        "astro", "nuxt", "@sveltejs/kit", "@remix-run/dev", "@react-router/dev", "@solidjs/start", "vike",
        "@tanstack/start",
        "@tanstack/react-start", "electron", "wxt", "@builder.io/qwik", "vite-plugin-ssr", "@redwoodjs/core", "waku",
        "@storybook/builder-vite", "laravel-vite-plugin", "vitepress", "@quasar/app-vite", "rakkasjs", "one",
    ]

    static func all(in repository: CheckedRepository) -> [PageBundle] {
        PackageManifest.all(in: repository).compactMap { manifest in
            let names = manifest.dependencies.union(manifest.developmentDependencies)
            guard names.isDisjoint(with: others) else { return nil }
            // What builds decides, and not what was left in the list.
            let build = manifest.scripts["build"] ?? ""
            let kinds: [(Kind, String, String)] = [
                (.next, "next", "next build"), (.createReactApp, "react-scripts", "react-scripts build"),
                (.vueCLI, "@vue/cli-service", "vue-cli-service build"), (.vite, "vite", "vite build"),
            ]
            let kind = (kinds.first { build.contains($0.2) } ?? kinds.first { names.contains($0.1) })?.0
            guard let kind, !publishesMore(manifest.folder, in: repository.tree) else { return nil }
            return PageBundle(folder: manifest.folder, kind: kind)
        }.sorted { $0.folder.utf8.count > $1.folder.utf8.count }
    }

    /// Whether a configuration puts values into the page by another way.
    private static func publishesMore(_ folder: String, in tree: SourceTree) -> Bool {
        let names = ["vite.config", "next.config", "vue.config", "craco.config", "config-overrides"]
        return names.contains { name in
            ["js", "ts", "mjs", "mts", "cjs"].contains { ending in
                guard let text = tree.text(GoPath.clean("\(folder)/\(name).\(ending)")) else { return false }
                return [
                    "envPrefix", "define:", "env:", "env =", "nvironmentPlugin", "nvironment(", "env-compatible",
                    "DefinePlugin",
                ]
                .contains { text.contains($0) }
            }
        }
    }

    /// Whether the file becomes part of the page.
    func holds(_ path: String) -> Bool {
        guard folder == "." || path.hasPrefix(folder + "/") else { return false }
        let rest = folder == "." ? path : String(path.dropFirst(folder.utf8.count + 1))
        let lower = rest.lowercased()
        guard !lower.contains("config."),
            !["server", "scripts/", "electron", "setupproxy", "middleware", "api/"].contains(where: lower.contains)
        else { return false }
        return kind == .next || rest.hasPrefix("src/") || rest.hasPrefix("app/") || rest.hasPrefix("client/")
    }

    func unpublished(in line: Substring) -> (name: String, hasDefault: Bool)? {
        let known: Set<String> = [
            "MODE", "BASE_URL", "PROD", "DEV", "SSR", "VITEST", "LEGACY", "NODE_ENV", "PUBLIC_URL", "CI", "STORYBOOK",
            "FAST_REFRESH", "JEST_WORKER_ID", "VERCEL_ENV",
        ]
        return Self.names(after: kind == .vite ? "import.meta.env." : "process.env.", in: line).first {
            !known.contains($0.name) && !$0.name.hasPrefix(kind.prefix)
                && !["TAURI_", "__NEXT", "WDS_"].contains(where: $0.name.hasPrefix)
        }
    }

    static func names(after opening: String, in line: Substring) -> [(name: String, hasDefault: Bool)] {
        var found: [(name: String, hasDefault: Bool)] = []
        var rest = line
        while let range = TextSearch.range(of: opening, in: rest) {
            rest = rest[range.upperBound...]
            let name = rest.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
            rest = rest.dropFirst(name.count)
            guard let first = name.first, first.isLetter, rest.first.map({ !$0.isLetter }) ?? true else { continue }
            let next = rest.trimmed
            found.append((String(name), ["||", "??", "?"].contains(where: next.hasPrefix)))
        }
        return found
    }
}
