// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The backup is of a database that is not there.
    static let dumpOfAnotherDatabase = Rule(
        "AP497", .error, "a backup of another kind of database than the application has",
        why: "The dump fails or is empty, and the data that the application really keeps is never saved.",
        catches: [
            [
                "backup.sh": "#!/bin/sh\nset -e\npg_dump shop > /backups/shop.sql\n",
                "prisma/schema.prisma": "datasource db {\n  provider = \"sqlite\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "DEPLOY.md": "```bash\nmysqldump shop > shop.sql\n```\n",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
        ],
        passes: [
            [
                "backup.sh": "#!/bin/sh\nset -e\npg_dump shop > /backups/shop.sql\n",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "backup.sh": "#!/bin/sh\nset -e\npg_dump shop > /backups/shop.sql\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n",
                "prisma/schema.prisma": "datasource db {\n  provider = \"sqlite\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let providers = Set(PrismaSource.all(in: repository.tree).compactMap(\.provider))
        guard providers.count == 1, let provider = providers.first else { return [] }
        let dumps = ["pg_dump": "postgresql", "pg_dumpall": "postgresql", "mysqldump": "mysql", "mongodump": "mongodb"]
        return repository.toldCommands.compactMap { told in
            guard let word = told.words.first(where: { dumps[$0] != nil }), let kind = dumps[word], kind != provider,
                !DumpedDatabases.isMentioned(kind, in: repository)
            else { return nil }
            let advice = DumpedDatabases.advice(provider)
            return Violation(
                file: told.file, line: told.line,
                "the schema says \(provider), which \(word) does not save; write: \(advice)",
                severity: told.severity)
        }
    }
}

private enum DumpedDatabases {
    /// Whether something of the repository starts or speaks to such a database.
    static func isMentioned(_ kind: String, in repository: CheckedRepository) -> Bool {
        let images = ["postgresql": "postgres", "mysql": "mysql", "mongodb": "mongo"]
        let drivers = [
            "postgresql": ["\"pg\"", "psycopg", "asyncpg"], "mysql": ["\"mysql2\"", "pymysql", "mysqlclient"],
            "mongodb": ["mongoose", "pymongo"],
        ]
        let runs = repository.composeFiles.contains { file in
            file.services.contains { $0.image?.text.contains(images[kind] ?? kind) == true }
        }
        let manifests = repository.tree.files(named: "package.json") + repository.tree.files(named: "requirements.txt")
        return runs
            || manifests.contains { entry in
                let text = repository.tree.text(entry.path) ?? ""
                return (drivers[kind] ?? []).contains(where: text.contains)
            }
    }

    static func advice(_ provider: String) -> String {
        switch provider {
        case "sqlite": "sqlite3 FILE.db \".backup 'COPY.db'\""
        case "mysql": "mysqldump"
        case "mongodb": "mongodump"
        default: "pg_dump"
        }
    }
}
