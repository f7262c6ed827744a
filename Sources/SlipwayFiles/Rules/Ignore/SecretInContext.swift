// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// COPY . puts it into the image, where everyone who can pull it reads it.
    static let secretInContext = Rule(
        "DI002", .error, "a file with secrets enters the build context",
        why: "COPY . puts it into the image, where everyone who can pull it reads it.",
        catches: [[".dockerignore": ".git\n", ".env": "A=1\n", "Dockerfile": "FROM debian:12\nCOPY . /app\n"]],
        passes: [
            [".dockerignore": ".git\n**/.env\n", ".env": "A=1\n", "Dockerfile": "FROM debian:12\nCOPY . /app\n"],
            [
                ".dockerignore": ".git\n", ".env": "A=1\n", "Dockerfile": "FROM debian:12\nCOPY app.py /app\n",
                "app.py": "",
            ],
            [".dockerignore": ".git\n", ".env": "VITE_API_URL=/api\n", "Dockerfile": "FROM debian:12\nCOPY . /app\n"],
            [
                ".dockerignore": ".git\n", ".env.ci": "PORT=80\nAPP_KEY=\n",
                "Dockerfile": "FROM debian:12\nCOPY . /app\n",
            ],
        ]
    ) { file in
        guard IgnoredPaths.copiesEverything(file) else { return [] }
        let found = file.repository.tree.entries.compactMap { entry -> String? in
            guard SecretValues.isSecretFile(entry.path), let path = IgnoredPaths.inContext(entry.path, of: file),
                SecretFiles.holdsSecret(entry, in: file.repository.tree)
            else { return nil }
            return file.document.decidingRule(for: path).map { $0.isException } ?? true ? path : nil
        }
        guard let first = found.first else { return [] }
        let more = found.count > 1 ? " and \(found.count - 1) more" : ""
        let name = first.split(separator: "/").last.map(String.init) ?? first
        return [Violation(line: 1, "\(first)\(more) would be copied into the image; add the line: **/\(name)")]
    }
}
