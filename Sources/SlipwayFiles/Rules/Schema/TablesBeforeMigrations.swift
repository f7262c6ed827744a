// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The first migration meets its own tables.
    static let tablesBeforeMigration = Rule(
        "AP635", .error, "the application makes the tables before the first migration does",
        why:
            "flask db upgrade loads the application first. Where that calls create_all, the tables are there when the first "
            + "migration makes them: it ends with DuplicateTable, relation already exists.",
        catches: [
            [
                "app/__init__.py":
                    "def create_app():\n    app = Flask(__name__)\n    with app.app_context():\n        db.create_all()\n    return app\n",
                "migrations/versions/1_a.py": "def upgrade():\n    op.create_table('users', sa.Column('id'))\n",
                "README.md": "`docker compose exec web flask db upgrade`\n",
                "requirements.txt": "Flask-Migrate\n",
            ]
        ],
        passes: [
            [
                "app/__init__.py":
                    "def create_app():\n    app = Flask(__name__)\n    db.init_app(app)\n    return app\n",
                "migrations/versions/1_a.py": "def upgrade():\n    op.create_table('users', sa.Column('id'))\n",
                "README.md": "`flask db upgrade`\n", "requirements.txt": "Flask-Migrate\n",
            ],
            [
                "app/__init__.py":
                    "def create_app():\n    app = Flask(__name__)\n    if app.config['TESTING']:\n        db.create_all()\n    return app\n",
                "migrations/versions/1_a.py": "def upgrade():\n    op.create_table('users', sa.Column('id'))\n",
                "README.md": "`flask db upgrade`\n", "requirements.txt": "Flask-Migrate\n",
            ],
            [
                "app/__init__.py":
                    "def create_app():\n    app = Flask(__name__)\n    with app.app_context():\n        db.create_all()\n    return app\n",
                "migrations/versions/1_a.py": "def upgrade():\n    op.add_column('users', sa.Column('id'))\n",
                "README.md": "`flask db upgrade`\n", "requirements.txt": "Flask-Migrate\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, FlaskUpgrades.makeTables(in: repository),
            let run = FlaskUpgrades.first(in: repository)
        else { return [] }
        return repository.code([".py"], with: ["create_all()"]).compactMap { code in
            guard code.line(with: "=Flask(") != nil,
                let index = code.lines.indices.first(where: { index in
                    code.lines[index].trimmed.hasSuffix("create_all()") && FlaskUpgrades.isLoaded(index, in: code)
                })
            else { return nil }
            return Violation(
                file: code.path, line: index + 1,
                "\(run.file):\(run.line) runs flask db upgrade, and the first migration ends with DuplicateTable; delete "
                    + "create_all, since the migrations make the tables")
        }
    }
}

/// Who runs `flask db upgrade`, and what it loads before.
private enum FlaskUpgrades {
    static func first(in repository: CheckedRepository) -> (file: String, line: Int)? {
        let endings = [".md", ".sh", ".yml", ".yaml", ".toml", "Procfile", "Dockerfile", "Makefile", ".json"]
        for entry in repository.tree.entries where endings.contains(where: entry.name.hasSuffix) {
            guard !entry.path.contains("node_modules/"), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 300_000, ByteSearch.contains("db upgrade".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if let index = lines.firstIndex(where: { $0.contains("flask") && $0.contains("db upgrade") }) {
                return (entry.path, index + 1)
            }
        }
        return nil
    }

    /// Whether a migration makes tables without looking for them.
    static func makeTables(in repository: CheckedRepository) -> Bool {
        let looks = ["inspect(", "get_table_names", "has_table", "if_not_exists"]
        return repository.tree.entries.contains { entry in
            guard entry.path.contains("migrations/versions/"), entry.name.hasSuffix(".py"),
                let text = repository.tree.text(entry.path)
            else { return false }
            return text.contains("op.create_table(") && !looks.contains(where: text.contains)
        }
    }

    /// Whether the line runs when the application is made: in a module, or in the function that makes it, and under no
    /// condition.
    static func isLoaded(_ index: Int, in code: CodeText) -> Bool {
        PythonBlocks.openers(of: index, in: code.lines).allSatisfy { place in
            let line = code.lines[place].trimmed
            return line.hasPrefix("with ") || line.hasPrefix("def create_app(")
        }
    }
}
