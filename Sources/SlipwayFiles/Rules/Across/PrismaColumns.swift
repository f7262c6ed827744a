// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The client asks for every column of the schema.
    static let columnWithoutMigration = Rule(
        "AP228", .error, "the schema has a column that no migration makes",
        why:
            "Prisma's client selects every column of its schema. On a database that the migrations made, the first query "
            + "of this table ends with P2022: the column does not exist.",
        catches: [
            [
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n}\nmodel User {\n  id Int @id\n  nick String?\n}\n",
                "prisma/migrations/1_init/migration.sql": "CREATE TABLE \"User\" (\n  \"id\" SERIAL NOT NULL\n);\n",
            ],
            [
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n}\nmodel User {\n  id Int @id\n}\nmodel Post {\n  id Int @id\n}\n",
                "prisma/migrations/1_init/migration.sql": "CREATE TABLE \"User\" (\n  \"id\" SERIAL NOT NULL\n);\n",
            ],
        ],
        passes: [
            [
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n}\nenum Role {\n  A\n}\nmodel User {\n  id Int @id\n  // nick String\n  role Role @map(\"the_role\")\n  posts Post[]\n  @@map(\"users\")\n}\nmodel Post {\n  id Int @id\n  user User @relation(fields: [id], references: [id])\n  @@map(\"posts\")\n}\n",
                "prisma/migrations/1_init/migration.sql":
                    "CREATE TABLE \"users\" (\"id\" INT, \"the_role\" TEXT);\nCREATE TABLE \"posts\" (\"id\" INT);\n",
            ],
            [
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"mongodb\"\n}\nmodel User {\n  id String @id\n}\n",
                "prisma/migrations/note.sql": "SELECT 1;\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.tree.entries.filter { $0.name == "schema.prisma" }.compactMap { entry in
            let folder = entry.directory == "." ? "migrations/" : entry.directory + "/migrations/"
            let migrations = repository.tree.entries.filter { $0.path.hasPrefix(folder) && $0.name == "migration.sql" }
            guard !migrations.isEmpty, let text = repository.tree.text(entry.path),
                !text.contains("\"mongodb\""), !text.contains("multiSchema")
            else { return nil }
            let made = SchemaNames.quoted(
                in: migrations.compactMap { repository.tree.text($0.path) }.joined(separator: "\n"))
            guard !made.isEmpty, let missing = SchemaNames.first(of: text, notIn: made) else { return nil }
            return Violation(
                file: entry.path, line: missing.line,
                "no migration makes \(missing.name); type: npx prisma migrate dev --name \(missing.short), and commit the folder"
            )
        }
    }
}

/// Names of tables and columns in a Prisma schema and in SQL.
private enum SchemaNames {
    /// What stands in double quotes or backticks.
    static func quoted(in sql: String) -> Set<String> {
        var found: Set<String> = []
        for mark in ["\"", "`"] as [Character] {
            let parts = sql.split(separator: mark, omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() where index % 2 == 1 && !part.contains("\n") {
                found.insert(String(part))
            }
        }
        return found
    }

    private static let scalars: Set<String> = [
        "String", "Int", "Boolean", "DateTime", "Json", "Float", "Decimal", "BigInt", "Bytes",
    ]

    static func first(of schema: String, notIn made: Set<String>) -> (name: String, short: String, line: Int)? {
        let lines = schema.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmed }
        let enums = Set(lines.filter { $0.hasPrefix("enum ") }.map { name(in: $0) })
        var index = 0
        while index < lines.count {
            guard lines[index].hasPrefix("model ") else {
                index += 1
                continue
            }
            let start = index
            let model = name(in: lines[start])
            let end = lines[start...].firstIndex(of: "}") ?? lines.count
            let body = lines[min(start + 1, end)..<end]
            index = end + 1
            if body.contains(where: { $0.hasPrefix("@@ignore") || $0.hasPrefix("@@schema") }) { continue }
            let table = body.first { $0.hasPrefix("@@map(") }.flatMap(mapped) ?? model
            guard made.contains(table) else { return ("the table \(table)", "add_" + table.lowercased(), start + 1) }
            for number in body.indices {
                guard let column = column(body[number], enums), !made.contains(column) else { continue }
                return ("the column \(column) of \(table)", "add_" + column.lowercased(), number + 1)
            }
        }
        return nil
    }

    private static func name(in line: String) -> String {
        String(line.split(separator: " ").dropFirst().first?.prefix { $0 != "{" } ?? "")
    }

    private static func mapped(_ line: String) -> String? {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count > 1 ? String(parts[1]) : nil
    }

    private static func column(_ line: String, _ enums: Set<String>) -> String? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count > 1, let first = words.first, !line.hasPrefix("//"), !line.hasPrefix("@@"),
            !line.hasPrefix("///"),
            !line.contains("@ignore")
        else { return nil }
        let type = String(words[1].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        guard scalars.contains(type) || enums.contains(type) else { return nil }
        let map = TextSearch.range(of: "@map(", in: line[...]).map { String(line[$0.lowerBound...]) }
        return map.flatMap(mapped) ?? String(first)
    }
}
