// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Where it is, who may in, and often with what.
    static let databaseInGit = Rule(
        "EN244", .warning, "the address of a real database stands in an example, a document or a script",
        why:
            "Everybody with a copy of the repository knows host and account of the database, and its password where one "
            + "stands there: what is an example to the reader is the real one to whoever tries it.",
        catches: [
            ["backend/env.example": "DATABASE_URL=\"postgresql://postgres:@240.10.20.30:5432/postgres\"\n"],
            ["DEPLOY.md": "```sh\nexport MONGO_URI=mongodb+srv://shop:hunter2x@cluster0.ab1cd.mongodb.net/shop\n```\n"],
            [
                "scripts/fix-env.sh":
                    "cat > .env <<'END'\nDATABASE_URL=postgres://app:s3cr3tpw@db.shop.io:5432/app\nEND\n"
            ],
        ],
        passes: [
            [".env.example": "DATABASE_URL=postgresql://user:password@localhost:5432/app\n"],
            [".env.example": "DATABASE_URL=postgresql://user:password@db.example.com:5432/app\n"],
            ["README.md": "`mongodb+srv://<user>:<password>@cluster0.abcde.mongodb.net/app`\n"],
            ["README.md": "postgres://postgres:postgres@db:5432/app, postgresql://u:p@192.168.1.4/app\n"],
            ["README.md": "mongodb+srv://username:password@cluster.mongodb.net/app\n"],
        ]
    ) { repository in
        repository.tree.entries.compactMap { entry in
            guard isLookedAt(entry), let bytes = repository.tree.bytes(entry.path), bytes.count < 300_000,
                ByteSearch.contains("://".utf8, in: bytes), ByteSearch.contains("@".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let address = PublicDatabase(in: line) else { continue }
                return Violation(
                    file: entry.path, line: index + 1,
                    "\(address.host) is a real host; change the password there, and write here: localhost")
            }
            return nil
        }
    }

    private static func isLookedAt(_ entry: SourceTree.Entry) -> Bool {
        let name = entry.name.lowercased()
        let isTemplate =
            name.contains("env") && ["example", "sample", "template", "dist"].contains(where: name.contains)
        guard
            isTemplate || name.hasPrefix("env.")
                || [".md", ".mdx", ".txt", ".sh", ".bash", ".ps1", ".bat"].contains(where: name.hasSuffix)
        else { return false }
        return !["node_modules/", "vendor/", "test", "fixtures", "changelog"].contains {
            entry.path.lowercased().contains($0)
        }
    }
}

/// A connection string whose host the whole world reaches.
private struct PublicDatabase {
    let host: String

    private static let schemes = [
        "postgres://", "postgresql://", "mysql://", "mariadb://", "mongodb://", "mongodb+srv://", "redis://",
        "rediss://",
        "amqp://", "amqps://", "postgresql+asyncpg://", "postgresql+psycopg2://", "mysql+pymysql://", "sqlserver://",
    ]
    private static let places: Set<Substring> = [
        "user", "username", "usr", "pass", "password", "pwd", "your", "my", "example", "secret", "db", "host", "xxx",
        "dbuser",
        "name", "passwd", "myuser", "mypassword", "changeme", "youruser", "yourpassword", "dbpassword", "dbpass", "u",
        "p",
    ]

    init?(in line: Substring) {
        for scheme in Self.schemes {
            guard let start = TextSearch.range(of: scheme, in: line) else { continue }
            let rest = line[start.upperBound...].prefix { !" \"'`)>,;|".contains($0) || $0 == ">" }
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard let at = authority.lastIndex(of: "@"), !rest.contains("<"), !rest.contains("$"), !rest.contains("{"),
                !rest.contains("["), !rest.contains("*"), !rest.contains("..."), !rest.contains("%s")
            else { continue }
            let account = authority[..<at].split(separator: ":", omittingEmptySubsequences: false)
            let host = authority[authority.index(after: at)...].prefix { $0 != ":" && $0 != "," }
            let words = authority.lowercased().split { !$0.isLetter }
            guard account.count == 2, Self.isPublic(host),
                !words.contains(where: { ["your", "example", "xxxx", "placeholder"].contains($0) }),
                !Self.places.contains(account[1].lowercased()[...]),
                !authority.lowercased().contains("your"), !authority.lowercased().contains("xxx")
            else { continue }
            self.host = String(host)
            return
        }
        return nil
    }

    private static func isPublic(_ host: Substring) -> Bool {
        let parts = host.split(separator: ".")
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) {
            let first = UInt8(parts[0]) ?? 0
            let second = UInt8(parts[1]) ?? 0
            let isPrivate =
                [0, 10, 127].contains(first) || first == 192 && second == 168
                || first == 172 && (16...31).contains(second)
            // Numbers that stand for others, and those that documents may use.
            let isExample =
                host == "1.2.3.4" || host.hasPrefix("203.0.113.") || host.hasPrefix("198.51.100.")
                || host.hasPrefix("192.0.2.")
            return !isPrivate && !isExample
        }
        let local: Set<Substring> = [
            "local", "internal", "localhost", "svc", "cluster", "lan", "test", "invalid", "docker",
        ]
        guard parts.count >= 2, let last = parts.last, last.count >= 2, last.allSatisfy(\.isLetter),
            !local.contains(last),
            !host.contains("example"),
            !parts.contains(where: { ["host", "hostname", "domain", "server", "mydomain", "endpoint"].contains($0) })
        else { return false }
        // An address of a provider that names no cluster.
        return ![
            "cluster.mongodb.net", "cluster0.mongodb.net", "cluster0.abcde.mongodb.net", "cluster0.xxxxx.mongodb.net",
        ].contains(String(host))
    }
}
