// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// The build sends it to the builder each time, and COPY . puts it into the image.
    static let missingUsual = Rule(
        "DI003", .info, "a folder that no image needs enters the build context",
        why: "The build sends it to the builder each time, and COPY . puts it into the image.",
        catches: [[".dockerignore": "*.log\n", "Dockerfile": "FROM node:22\nCOPY . /app\n", "package.json": "{}"]],
        passes: [
            [
                ".dockerignore": ".git\nnode_modules\n", "Dockerfile": "FROM node:22\nCOPY . /app\n",
                "package.json": "{}",
            ]
        ]
    ) { file in
        guard IgnoredPaths.copiesEverything(file) else { return [] }
        var wanted = [".git"]
        let tree = file.repository.tree
        func has(_ name: String) -> Bool { tree.contains(file.folder == "." ? name : file.folder + "/" + name) }
        if has("package.json") { wanted.append("node_modules") }
        if has("pyproject.toml") || has("requirements.txt") { wanted += [".venv", "__pycache__"] }
        let missing = wanted.filter { !file.document.excludes($0) }
        guard !missing.isEmpty else { return [] }
        return [
            Violation(
                line: 1,
                "\(missing.joined(separator: ", ")) would enter the build; add: \(missing.map { $0 == "__pycache__" ? "**/__pycache__" : $0 }.joined(separator: " and "))"
            )
        ]
    }
}
