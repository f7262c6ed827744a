// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The application empties its own database.
    static let droppedTables = Rule(
        "EN228", .error, "the application drops its tables when it starts",
        why: "Every start, so every deployment and every crash, begins with an empty database.",
        catches: [
            ["src/main/resources/application.properties": "spring.jpa.hibernate.ddl-auto=create-drop\n"],
            ["src/main/resources/application-prod.yml": "spring:\n  jpa:\n    hibernate:\n      ddl-auto: create\n"],
            ["src/db.ts": "new DataSource({ type: 'postgres', synchronize: true, dropSchema: true })\n"],
            ["server.js": "await sequelize.sync({ force: true })\n"],
            [
                "app/config.py": "class Settings(BaseSettings):\n    DROP_DB: bool = True\n",
                "app/main.py":
                    "@asynccontextmanager\nasync def lifespan(app):\n    if settings.DROP_DB:\n        await drop_tables()\n    yield\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/app/start.sh\"]\n",
                "manage.py": "@cli.command(\"create_db\")\ndef create_db():\n    db.drop_all()\n    db.create_all()\n",
                "start.sh": "#!/bin/sh\npython manage.py create_db\nexec \"$@\"\n",
            ],
            ["app/main.py": "Base.metadata.drop_all(bind=engine)\nBase.metadata.create_all(bind=engine)\n"],
            ["Api/Program.cs": "db.Database.EnsureDeleted();\ndb.Database.EnsureCreated();\n"],
        ],
        passes: [
            ["src/main/resources/application.properties": "spring.jpa.hibernate.ddl-auto=validate\n"],
            [
                "src/main/resources/application.properties":
                    "spring.datasource.url=jdbc:h2:mem:a\nspring.jpa.hibernate.ddl-auto=create-drop\n"
            ],
            ["src/main/resources/application-dev.properties": "spring.jpa.hibernate.ddl-auto=create-drop\n"],
            [
                "src/main/resources/application.properties": "spring.jpa.hibernate.ddl-auto=create-drop\n",
                "src/main/resources/application-prod.properties": "spring.jpa.hibernate.ddl-auto=validate\n",
            ],
            [
                "src/main/resources/application.properties": "spring.jpa.hibernate.ddl-auto=create-drop\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      SPRING_JPA_HIBERNATE_DDL_AUTO: validate\n",
            ],
            [
                "app/config.py": "class Settings(BaseSettings):\n    DROP_DB: bool = False\n",
                "app/main.py":
                    "@asynccontextmanager\nasync def lifespan(app):\n    if settings.DROP_DB:\n        await drop_tables()\n    yield\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/app/start.sh\"]\n",
                "manage.py": "@cli.command(\"create_db\")\ndef create_db():\n    db.drop_all()\n    db.create_all()\n",
                "start.sh":
                    "#!/bin/sh\nif [ \"$FLASK_DEBUG\" = 1 ]\nthen\n  python manage.py create_db\nfi\nexec \"$@\"\n",
            ],
            ["recreate_schema.py": "Base.metadata.drop_all(bind=engine)\n"],
            ["app/db.py": "def reset():\n    Base.metadata.drop_all(bind=engine)\n"],
            ["tests/setup.js": "await sequelize.sync({ force: true })\n"],
            ["src/db.js": "if (process.env.RESET) await sequelize.sync({ force: true })\n"],
        ]
    ) { repository in
        spring(repository) + code(repository) + DroppedAtStart.violations(in: repository)
    }

    private static func spring(_ repository: CheckedRepository) -> [Violation] {
        let files = repository.tree.entries.filter { entry in
            entry.name.hasPrefix("application")
                && [".properties", ".yml", ".yaml"].contains(where: entry.name.hasSuffix)
                && !DevelopmentPath.isLikely(entry.path) && !entry.path.contains("/test/")
        }
        let found = files.compactMap { entry -> (entry: SourceTree.Entry, line: Int, value: String)? in
            guard let text = repository.tree.text(entry.path) else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let line = line.trimmed
                guard !line.hasPrefix("#"), line.contains("ddl-auto") || line.contains("hbm2ddl.auto"),
                    let separator = line.lastIndex(where: { $0 == "=" || $0 == ":" })
                else { continue }
                let value = line[line.index(after: separator)...].trimmed.filter { !"\"'}".contains($0) }
                return (entry, index + 1, value)
            }
            return nil
        }
        let isSetElsewhere =
            repository.composeFiles.contains { $0.text.contains("HIBERNATE_DDL_AUTO") }
            || repository.dockerfiles.contains {
                $0.text.contains("HIBERNATE_DDL_AUTO") || $0.text.contains("ddl-auto")
            }
        guard !isSetElsewhere else { return [] }
        return found.compactMap { entry, line, value in
            guard ["create", "create-drop"].contains(value) else { return nil }
            let isBase = entry.name.prefix { $0 != "." } == "application"
            let profile = found.first {
                $0.entry.directory == entry.directory && DevelopmentPath.isProduction($0.entry.name)
            }
            guard !isBase || profile == nil, !keepsNothing(entry, in: repository) else { return nil }
            return Violation(
                file: entry.path, line: line,
                "\(value) drops every table at the start; write: validate, and change tables with Flyway or Liquibase")
        }
    }

    /// A database in memory is empty at each start anyway.
    private static func keepsNothing(_ entry: SourceTree.Entry, in repository: CheckedRepository) -> Bool {
        let text = repository.tree.text(entry.path) ?? ""
        return text.contains("jdbc:h2:mem") || text.contains("jdbc:hsqldb:mem")
    }

    private static func code(_ repository: CheckedRepository) -> [Violation] {
        repository.codeFiles.compactMap { entry in
            let signs: [String]
            switch entry.name.split(separator: ".").last {
            case "js", "ts": signs = ["force: true", "dropSchema: true"]
            case "cs": signs = ["EnsureDeleted("]
            default: return nil
            }
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                let sign = signs.first(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                !["seed", "reset", "migrat", "scripts/", "spec", "__", "bench", "example", "demo"].contains(where: {
                    entry.path.lowercased().contains($0)
                }), let text = repository.tree.text(entry.path)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.contains(sign) {
                // What asks first may be meant.
                let before = lines[max(0, index - 2)...index].joined(separator: " ")
                guard !line.trimmed.hasPrefix("//"), sign != "force: true" || line.contains(".sync("),
                    !before.contains("if "), !before.contains("if("), !before.contains("?")
                else { continue }
                return Violation(
                    file: entry.path, line: index + 1,
                    "\(sign.filter { $0 != "(" }) deletes every table at the start; delete it, and change tables with migrations"
                )
            }
            return nil
        }
    }
}
