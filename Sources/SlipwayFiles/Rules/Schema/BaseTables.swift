// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// NoSuchTableError
    static let noBaseTables = Rule(
        "AP511", .error, "the first migration changes a table that no migration makes",
        why:
            "The developer's database had the table already, made by create_all or by hand. On a new database the first "
            + "migration ends with NoSuchTableError or UndefinedTable, and none after it runs.",
        catches: [
            [
                "migrations/env.py": "",
                "migrations/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    with op.batch_alter_table('scripts', schema=None) as batch_op:\n        batch_op.add_column(sa.Column('url', sa.String()))\n\n\ndef downgrade():\n    pass\n",
                "start.sh": "flask db upgrade\nexec gunicorn app:app\n",
            ]
        ],
        passes: [
            [
                "migrations/env.py": "",
                "migrations/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table('scripts')\n    op.add_column(\n        'scripts', sa.Column('url'))\n",
                "start.sh": "flask db upgrade\n",
            ],
            [
                "app/__init__.py": "def create_app():\n    db.create_all()\n",
                "migrations/env.py": "",
                "migrations/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    op.add_column('scripts', sa.Column('url'))\n",
            ],
            [
                "init.sql": "CREATE TABLE IF NOT EXISTS public.scripts (id SERIAL);\n",
                "migrations/env.py": "",
                "migrations/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    op.add_column('scripts', sa.Column('url'))\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let folders = repository.tree.files(named: "env.py").map { $0.directory + "/versions" }
            .filter { repository.tree.hasDirectory($0) }
        return folders.compactMap { folder -> Violation? in
            let files = repository.tree.files(under: folder).filter { $0.name.hasSuffix(".py") }.compactMap { entry in
                repository.tree.text(entry.path).map { AlembicFile(path: entry.path, text: $0) }
            }
            let roots = files.filter(\.isFirst)
            guard
                let found = roots.lazy.compactMap({ root in root.changed.map { (root, $0) } }).first(where: { pair in
                    !files.contains { $0.makes(pair.1.table) }
                }), !isMadeOtherwise(found.1.table, repository)
            else { return nil }
            return Violation(
                file: found.0.path, line: found.1.line,
                "no migration makes \(found.1.table), so a new database stops here; write a first one from an empty "
                    + "database: alembic revision --autogenerate -m base, and name it in down_revision here")
        }
    }

    /// Whether the program makes its tables when it starts, or a script of SQL does.
    private static func isMadeOtherwise(_ table: String, _ repository: CheckedRepository) -> Bool {
        if !TablesOfMain.makers(in: repository).isEmpty { return true }
        return repository.tree.files(ending: "sql").contains { entry in
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 2_000_000 else { return false }
            return ByteSearch.contains(table.utf8, in: bytes)
        }
    }
}

/// A migration of Alembic.
private struct AlembicFile {
    let path: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Whether no other comes before it.
    var isFirst: Bool {
        lines.contains { line in
            guard line.hasPrefix("down_revision") else { return false }
            let parts = line.split(separator: "=")
            return parts.count == 2 && parts[1].trimmed.prefix(4) == "None"
        }
    }

    /// The table of the first change in `upgrade`; `nil` when it asks first which tables there are.
    var changed: (table: String, line: Int)? {
        guard let start = lines.firstIndex(where: { $0.hasPrefix("def upgrade") }) else { return nil }
        let rest = lines[(start + 1)...]
        let end = rest.firstIndex { $0.hasPrefix("def ") } ?? lines.endIndex
        let body = lines[(start + 1)..<end]
        guard
            !body.contains(where: { line in
                ["table_exists", "has_table", "get_table_names", "IF EXISTS", "if exists", "create_all", "return"]
                    .contains(where: line.contains)
            })
        else { return nil }
        for index in body.indices {
            let line = lines[index]
            guard
                ["op.add_column(", "op.batch_alter_table(", "op.alter_column(", "op.drop_column("].contains(
                    where: line.contains)
            else { continue }
            // The name stands behind the bracket or on the next line.
            let text = line.trimmed.hasSuffix("(") && index + 1 < lines.endIndex ? line + lines[index + 1] : line
            guard let name = Self.quoted(text) else { continue }
            return (name, index + 1)
        }
        return nil
    }

    private static func quoted(_ text: Substring) -> String? {
        guard let open = text.firstIndex(of: "("), let quote = text[open...].first(where: { $0 == "'" || $0 == "\"" })
        else { return nil }
        let parts = text[open...].split(separator: quote, omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0].dropFirst().allSatisfy(\.isWhitespace), !parts[1].isEmpty,
            parts[1].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
        else { return nil }
        return String(parts[1])
    }

    /// Whether it makes the table, by any way of saying it.
    func makes(_ table: String) -> Bool {
        for (index, line) in lines.enumerated() {
            let lower = line.lowercased()
            guard
                ["create_table(", "create table", "rename_table(", "rename to", "op.execute", "create_all"].contains(
                    where: lower.contains)
            else { continue }
            if lower.contains("create_all") { return true }
            if lines[index..<min(lines.endIndex, index + 4)].contains(where: { $0.contains(table) }) { return true }
        }
        return false
    }
}
