// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// 404: NOT_FOUND
    static let vercelWithoutFallback = Rule(
        "AP668", .error, "client-side routes, and vercel.json sends none of them to the page",
        why:
            "Vercel serves what the build leaves and answers 404 for every other path: a reload or a link to a page inside of the "
            + "application fails (vercel.com/docs/frameworks/frontend/vite, Using Vite to make SPAs).",
        catches: [
            [
                "vercel.json":
                    "{\"rewrites\": [{\"source\": \"/api/(.*)\", \"destination\": \"https://api.a.example/$1\"}]}",
                "package.json": "{\"dependencies\":{\"react-router-dom\":\"7\",\"vite\":\"7\"}}", "index.html": "\n",
                "vite.config.ts": "\n", "src/main.tsx": "const router = createBrowserRouter([])\n",
            ]
        ],
        passes: [
            [
                "vercel.json": "{\"rewrites\": [{\"source\": \"/(.*)\", \"destination\": \"/index.html\"}]}",
                "package.json": "{\"dependencies\":{\"react-router-dom\":\"7\",\"vite\":\"7\"}}", "index.html": "\n",
                "vite.config.ts": "\n", "src/main.tsx": "const router = createBrowserRouter([])\n",
            ],
            [
                "vercel.json": "{\"rewrites\": []}",
                "package.json": "{\"dependencies\":{\"react-router-dom\":\"7\",\"vite\":\"7\"}}", "index.html": "\n",
                "vite.config.ts": "\n", "src/main.tsx": "const router = createHashRouter([])\n",
            ],
            [
                "vercel.json": "{\"rewrites\": []}", "package.json": "{\"dependencies\":{\"next\":\"15\"}}",
                "src/main.tsx": "createBrowserRouter([])\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.tree.files(named: "vercel.json").compactMap { entry in
            let folder = entry.directory
            guard let text = repository.tree.text(entry.path),
                // Whatever catches all paths, in one of the spellings, or names the page.
                ![
                    "index.html", "(.*)\", \"destination\": \"/\"", "handle\"", "\"routes\"", "\"builds\"",
                    "outputDirectory",
                ]
                .contains(where: text.contains),
                let root = JSONDocument(parsing: text).root, !catchesAll(root),
                let home = home(of: root, folder, repository.tree),
                ["vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs"].contains(where: {
                    repository.tree.contains(GoPath.clean(home + "/" + $0))
                }), repository.tree.contains(GoPath.clean(home + "/index.html")),
                let manifest = repository.tree.text(GoPath.clean(home + "/package.json")),
                ![
                    "\"next\"", "\"nuxt\"", "\"@sveltejs/kit\"", "\"@tanstack/react-start\"", "\"@react-router/dev\"",
                    "\"@remix-run", "\"vike\"", "\"vite-plugin-ssr\"", "\"nitro",
                ].contains(where: manifest.contains)
            else { return nil }
            let prefix = home == "." ? "" : home + "/"
            let routes = repository.tree.files(
                ending: [".ts", ".tsx", ".js", ".jsx"],
                holding: ["createBrowserRouter(", "<BrowserRouter", "createWebHistory("], smallerThan: 200_000
            ).first { $0.path.hasPrefix(prefix) && CodeText.mayRun($0.path) }
            guard let routes else { return nil }
            return Violation(
                file: entry.path, line: root["rewrites"]?.line ?? 1,
                "the routes of \(routes.path) answer 404 when they are opened or reloaded; add as the last rewrite: "
                    + "{\"source\": \"/(.*)\", \"destination\": \"/index.html\"}")
        }
    }

    private static func catchesAll(_ root: DataNode) -> Bool {
        (root["rewrites"]?.sequence ?? []).contains { rewrite in
            let source = rewrite["source"]?.text ?? ""
            return ["/(.*)", "/:path*", "/:match*", "/.*", "/(.+)", "/*", "/((?!"].contains(where: source.hasPrefix)
        }
    }

    /// The folder that is built: the file's own, unless its commands go elsewhere.
    private static func home(of root: DataNode, _ folder: String, _ tree: SourceTree) -> String? {
        let commands = [root["buildCommand"]?.text, root["installCommand"]?.text].compactMap { $0 }.joined(
            separator: " ")
        return commands.contains("cd ") || commands.contains("--prefix") ? nil : folder
    }
}
