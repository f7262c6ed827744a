// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// relation "users" does not exist
    static let tablesInDevelopmentOnly = Rule(
        "AP248", .warning, "the tables are made in development alone",
        why: "An entry script makes the tables only when a variable says development, and nothing else makes them: in "
            + "production every query fails.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh":
                    "#!/bin/sh\nif [ \"$FLASK_ENV\" = \"development\" ]\nthen\n    python manage.py create_db\nfi\nexec \"$@\"\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                "server.js": "if (process.env.NODE_ENV !== 'production') {\n  await sequelize.sync();\n}\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py":
                    "app = Flask(__name__)\n\nif __name__ == '__main__':\n    with app.app_context():\n        db.create_all()\n    app.run()\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"app.py\"]\n",
                "app.py":
                    "app = Flask(__name__)\n\nif __name__ == '__main__':\n    with app.app_context():\n        db.create_all()\n    app.run()\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py":
                    "app = Flask(__name__)\nwith app.app_context():\n    db.create_all()\n\nif __name__ == '__main__':\n    app.run()\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh":
                    "#!/bin/sh\nif [ \"$FLASK_ENV\" = \"development\" ]\nthen\n    python manage.py create_db\nelse\n    flask db upgrade\nfi\nexec \"$@\"\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"scripts\":{\"start\":\"sequelize-cli db:migrate && node server.js\"}}",
                "server.js": "if (process.env.NODE_ENV !== 'production') {\n  await sequelize.sync();\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.dockerfiles.isEmpty || !repository.procfiles.isEmpty else { return [] }
        guard let found = script(repository) ?? code(repository) ?? TablesOfMain.unmade(in: repository),
            !isMadeElsewhere(repository, except: found.file ?? "")
        else { return [] }
        return [found]
    }

    private static let makers = [
        "create_db", "create_all", "db upgrade", "manage.py migrate", "alembic upgrade", "migrate deploy", "db push",
        "db:migrate",
        "db:create", "migrate up", "artisan migrate", "ecto.migrate", "init_db", "init-db", "db:push", "migration:run",
        "knex migrate",
        "typeorm migration", "migrate:up", "flyway", "liquibase", "goose ", "dbmate", "db:schema", "schema:update",
        "drizzle-kit",
    ]

    private static func script(_ repository: CheckedRepository) -> Violation? {
        for file in repository.scripts where !file.startingDockerfiles.isEmpty || file.isStart {
            var open: Int?
            for (index, raw) in file.document.lines.enumerated() {
                let line = raw.trimmed
                if line.hasPrefix("if "), line.contains("ENV"), line.contains("dev"), !line.contains("!=") {
                    open = index
                }
                if line == "fi" || line == "else" { open = nil }
                guard !line.hasPrefix("#"), !line.hasPrefix("echo"), makers.contains(where: line.contains) else {
                    continue
                }
                guard open != nil else { break }
                let rest = file.document.lines[(index + 1)...].contains { other in
                    makers.contains { other.contains($0) } && !other.trimmed.hasPrefix("echo")
                        && !other.trimmed.hasPrefix("#")
                }
                guard !rest else { break }
                return Violation(
                    file: file.location, line: index + 1,
                    "in production nothing makes the tables; move the command out of the if, or run migrations there")
            }
        }
        return nil
    }

    private static func code(_ repository: CheckedRepository) -> Violation? {
        for code in repository.code([".js", ".ts"], with: [".sync("]) {
            guard let line = code.line(with: "sequelize.sync(", "db.sync(", "models.sequelize.sync("),
                code.isGuarded(
                    line, by: ["!== 'production'", "!== \"production\"", "=== 'development'", "=== \"development\""],
                    before: 2)
            else { continue }
            return Violation(
                file: code.path, line: line,
                "in production nothing makes the tables; run migrations when it is deployed")
        }
        return nil
    }

    /// Whether any other command makes tables.
    private static func isMadeElsewhere(_ repository: CheckedRepository, except path: String) -> Bool {
        let told = repository.toldCommands.contains { told in
            guard told.file != path, told.teller != .document, told.teller != .package, told.teller != .makefile else {
                return false
            }
            let line = told.command.words.map(\.text).joined(separator: " ")
            return makers.contains(where: line.contains)
        }
        let files =
            repository.composeFiles.map(\.text) + repository.dockerfiles.map(\.text) + repository.procfiles.map(\.text)
            + repository.flyFiles.map(\.text) + repository.renderBlueprints.map(\.text)
            + repository.manifests.map(\.text)
        let starts = PackageManifest.all(in: repository).flatMap { manifest in
            manifest.scripts.filter { $0.key.contains("start") || $0.key.contains("deploy") || $0.key.contains("prod") }
                .map(\.value)
        }
        return told || (files + starts).contains { text in makers.contains { text.contains($0) } }
    }
}
