// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A hash is a password that takes a while.
    static let publishedHash = Rule(
        "EN295", .warning, "password hashes of accounts stand in a file of the repository",
        why:
            "Whoever has the repository can try passwords against the hashes for as long as it takes, and the accounts are "
            + "in every database that the file is read into.",
        catches: [
            [
                "db/init.sql":
                    "INSERT INTO users (email, password_hash, role) VALUES\n  ('a@a.example', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy', 'ADMIN');\n"
            ],
            [
                "prod.sql":
                    "INSERT INTO users VALUES ('a', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub');\n"
            ],
        ],
        passes: [
            ["db/init.sql": "CREATE TABLE users (password_hash text);\n"],
            [
                "tests/fixtures/users.sql":
                    "INSERT INTO users VALUES ('a', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy');\n"
            ],
            ["db/init.sql": "INSERT INTO users VALUES ('a', '$2b$10$HASH_OF_YOUR_PASSWORD');\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.tree.files(ending: "sql").compactMap { entry in
            guard !DevelopmentPath.isLikely(entry.path), !entry.path.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 2_000_000,
                HashText.signs.contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                let text = repository.tree.text(entry.path), ByteSearch.contains("INSERT", in: text.uppercased())
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard let index = lines.firstIndex(where: HashText.holds) else { return nil }
            return Violation(
                file: entry.path, line: index + 1,
                "give these accounts new passwords, delete the hash here, and make the first account from a variable")
        }
    }
}

/// Password hashes as libraries write them.
private enum HashText {
    static let signs = ["$2a$", "$2b$", "$2y$", "$argon2", "pbkdf2_sha256$"]

    static func holds(_ line: Substring) -> Bool {
        guard !line.trimmed.hasPrefix("--") else { return false }
        return signs.contains { sign in
            guard let range = TextSearch.range(of: sign, in: line) else { return false }
            let hash = line[range.upperBound...].prefix { $0 != "'" && $0 != "\"" && $0 != "\t" }
            // bcrypt's cost, salt and sum are 56 characters; a place for one is shorter.
            return sign.hasPrefix("$2") ? hash.utf8.count == 56 : hash.utf8.count > 30
        }
    }
}
