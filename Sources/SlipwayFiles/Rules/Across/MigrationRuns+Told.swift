// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension MigrationRuns {
    private static let words = [
        "migrat", "alembic", "upgrade head", "db upgrade", "db push", "db:push", "schema", "database setup",
    ]

    /// Whether a document speaks of them, so that its reader can run them by hand.
    static func areTold(in repository: CheckedRepository) -> Bool {
        let documents = repository.tree.entries.filter { entry in
            [".md", ".mdx", ".rst", ".txt", ".adoc"].contains(where: entry.name.hasSuffix)
                && !entry.name.contains("requirements")
        }
        return documents.contains { entry in
            guard let text = repository.tree.text(entry.path)?.lowercased() else { return false }
            return words.contains(where: text.contains)
        }
    }

    /// Whether the tables come about in another way: the program makes them, a script does, or the database is in git.
    static func areReplaced(in repository: CheckedRepository) -> Bool {
        let makers = [
            "create_all", "CREATE TABLE", "create table", "AutoMigrate", ".sync(", "synchronize", "createTable",
            "ensureCreated", "EnsureCreated", "Migrate(", "migrate(", "upgrade(",
        ]
        let isMade = repository.codeFiles(with: makers).contains { entry in
            !["migrations/", "versions/", "alembic/", "test"].contains(where: entry.path.contains)
        }
        let isBrought = repository.tree.entries.contains { entry in
            [".sqlite3", ".sqlite", ".db", ".sql", ".dump"].contains(where: entry.name.hasSuffix)
                && !entry.path.contains("migrations/")
        }
        return isMade || isBrought
    }
}
