// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// error TS5083: Cannot read file '/tsconfig.base.json'.
    static let configurationOutside = Rule(
        "AP562", .error, "the compiler's settings extend a file that the build does not see",
        why:
            "The context of the build is one part of the repository, and its tsconfig.json names a file above it: the "
            + "compiler and the bundler stop with \"Cannot read file\".",
        catches: [
            [
                "api/Dockerfile": "FROM node:22\nCOPY . .\nRUN npm run build\n", "api/package.json": "{}",
                "api/tsconfig.json": "{\"extends\": \"../tsconfig.base.json\"}", "tsconfig.base.json": "{}",
                "docs/deploy.md": "`docker build -t api ./api`\n",
            ]
        ],
        passes: [
            [
                "api/Dockerfile": "FROM node:22\nCOPY . .\nRUN npm run build\n", "api/package.json": "{}",
                "api/tsconfig.json": "{\"extends\": \"../tsconfig.base.json\"}", "tsconfig.base.json": "{}",
                "docs/deploy.md": "`docker build -t api -f api/Dockerfile .`\n",
            ],
            [
                "api/Dockerfile": "FROM node:22\nCOPY . .\nRUN npm run build\n", "api/package.json": "{}",
                "api/tsconfig.json": "{\"extends\": \"./tsconfig.base.json\"}", "api/tsconfig.base.json": "{}",
                "docs/deploy.md": "`docker build -t api ./api`\n",
            ],
            [
                "api/Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n", "api/package.json": "{}",
                "api/tsconfig.json": "{\"extends\": \"../tsconfig.base.json\"}", "tsconfig.base.json": "{}",
                "docs/deploy.md": "`docker build -t api ./api`\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.dockerfiles.compactMap { dockerfile in
            let contexts = repository.statedContexts[dockerfile.location]
            let found = contexts.compactMap { outsideFile(of: $0, repository.tree) }
            guard let outside = found.first, found.count == contexts.count,
                let step = dockerfile.reading.steps.first(where: { $0.keyword == "RUN" && builds($0.instruction.text) })
            else { return nil }
            return Violation(
                file: dockerfile.location, line: step.line,
                "\(outside.settings) extends \(outside.path), and the build sees \(contexts[0]) alone; "
                    + "build from the repository's root, or copy the settings into \(contexts[0])")
        }
    }

    private static func builds(_ text: String) -> Bool {
        ["run build", "yarn build", "pnpm build", "tsc", "vite build", "nest build", "next build"].contains(
            where: text.contains)
    }

    /// The settings of the folder that extend a file outside of it.
    private static func outsideFile(of folder: String, _ tree: SourceTree) -> (settings: String, path: String)? {
        guard folder != "." else { return nil }
        for name in ["tsconfig.json", "tsconfig.build.json", "tsconfig.app.json"] {
            let settings = folder + "/" + name
            guard let text = tree.text(settings), text.contains("extends"),
                let root = JSONDocument(parsing: text, dialect: .tolerant).root, let extends = root["extends"]
            else { continue }
            for base in extends.texts ?? extends.text.map({ [$0] }) ?? [] where base.hasPrefix(".") {
                let path = GoPath.clean(folder + "/" + base)
                if !path.hasPrefix(folder + "/") { return (settings, path) }
            }
        }
        return nil
    }
}
