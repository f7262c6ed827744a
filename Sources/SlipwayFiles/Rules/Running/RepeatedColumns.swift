// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// column "x" of relation "y" already exists
    static let repeatedColumn = Rule(
        "AP502", .error, "a migration adds a column that the database's first script has made already",
        why: "On a new database the image runs the script first, and the migration ends with: column already exists. "
            + "All migrations of the same transaction are undone with it.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./init:/docker-entrypoint-initdb.d']\n",
                "init/01_schema.sql": "CREATE TABLE IF NOT EXISTS events (\n  id int,\n  tags jsonb\n);\n",
                "migrations/versions/a1_tags.py":
                    "def upgrade():\n    op.add_column('events', sa.Column('tags', JSONB()))\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./init:/docker-entrypoint-initdb.d']\n",
                "init/01_schema.sql": "CREATE TABLE IF NOT EXISTS events (\n  id int\n);\n",
                "migrations/versions/a1_tags.py":
                    "def upgrade():\n    op.add_column('events', sa.Column('tags', JSONB()))\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./init:/docker-entrypoint-initdb.d']\n",
                "init/01_schema.sql": "CREATE TABLE events (\n  id int,\n  tags jsonb\n);\n",
                "migrations/versions/a1_tags.py":
                    "def upgrade():\n    if 'tags' not in columns:\n        op.add_column('events', sa.Column('tags', JSONB()))\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let columns = InitialColumns.all(in: repository)
        guard !columns.isEmpty else { return [] }
        return repository.tree.files(ending: "py").flatMap { entry -> [Violation] in
            guard entry.path.contains("versions/"), let text = repository.tree.text(entry.path),
                text.contains("op.add_column"),
                !["inspect(", "if_not_exists", "IF NOT EXISTS", "has_column"].contains(where: text.contains)
            else { return [] }
            return AddedColumn.all(in: text).compactMap { added in
                guard let place = columns[added.name] else { return nil }
                return Violation(
                    file: entry.path, line: added.line,
                    "\(place) makes \(added.name) already; take it out there, or add it only when it is missing")
            }.prefix(1).map { $0 }
        }
    }
}

/// What the scripts make that a database's image runs at its first start.
private enum InitialColumns {
    /// Files by `table.column`.
    static func all(in repository: CheckedRepository) -> [String: String] {
        var found: [String: String] = [:]
        for script in scripts(in: repository) {
            guard let text = repository.tree.text(script), text.utf8.count < 400_000 else { continue }
            for column in columns(in: text) { found[column] = script }
        }
        return found
    }

    /// What Compose mounts into the database's folder, and what a Dockerfile copies there.
    private static func scripts(in repository: CheckedRepository) -> [String] {
        var paths: [String] = []
        for file in repository.composeFiles where !file.isForDevelopment {
            for mount in file.services.flatMap(\.mounts) where mount.target.hasPrefix("/docker-entrypoint-initdb.d") {
                if let path = mount.source.flatMap(file.resolve) { paths.append(path) }
            }
        }
        for unit in repository.images where !unit.isForDevelopment {
            let folder = unit.context ?? SourceTree.Entry(path: unit.dockerfile.location).directory
            for copy in unit.instructions where copy.keyword == "COPY" && copy.flag("from") == nil {
                guard copy.arguments.last?.hasPrefix("/docker-entrypoint-initdb.d") == true else { continue }
                paths += copy.arguments.dropLast().map { GoPath.clean(folder + "/" + $0) }
            }
        }
        return paths.flatMap { path in
            repository.tree.contains(path) ? [path] : repository.tree.files(under: path).map(\.path)
        }.filter { $0.hasSuffix(".sql") }
    }

    private static func columns(in text: String) -> [String] {
        var found: [String] = []
        var table: String?
        for raw in text.split(separator: "\n") {
            let line = raw.trimmed
            let upper = line.uppercased()
            if upper.hasPrefix("CREATE TABLE") {
                let words = line.split { $0 == " " || $0 == "(" }.map(String.init)
                let place = upper.contains("IF NOT EXISTS") ? 5 : 2
                table = words.indices.contains(place) ? name(words[place]) : nil
                continue
            }
            if line.hasPrefix(")") { table = nil }
            guard let table, let word = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first else { continue }
            let first = word.uppercased()
            if ["PRIMARY", "FOREIGN", "UNIQUE", "CONSTRAINT", "CHECK", "--", "REFERENCES"].contains(first) { continue }
            found.append(table + "." + name(String(word)))
        }
        return found
    }

    private static func name(_ word: String) -> String {
        String(word.filter { $0 != "\"" && $0 != "`" && $0 != "," }.split(separator: ".").last ?? "")
    }
}

/// `op.add_column('events', sa.Column('tags', ...))`, on one line or more.
private struct AddedColumn {
    /// `table.column`
    let name: String
    /// One-based.
    let line: Int

    static func all(in text: String) -> [AddedColumn] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var found: [AddedColumn] = []
        for (index, line) in lines.enumerated() where line.contains("op.add_column(") {
            // What stands below a condition may not be done.
            let indent = line.prefix { $0 == " " }.count
            guard indent <= 4, !line.trimmed.hasPrefix("#") else { continue }
            if lines[..<index].contains(where: { $0.hasPrefix("def downgrade") }) { break }
            let words = lines[index..<min(lines.count, index + 4)].joined(separator: " ")
                .split(separator: "\"").joined(separator: "'").split(separator: "'").map(String.init)
            guard words.count > 3, words[0].hasSuffix("op.add_column("), words[2].contains("Column(") else { continue }
            found.append(AddedColumn(name: words[1] + "." + words[3], line: index + 1))
        }
        return found
    }
}
