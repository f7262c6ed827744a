// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// Git does not keep the file, so it is on the machine of whoever builds: COPY . puts its secrets into the image.
    static let localSecrets = Rule(
        "DI006", .warning, "a local .env would enter the image",
        why:
            "Git does not keep the file, so it is on the machine of whoever builds: COPY . puts its secrets into the image.",
        catches: [
            [
                ".dockerignore": ".git\n", ".env.example": "DB_PASSWORD=\n",
                "Dockerfile": "FROM debian:12\nCOPY . /app\n",
            ],
            [
                ".dockerignore": ".env.local\n", ".gitignore": "node_modules\n.env\n",
                "Dockerfile": "FROM debian:12\nCOPY ./ /app\n",
            ],
            [
                ".dockerignore": ".env\n", "server/.env.example": "KEY=\n",
                "Dockerfile": "FROM debian:12\nCOPY . /app\n",
            ],
            [
                ".dockerignore": ".env*\n!.env.production\n", ".gitignore": ".env*\n",
                "Dockerfile": "FROM debian:12\nCOPY . /app\n",
            ],
            [
                "web/.dockerignore": "node_modules\n", ".gitignore": ".env\n", "web/package.json": "{}",
                "web/Dockerfile": "FROM node:22\nCOPY . .\n",
            ],
            [
                ".dockerignore": ".env\nclient/node_modules\n", "server/.env.example": "KEY=\n",
                "server/a.js": "", "Dockerfile": "FROM node:22\nCOPY package.json ./\nCOPY server/ /app/server/\n",
            ],
            [
                "api/.dockerignore": "node_modules\n", "README.md": "Create a `.env` file in the api folder.\n",
                "api/Dockerfile": "FROM node:22\nCOPY . .\n",
            ],
        ],
        passes: [
            [
                ".dockerignore": ".env\n", "server/.env.example": "KEY=\n", "web/a.js": "",
                "Dockerfile": "FROM node:22\nCOPY web/ /app/web/\n",
            ],
            [
                ".dockerignore": "**/.env\n", "server/.env.example": "KEY=\n", ".env.example": "KEY=\n",
                "Dockerfile": "FROM debian:12\nCOPY . /app\n",
            ],
            [
                ".dockerignore": ".git\n", ".env.example": "KEY=\n",
                "Dockerfile": "FROM debian:12\nCOPY src /app\n", "src/a": "",
            ],
            [".dockerignore": ".git\n", "Dockerfile": "FROM debian:12\nCOPY . /app\n"],
            [
                "web/.dockerignore": ".env\n", ".gitignore": ".env\n", "web/package.json": "{}",
                "web/Dockerfile": "FROM node:22\nCOPY . .\n",
            ],
            [
                ".dockerignore": ".env*\n!.env.production\n!.env.example\n", ".env.production": "VITE_A=1\n",
                "Dockerfile": "FROM debian:12\nCOPY . /app\n",
            ],
            [".dockerignore": "*\n!src\n", ".env.example": "KEY=\n", "Dockerfile": "FROM debian:12\nCOPY . /app\n"],
        ]
    ) { file in
        let copied = IgnoredPaths.copiedFolders(file)
        guard !copied.isEmpty else { return [] }
        let tree = file.repository.tree
        let harmless = ["example", "sample", "template", "dist", "schema", "defaults"]
        let broughtBack = file.rules.first { rule in
            guard rule.isException, let name = rule.pattern.split(separator: "/").last, name.hasPrefix(".env") else {
                return false
            }
            let path = file.folder == "." ? rule.pattern : file.folder + "/" + rule.pattern
            return !harmless.contains { name.contains($0) } && !rule.pattern.contains("*") && !tree.contains(path)
        }
        if let rule = broughtBack, copied.contains("") {
            return [
                Violation(
                    line: rule.position.line,
                    "brings \(rule.pattern) back into the image, which git does not keep; delete the line, and give the "
                        + "values when the container starts")
            ]
        }
        var expected: [String] = []
        for entry in tree.entries {
            if [".env.example", ".env.sample", ".env.template", ".env.dist", "env.example"].contains(entry.name) {
                expected.append(entry.directory == "." ? ".env" : entry.directory + "/.env")
            } else if entry.name == ".gitignore", let text = tree.text(entry.path) {
                let names = Set(text.split(whereSeparator: \.isNewline).map { GoPath.trimSpace(String($0)) })
                guard [".env", "/.env", "*.env", ".env*", "**/.env"].contains(where: names.contains) else { continue }
                expected.append(entry.directory == "." ? ".env" : entry.directory + "/.env")
                // Without a slash git means every folder below: the context's own .env too, where code reads one.
                if names.contains(where: { [".env", "*.env", ".env*", "**/.env"].contains($0) }),
                    file.folder != ".", entry.directory == "." || file.folder.hasPrefix(entry.directory + "/"),
                    tree.contains(file.folder + "/package.json") || tree.contains(file.folder + "/requirements.txt")
                        || tree.contains(file.folder + "/composer.json") || tree.contains(file.folder + "/manage.py")
                {
                    expected.append(file.folder + "/.env")
                }
            }
        }
        expected += ToldSecretFiles.all(in: file.repository).map(\.path).filter { $0.hasSuffix(".env") }
        // A file that is there has a finding of its own.
        let open = expected.filter { path in
            guard !tree.contains(path), let inside = IgnoredPaths.inContext(path, of: file),
                copied.contains(where: inside.hasPrefix)
            else { return false }
            return file.document.decidingRule(for: inside).map(\.isException) ?? true
        }
        guard let first = open.sorted(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) }).first else { return [] }
        let line = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
        let end = file.text.isEmpty || file.text.hasSuffix("\n") ? max(1, line) : line + 1
        return [
            Violation(
                line: 1, "\(first) would be copied into the image; add the line: **/.env",
                fix: Fix("Exclude .env", line: end, count: 0, replacement: ["**/.env"]))
        ]
    }
}
