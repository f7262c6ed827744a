// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The visitor's own machine has no such server.
    static let pageAsksLocalhost = Rule(
        "AP267", .warning, "the deployed page asks an address of the visitor's own machine",
        why:
            "The code of a page runs in the browser: localhost there is the visitor's machine, on which nothing answers.",
        catches: [
            [
                "frontend/Dockerfile": "FROM nginx:1.29\n",
                "frontend/package.json":
                    "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "frontend/src/api.js": "export default axios.create({ baseURL: 'http://localhost:5000/api' })\n",
            ],
            [
                "Dockerfile": "FROM nginx:1.29\n", "angular.json": "{}",
                "package.json": "{\"dependencies\":{\"@angular/core\":\"20.0.0\"}}",
                "src/environments/environment.prod.ts":
                    "export const environment = { apiUrl: 'http://localhost:8080' }\n",
            ],
        ],
        passes: [
            [
                "frontend/Dockerfile": "FROM nginx:1.29\n",
                "frontend/package.json":
                    "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "frontend/src/api.js":
                    "export default axios.create({ baseURL: import.meta.env.VITE_API || 'http://localhost:5000/api' })\n",
            ],
            [
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "src/api.js": "export default axios.create({ baseURL: 'http://localhost:5000/api' })\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, isDeployedAnywhere(repository) else { return [] }
        let bundles = PageBundle.all(in: repository).filter { $0.kind != .next }
        return repository.code(
            [".js", ".ts", ".jsx", ".tsx", ".vue", ".svelte"], with: ["//localhost:", "//127.0.0.1:"]
        ).compactMap { code in
            let isAngular = code.path.contains("src/environments/") && code.path.contains("prod")
            guard isAngular || bundles.contains(where: { $0.holds(code.path) }),
                let index = code.bare.firstIndex(where: { asks($0, isAngular: isAngular) }),
                isAngular
                    || !code.isGuarded(
                        index + 1,
                        by: [
                            "import.meta.env", "process.env", "hostname", " ? ", "||", "??", "isDev", "production",
                            "placeholder",
                            "Dev(",
                        ],
                        before: 2)
            else { return nil }
            return Violation(
                file: code.path, line: index + 1,
                "visitors have nothing there; write a path of the page's own host: /api, or take it from a variable")
        }
    }

    private static func asks(_ line: String, isAngular: Bool) -> Bool {
        guard ["'http://localhost:", "'http://127.0.0.1:", "'ws://localhost:"].contains(where: line.contains) else {
            return false
        }
        let signs = [
            "fetch(", "axios", "baseURL", "base_url", "API_URL", "apiUrl", "BASE_URL", "io(", "WebSocket(", "apiBase",
            "API_BASE", "uri:", "HttpLink", "backendUrl", "BACKEND", "API=",
        ]
        return isAngular || signs.contains(where: line.contains)
    }

    private static func isDeployedAnywhere(_ repository: CheckedRepository) -> Bool {
        repository.deployedUnits.contains { !$0.isForDevelopment } || !repository.flyFiles.isEmpty
            || !repository.renderBlueprints.isEmpty
            || repository.tree.entries.contains { ["netlify.toml", "vercel.json"].contains($0.name) }
    }
}
