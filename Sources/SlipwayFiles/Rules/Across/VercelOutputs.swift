// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Vercel looks where the tool usually writes.
    static let vercelOutput = Rule(
        "AP414", .error, "the build writes where the platform does not look",
        why:
            "Vercel serves the folder dist of a Vite project unless it is told another one: the deployment ends with \"No "
            + "Output Directory named dist found\".",
        catches: [
            [
                "web/vercel.json": "{\"rewrites\": []}", "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "web/vite.config.ts": "export default defineConfig({ build: { outDir: '../backend/static' } })\n",
            ],
            [
                "vercel.json": "{\"framework\": \"vite\"}",
                "package.json": "{\"scripts\":{\"build\":\"tsc && vite build\"}}",
                "vite.config.js": "export default defineConfig({\n  build: {\n    outDir: \"build\",\n  },\n})\n",
            ],
        ],
        passes: [
            [
                "web/vercel.json": "{\"outputDirectory\": \"build\"}",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "web/vite.config.ts": "export default defineConfig({ build: { outDir: 'build' } })\n",
            ],
            [
                "vercel.json": "{\"rewrites\": []}", "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "vite.config.ts": "export default defineConfig({ build: { outDir: './dist' } })\n",
            ],
            [
                "vercel.json": "{\"rewrites\": []}", "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "vite.config.ts": "export default defineConfig({ build: { outDir: process.env.OUT ?? 'build' } })\n",
            ],
        ]
    ) { repository in
        repository.tree.files(named: "vercel.json").compactMap { entry in
            guard let root = repository.tree.text(entry.path).flatMap({ JSONDocument(parsing: $0).root }),
                ["outputDirectory", "builds", "buildCommand", "services"].allSatisfy({ root[$0] == nil }),
                [nil, "vite"].contains(root["framework"]?.text), builds(in: entry.directory, repository.tree),
                let output = ViteOutput(in: entry.directory, repository.tree), output.folder != "dist"
            else { return nil }
            let isOutside = output.folder.hasPrefix("..")
            return Violation(
                file: entry.path, line: 1,
                "\(output.file):\(output.line) writes to \(output.folder); "
                    + (isOutside
                        ? "give Vercel a build of its own: \"buildCommand\": \"vite build --outDir dist --base /\""
                        : "add: \"outputDirectory\": \"\(output.folder)\""))
        }
    }

    /// Whether the package's build is Vite's, with the folder of its configuration.
    private static func builds(in folder: String, _ tree: SourceTree) -> Bool {
        let script = tree.text(GoPath.clean(folder + "/package.json")).flatMap { JSONDocument(parsing: $0).root }?
            .at("scripts", "build")?.text
        return script.map { $0.contains("vite build") && !$0.contains("--outDir") } == true
    }
}

/// What Vite's configuration says of its output.
private struct ViteOutput {
    let folder: String
    let file: String
    let line: Int

    init?(in directory: String, _ tree: SourceTree) {
        for ending in ["ts", "js", "mts", "mjs"] {
            let path = GoPath.clean(directory + "/vite.config." + ending)
            guard let text = tree.text(path) else { continue }
            let code = CodeText(path: path, text: text)
            guard let index = code.bare.firstIndex(where: { $0.contains("outDir:") }),
                !code.bare.contains(where: { $0.hasPrefix("root:") }),
                let place = TextSearch.range(of: "outDir:'", in: code.bare[index][...])
            else { return nil }
            let value = code.bare[index][place.upperBound...].prefix { $0 != "'" }
            guard !value.contains("$"), !value.hasPrefix("/") else { return nil }
            folder = GoPath.clean(String(value))
            file = path
            line = index + 1
            return
        }
        return nil
    }
}
