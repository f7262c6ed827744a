// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build goes on without it and makes something else.
    static let buildConfigurationLeft = Rule(
        "DF066", .error, "a build lacks a configuration file that no COPY brings",
        why:
            "Tools look for their configuration beside package.json and go on without it: styles are not made, paths are "
            + "not found, or the build makes another kind of output.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json vite.config.js index.html ./\nRUN npm install\nCOPY src ./src\nRUN npm run build\n",
                "package.json":
                    "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"tailwindcss\":\"^3.4.0\"}}",
                "vite.config.js": "export default {}\n", "index.html": "", "src/main.js": "",
                "postcss.config.js": "export default { plugins: { tailwindcss: {} } }\n",
                "tailwind.config.js": "export default {}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY web/package*.json ./\nRUN npm ci\nCOPY web/src ./src\nRUN npm run build\n",
                "web/package.json": "{\"scripts\":{\"build\":\"tsc -p . && node x.js\"}}", "web/tsconfig.json": "{}",
                "web/src/main.ts": "",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY . .\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "postcss.config.js": "",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json *.config.js tsconfig*.json ./\nRUN npm install\nCOPY src ./src\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"tsc && vite build\"}}", "postcss.config.js": "",
                "tsconfig.json": "{}", "vite.config.js": "",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY src ./src\nCMD [\"node\", \"src/a.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"tsc\"}}", "tsconfig.json": "{}",
            ],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return file.stages.compactMap { stage in
            let made = file.lineage(of: stage)
            guard let place = made.lastIndex(where: FrontEndBuild.isBuild),
                stage.instructions.contains(where: FrontEndBuild.isBuild)
            else { return nil }
            let copies = made[..<place].filter { ["COPY", "ADD"].contains($0.keyword) }
            let sources = copies.filter { $0.flag("from") == nil }.flatMap { $0.arguments.dropLast() }
            guard let last = copies.last,
                !copies.contains(where: { $0.flag("from") != nil || $0.text.contains("$") || !$0.heredocs.isEmpty }),
                !made.contains(where: { $0.text.contains("type=bind") }),
                // Behind a change of the folder another package.json is built.
                let first = made[..<place].firstIndex(where: { $0.keyword == "COPY" }),
                !made[first..<place].contains(where: { $0.keyword == "WORKDIR" }),
                let folder = FrontEndBuild.packageFolder(of: sources, file)
            else { return nil }
            let missing = FrontEndBuild.wanted(in: folder.path, file.repository.tree).filter { name in
                !sources.contains { CopySource.brings($0, folder.source + name) }
            }
            guard let first = missing.first else { return nil }
            return Violation(
                line: last.line,
                "the build needs \(missing.joined(separator: ", ")), which no COPY brings; add: COPY \(folder.source)\(first) ./"
            )
        }
    }
}

/// What a JavaScript build reads beside its sources.
private enum FrontEndBuild {
    static func isBuild(_ instruction: DockerfileInstruction) -> Bool {
        instruction.keyword == "RUN"
            && [
                "npm run build", "yarn build", "yarn run build", "pnpm build", "pnpm run build", "bun run build",
                "vite build", "next build", "ng build",
            ]
            .contains(where: instruction.text.contains)
    }

    /// The folder of the one package.json that is copied, from the root of the repository, and as its COPY writes it.
    static func packageFolder(of sources: [String], _ file: CheckedDockerfile) -> (path: String, source: String)? {
        let manifests = Set(
            sources.map { $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }.filter {
                let name = $0.split(separator: "/").last ?? ""
                return name == "package.json" || name == "package*.json" || name == "package*"
            })
        guard manifests.count == 1, let manifest = manifests.first else { return nil }
        let parts = manifest.split(separator: "/").dropLast()
        let source = parts.map { $0 + "/" }.joined()
        let contexts = ContextFiles.contexts(file)
        let context = contexts.first { file.repository.tree.contains(ContextFiles.join($0, source + "package.json")) }
        return context.map { (ContextFiles.join($0, source.isEmpty ? "." : source), source) }
    }

    /// Files beside package.json without which its build script makes something else.
    static func wanted(in folder: String, _ tree: SourceTree) -> [String] {
        guard let text = tree.text(GoPath.clean(folder + "/package.json")), let root = JSONDocument(parsing: text).root
        else { return [] }
        let build = root.at("scripts", "build")?.text ?? ""
        func depends(_ name: String) -> Bool {
            ["dependencies", "devDependencies"].contains { root[$0]?[name] != nil }
        }
        var stems: [String] = []
        if build.contains("vite") { stems.append("vite.config.") }
        if build.contains("next") { stems.append("next.config.") }
        if build.contains("webpack") { stems.append("webpack.config.") }
        if build.contains("vue-cli-service") { stems.append("vue.config.") }
        if build.contains("craco") { stems.append("craco.config.") }
        if build.contains("rollup") { stems.append("rollup.config.") }
        if build.contains("tsup") { stems.append("tsup.config.") }
        if build.contains("ng build") { stems.append("angular.json") }
        if build.contains("nest build") { stems.append("nest-cli.json") }
        if build.contains("tsc") || build.contains("nest build") { stems.append("tsconfig.json") }
        let bundles = ["vite", "next", "webpack", "vue-cli", "craco", "react-scripts", "nuxt", "astro"].contains(
            where: build.contains)
        if bundles, depends("tailwindcss") || depends("postcss") {
            stems += ["postcss.config.", ".postcssrc", "tailwind.config."]
        }
        let here = Set(tree.files(under: folder).filter { $0.directory == folder }.map(\.name))
        return stems.compactMap { stem in here.filter { $0.hasPrefix(stem) }.min() }
    }
}
