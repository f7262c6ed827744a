// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// An empty database stops there.
    static let laterTable = Rule(
        "AP343", .error, "a migration refers to a table that only a later one makes",
        why:
            "On the developer's machine the table was there already. A new database ends with \"relation does not exist\": "
            + "this file and all after it never run.",
        catches: [
            [
                "db/migrations/001_order.sql":
                    "CREATE TABLE orders (\n  id SERIAL PRIMARY KEY,\n  buyer INT REFERENCES buyers (id)\n);\n",
                "db/migrations/002_buyer.sql": "CREATE TABLE IF NOT EXISTS buyers (id SERIAL PRIMARY KEY);\n",
            ]
        ],
        passes: [
            [
                "db/migrations/001_buyer.sql": "CREATE TABLE IF NOT EXISTS buyers (id SERIAL PRIMARY KEY);\n",
                "db/migrations/002_order.sql":
                    "CREATE TABLE orders (\n  id SERIAL PRIMARY KEY,\n  buyer INT REFERENCES buyers (id)\n);\n",
            ],
            [
                "db/migrations/001_order.sql":
                    "CREATE TABLE orders (\n  id INTEGER PRIMARY KEY AUTOINCREMENT,\n  buyer INT REFERENCES buyers (id)\n);\n",
                "db/migrations/002_buyer.sql": "CREATE TABLE buyers (id INTEGER PRIMARY KEY);\n",
            ],
            [
                "db/migrations/001_a.up.sql":
                    "CREATE TABLE clients (id SERIAL);\nALTER TABLE clients RENAME TO buyers;\n",
                "db/migrations/002_order.up.sql":
                    "CREATE TABLE orders (buyer INT REFERENCES public.\"buyers\" (id));\n",
                "db/migrations/003_buyer.up.sql": "CREATE TABLE buyers (id SERIAL);\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return NumberedMigrations.all(in: repository.tree).flatMap { folder -> [Violation] in
            guard folder.isChecked else { return [] }
            var made: [String: Int] = [:]
            for (index, file) in folder.files.enumerated() {
                for table in file.made where made[table] == nil { made[table] = index }
            }
            return folder.files.enumerated().compactMap { index, file in
                guard
                    let use = file.references.first(where: { (made[$0.table] ?? index) > index }),
                    let later = made[use.table]
                else { return nil }
                return Violation(
                    file: file.path, line: use.line,
                    "\(use.table) is made only by \(folder.files[later].path); give that file a number before this one")
            }
        }
    }

    /// The tool sends a file as one transaction.
    static let forbiddenInTransaction = Rule(
        "AP344", .error, "a migration has a statement that no transaction allows",
        why:
            "golang-migrate sends a file's statements together, which PostgreSQL runs as one transaction, and refuses "
            + "this one in it: the migration fails and leaves its version dirty.",
        catches: [
            [
                "go.mod": "module a\nrequire github.com/golang-migrate/migrate/v4 v4.18.0\n",
                "migrations/1_a.up.sql":
                    "CREATE TABLE a (id SERIAL);\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n",
            ]
        ],
        passes: [
            [
                "go.mod": "module a\nrequire github.com/golang-migrate/migrate/v4 v4.18.0\n",
                "migrations/1_a.up.sql": "CREATE TABLE a (id SERIAL);\n",
                "migrations/2_b.up.sql": "-- alone\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n",
            ],
            ["migrations/1_a.up.sql": "CREATE TABLE a (id SERIAL);\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n"],
        ]
    ) { repository in
        guard repository.isWhole, hasMigrations(repository), usesGolangMigrate(repository) else { return [] }
        return NumberedMigrations.all(in: repository.tree).flatMap { folder in
            folder.files.compactMap { file -> Violation? in
                guard file.path.hasSuffix(".up.sql"), file.statements > 1, let use = file.forbidden else { return nil }
                return Violation(
                    file: file.path, line: use.line, "move \(use.statement) into a file of its own, with nothing else")
            }
        }
    }

    private static func hasMigrations(_ repository: CheckedRepository) -> Bool {
        repository.tree.files(ending: "sql").contains { $0.name.hasSuffix(".up.sql") }
    }

    private static func usesGolangMigrate(_ repository: CheckedRepository) -> Bool {
        let makefiles = repository.tree.files(named: "Makefile").compactMap { repository.tree.text($0.path) }
        let texts = makefiles + repository.composeFiles.map(\.text)
        guard !texts.contains(where: { ByteSearch.contains("x-multi-statement", in: $0) }),
            repository.code([".go"], with: ["x-multi-statement", "MultiStatementEnabled"]).isEmpty
        else { return false }
        let modules = repository.tree.files(named: "go.mod").compactMap { repository.tree.text($0.path) }
        return modules.contains { ByteSearch.contains("golang-migrate/", in: $0) }
            || texts.contains { ByteSearch.contains("migrate/migrate", in: $0) }
    }
}
