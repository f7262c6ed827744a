// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The editor finds the file, the build does not.
    static let unknownAlias = Rule(
        "AP345", .error, "the code imports by an alias that Vite does not know",
        why:
            "Vite does not read the paths of tsconfig.json by itself: the build ends with \"failed to resolve import\", and "
            + "so does the image's.",
        catches: [
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7\"}}",
                "vite.config.ts": "export default defineConfig({ plugins: [react()] })\n",
                "src/main.tsx": "import { cn } from '@/lib/utils'\n", "src/lib/utils.ts": "export const cn = 1\n",
            ]
        ],
        passes: [
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7\"}}",
                "vite.config.ts":
                    "export default defineConfig({ plugins: [react()], resolve: { alias: { '@': '/src' } } })\n",
                "src/main.tsx": "import { cn } from '@/lib/utils'\n",
            ],
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7\"}}",
                "vite.config.ts": "export default defineConfig({ plugins: [react(), tsconfigPaths()] })\n",
                "src/main.tsx": "import { cn } from '@/lib/utils'\n",
            ],
            [
                "package.json": "{\"devDependencies\":{\"vite\":\"7\"}}",
                "vite.config.ts": "export default defineConfig({ plugins: [react()] })\n",
                "src/main.tsx": "import type { A } from '@/types'\nimport { b } from './b'\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        let configurations = ["vite.config.ts", "vite.config.js", "vite.config.mjs"].flatMap(tree.files(named:))
        return configurations.compactMap { entry -> Violation? in
            guard !entry.path.contains("node_modules/"), let text = tree.text(entry.path), text.utf8.count < 20_000,
                text.contains("defineConfig") || text.contains("export default"),
                // Frameworks and plugins bring aliases of their own, and another file may.
                !["alias", "resolve", "aths", "laravel", "svelte", "vike", "astro", "'./", "\"./", "'../", "remix"]
                    .contains(where: text.contains)
            else { return nil }
            let source = entry.directory == "." ? "src/" : entry.directory + "/src/"
            let uses = repository.code([".ts", ".tsx", ".js", ".jsx", ".vue"], with: ["from '@/", "from \"@/"])
            for code in uses where code.path.hasPrefix(source) {
                let index = code.bare.firstIndex { line in
                    line.contains("from'@/") && line.hasPrefix("import") && !line.hasPrefix("importtype")
                }
                guard let index else { continue }
                return Violation(
                    file: code.path, line: index + 1,
                    "\(entry.path) has no alias @; add to it: resolve: { alias: { '@': path.resolve(import.meta.dirname, "
                        + "'src') } }, and the same as paths in the tsconfig that has \"include\"")
            }
            return nil
        }
    }

    /// The habit of an older tool.
    static let documentedVitePort = Rule(
        "AP346", .warning, "a document sends people to a port where nothing listens",
        why: "Vite listens on 5173 unless it is told otherwise: whoever follows the document finds no page.",
        catches: [
            [
                "README.md": "# Shop\n- Front end: http://localhost:3000\n",
                "web/package.json": "{\"scripts\":{\"dev\":\"vite\"}}",
                "web/vite.config.ts": "export default defineConfig({ plugins: [] })\n",
            ]
        ],
        passes: [
            [
                "README.md": "# Shop\n- Front end: http://localhost:5173\n",
                "web/package.json": "{\"scripts\":{\"dev\":\"vite\"}}",
                "web/vite.config.ts": "export default defineConfig({ plugins: [] })\n",
            ],
            [
                "README.md": "# Shop\n- API: http://localhost:3000\n",
                "web/package.json": "{\"scripts\":{\"dev\":\"vite\"}}",
                "web/vite.config.ts": "export default defineConfig({ plugins: [] })\n",
                "api/server.js": "app.listen(3000)\n",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole, let text = tree.text("README.md"), ByteSearch.contains("localhost:3000", in: text)
        else { return [] }
        let runsVite = tree.files(named: "package.json").contains { entry in
            !entry.path.contains("node_modules/")
                && tree.text(entry.path).map {
                    ByteSearch.contains("\"dev\": \"vite\"", in: $0)
                        || ByteSearch.contains("\"dev\":\"vite\"", in: $0)
                } == true
        }
        // Whatever names the number anywhere may be what listens; servers that nobody tells take it too.
        let readers = [".md", ".lock", "lock.json", "lock.yaml", ".svg", ".csv", ".css", ".sum"]
        let ownServers = ["\"next\"", "\"nuxt\"", "\"react-scripts\"", "\"@nestjs/core\"", "rails"]
        guard runsVite,
            !tree.entries.contains(where: { entry in
                guard !readers.contains(where: entry.name.hasSuffix), let bytes = tree.bytes(entry.path),
                    bytes.count < 300_000
                else { return false }
                return !DevelopmentPath.isLikely(entry.path) && namesPort(bytes)
                    || ["package.json", "Gemfile"].contains(entry.name)
                        && ownServers.contains { ByteSearch.contains($0.utf8, in: bytes) }
            })
        else { return [] }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let index = lines.firstIndex(where: { $0.contains("localhost:3000") }) else { return [] }
        return [
            Violation(
                file: "README.md", line: index + 1,
                "nothing listens on 3000; write: http://localhost:5173, or server: { port: 3000 } in vite.config")
        ]
    }

    /// Whether the number stands anywhere but in an address, which others are to open.
    private static func namesPort(_ bytes: [UInt8]) -> Bool {
        guard ByteSearch.contains("3000".utf8, in: bytes) else { return false }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "3000", omittingEmptySubsequences: false)
        return parts.dropLast().contains { !$0.hasSuffix("localhost:") }
    }
}
