// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody looks at it any more, and everybody can read it.
    static let secretInBackup = Rule(
        "EN273", .warning, "a backup copy of a file is in the repository with a secret",
        why:
            "Everybody who can read the repository, or its history, has the secret; no tool that knows the file's ending looks in.",
        catches: [
            ["k8s/api.yaml.bak": "env:\n  - name: DB\n    value: \"Server=db;User Id=sa;Password=Xz51r6UYEK4!;\"\n"],
            ["config/settings.py.old": "SECRET_KEY = 'Xz51r6UYEK4Qi7a-k2'\n"],
            [".env.backup": "JWT_SECRET=Xz51r6UYEK4Qi7a\n"],
        ],
        passes: [
            ["k8s/api.yaml.bak": "env:\n  - name: DB\n    value: a\n"],
            [".env.backup": "JWT_SECRET=\n"],
            ["config/settings.py.old": "SECRET_KEY = os.environ['SECRET_KEY']\n"],
        ]
    ) { repository in
        repository.tree.entries.compactMap { entry in
            let endings = [".bak", ".old", ".orig", ".backup", ".save", "~", ".copy", ".bk"]
            guard endings.contains(where: entry.name.hasSuffix), !DevelopmentPath.isLikely(entry.path),
                !entry.path.contains("node_modules/"), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 200_000,
                let text = repository.tree.text(entry.path)
            else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let name = WrittenSecret.name(in: line) else { continue }
                return Violation(
                    file: entry.path, line: index + 1,
                    "\(name) stands in it; change the secret, and write: git rm \(entry.path)")
            }
            return nil
        }
    }
}

/// `NAME = "value"`, `name: value` and connection strings, in whatever file.
enum WrittenSecret {
    static func name(in line: some StringProtocol) -> String? {
        let body = line.trimmed
        if password(inConnection: body) != nil { return "a password" }
        guard let mark = body.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        let name = body[..<mark].filter { $0.isLetter || $0.isNumber || $0 == "_" }
        let value = body[body.index(after: mark)...].filter { !" \"',;".contains($0) }
        guard SecretText.isSecret(name: name), value.utf8.count >= 8, !value.contains("("), !value.contains("["),
            !value.contains("$"), !value.contains("{"), !value.contains("<"), !SecretText.isPlaceholder(value),
            value.contains(where: \.isNumber)
        else { return nil }
        return name
    }

    /// The password of `Server=db;Password=...;` and of `Host=db;Pwd=...`.
    static func password(inConnection text: String) -> String? {
        let lower = text.lowercased()
        guard ["server=", "host=", "data source="].contains(where: lower.contains) else { return nil }
        for key in ["password=", "pwd="] {
            guard let range = TextSearch.range(of: key, in: lower[...]) else { continue }
            let value = String(lower[range.upperBound...].prefix { !";\"' ,`".contains($0) })
            guard !value.isEmpty, !value.contains("$"), !value.contains("<"), !value.contains("{"),
                !value.contains("%"),
                !SecretText.isPlaceholder(value)
            else { return nil }
            return value
        }
        return nil
    }
}
