// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A file for Compose's secrets, with its secret.
    static let keptPassword = Rule(
        "EN229", .warning, "a file of secrets is kept in git with its secret",
        why: "Everybody with a copy of the repository has it, now and after it was deleted.",
        catches: [["secrets/db_password.txt": "hunter2hunter2\n"], ["deploy/secrets/jwt-secret": "kJ8d72hsKq0aZ\n"]],
        passes: [
            ["secrets/db_password.txt.example": "hunter2\n"], ["secrets/db_password.txt": "changeme\n"],
            ["secrets/README.txt": "put the passwords here\n"], ["secrets/db_password.txt": ""],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tracked = repository.tracked
        let paths = Set(repository.tree.entries.lazy.map(\.path).filter(isPlace)).union((tracked ?? []).filter(isPlace))
        return paths.sorted().compactMap { path in
            guard tracked?.contains(path) ?? true, let text = repository.keptText(path), text.utf8.count < 400 else {
                return nil
            }
            let value = GoPath.trimSpace(text)
            let lower = value.lowercased()
            guard value.utf8.count >= 6, !value.contains("\n"), !value.contains(" "), !SecretText.isPlaceholder(value),
                !lower.hasPrefix("change"), !lower.contains("your"), !lower.contains("example"),
                !lower.contains("placeholder"), !value.contains("$")
            else { return nil }
            return Violation(
                file: path, line: 1,
                "the secret is in every copy of the repository; change it, and type: git rm --cached \(path)")
        }
    }

    /// `secrets/db_password.txt`: the folder and the name both say it.
    private static func isPlace(_ path: String) -> Bool {
        guard path.utf8.count < 200, ByteSearch.contains("secret".utf8, in: Array(path.utf8)) else { return false }
        let parts = path.lowercased().split(separator: "/")
        guard parts.dropLast().contains(where: { ["secrets", ".secrets", "secret"].contains($0) }),
            !DevelopmentPath.isLikely(path), let name = parts.last,
            name.hasSuffix(".txt") || !name.contains(".")
        else { return false }
        let stem = name.prefix { $0 != "." }.split { "-_ ".contains($0) }.joined(separator: "_")
        return SecretText.isSecret(name: stem.uppercased())
    }
}
