// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// relation "users" already exists
    static let tablesMadeTwice = Rule(
        "AP380", .error, "the database and the application run the same migrations",
        why:
            "The image of the database runs what is mounted at /docker-entrypoint-initdb.d and notes nothing down. The "
            + "migrator then begins with the first file again, and ends: the table exists already.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./migrations:/docker-entrypoint-initdb.d']\n  api:\n    build: .\n",
                "Dockerfile": "FROM golang:1.24\nCOPY . .\nCMD [\"./api\"]\n",
                "main.go": "m, err := migrate.New(\"file://migrations\", url)\n",
                "migrations/001_init.up.sql": "CREATE TABLE users (id int);\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./migrations:/docker-entrypoint-initdb.d:ro']\n",
                "internal/migrations/run.go":
                    "const q = `CREATE TABLE IF NOT EXISTS schema_migrations (name text)`\n// reads migrations\nvar dir = \"migrations\"\n",
                "migrations/001_init.sql": "CREATE TYPE kind AS ENUM ('a');\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./migrations:/docker-entrypoint-initdb.d']\n",
                "migrations/001_init.sql": "CREATE TABLE users (id int);\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./migrations:/docker-entrypoint-initdb.d']\n",
                "main.go": "m, err := migrate.New(\"file://migrations\", url)\n",
                "migrations/001_init.up.sql": "CREATE TABLE IF NOT EXISTS users (id int);\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./init:/docker-entrypoint-initdb.d']\n",
                "init/1.sql": "CREATE TABLE users (id int);\n",
                "main.go": "m, err := migrate.New(\"file://migrations\", url)\n",
                "migrations/001_init.up.sql": "CREATE TABLE users (id int);\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        return repository.composeFiles.flatMap { file in
            file.services.flatMap(\.mounts).compactMap { mount -> Violation? in
                guard mount.target.hasPrefix("/docker-entrypoint-initdb.d"),
                    let folder = mount.source.flatMap(file.resolve),
                    !tree.contains(folder), let first = firstScript(below: folder, tree), makesAnew(first, tree),
                    let migrator = migrator(of: folder, in: repository)
                else { return nil }
                return Violation(
                    file: file.location, line: mount.position.line,
                    "\(migrator) runs \(folder) too, and \(first) fails when its tables exist; delete this mount")
            }
        }
    }

    private static func firstScript(below folder: String, _ tree: SourceTree) -> String? {
        tree.files(under: folder).map(\.path).first { path in
            path.hasSuffix(".sql") && SourceTree.Entry(path: path).directory == folder && !path.hasSuffix(".down.sql")
        }
    }

    private static func makesAnew(_ path: String, _ tree: SourceTree) -> Bool {
        let lines = (tree.text(path) ?? "").uppercased().split(separator: "\n").map(\.trimmed)
        return lines.contains { line in
            (line.hasPrefix("CREATE TABLE ") || line.hasPrefix("CREATE TYPE ")) && !line.contains("IF NOT EXISTS")
        } && !lines.contains { $0.hasPrefix("DROP TABLE") || $0.hasPrefix("DO $$") }
    }

    /// The file whose migrator reads the folder.
    private static func migrator(of folder: String, in repository: CheckedRepository) -> String? {
        let name = SourceTree.Entry(path: folder).name
        let code = repository.code(
            [".go", ".rs"], with: ["schema_migrations", "file://", "goose.Up", "sqlx::migrate!"])
        if let found = code.first(where: { file in
            file.bare.contains { line in
                line.contains("'file://") && line.contains(name) || line.contains("goose.Up(") && line.contains(name)
                    || line.contains("sqlx::migrate!") && (line.contains(name) || name == "migrations")
            }
                || file.bare.contains { $0.contains("schema_migrations") }
                    && file.lines.contains { $0.contains("\"" + name) }
        }) {
            return found.path
        }
        return repository.composeFiles.lazy.flatMap { file in file.services.map { (file, $0) } }.first { _, service in
            let command =
                "\(service.image?.text ?? "") \(service.command?.text ?? "") \(service.entrypoint?.text ?? "")"
            let runs = ["migrate/migrate", "dbmate", "goose", "flyway"].contains(where: command.contains)
            return runs && service.mounts.contains { $0.source?.contains(name) == true }
        }.map { "\($0.location): \($1.name)" }
    }
}
