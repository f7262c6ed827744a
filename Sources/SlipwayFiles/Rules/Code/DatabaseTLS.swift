// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The server does not support SSL connections.
    static let encryptionRefused = Rule(
        "AP255", .warning, "the code insists on TLS, and the database of Compose has none",
        why:
            "The database's image speaks TLS only when it is given a certificate: the first connection ends with \"The "
            + "server does not support SSL connections\".",
        catches: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db/a\n  db:\n    image: postgres:17\n",
                "src/db.js":
                    "const { Pool } = require('pg')\nnew Pool({\n  connectionString: process.env.DATABASE_URL,\n  ssl: { rejectUnauthorized: false },\n})\n",
            ],
            [
                "README.md": "`docker compose up -d db`\n", "compose.yml": "services:\n  db:\n    image: postgres:17\n",
                "config/dev.exs":
                    "config :shop, Shop.Repo,\n  hostname: System.get_env(\"PGHOST\"),\n  ssl: [cacerts: :public_key.cacerts_get()]\n",
            ],
            [
                "app/db.py": "engine = create_engine(URL, connect_args={\"sslmode\": \"require\"})\n",
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n  api:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://a:b@db/a\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  api:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db/a\n  db:\n    image: postgres:17\n",
                "src/db.js":
                    "new Pool({\n  ssl: process.env.NODE_ENV === 'production' ? { rejectUnauthorized: false } : false,\n})\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    command: postgres -c ssl=on\n  api:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db/a\n",
                "src/db.js": "new Pool({ ssl: { rejectUnauthorized: false } }) // pg\n",
            ],
            ["src/db.js": "new Pool({ ssl: { rejectUnauthorized: false } })\n"],
        ]
    ) { repository in
        guard repository.isWhole, hasPlainDatabase(repository) else { return [] }
        return elixir(repository) + script(repository) + python(repository)
    }

    /// A database of Compose that nobody has given a certificate, and that something is told to use.
    private static func hasPlainDatabase(_ repository: CheckedRepository) -> Bool {
        repository.composeFiles.contains { file in
            file.services.contains { service in
                guard let image = service.image?.text, service.build == nil else { return false }
                let name = ImageName(image).name
                guard ["postgres", "postgresql", "mysql", "mariadb", "pgvector", "postgis"].contains(name) else {
                    return false
                }
                let text = service.command?.text ?? ""
                return !text.contains("ssl")
                    && !service.mounts.contains {
                        $0.target.contains("ssl") || $0.target.contains("cert") || $0.target.contains(".conf")
                    }
            }
        }
    }

    /// Whether the application gets an address with the name of a service.
    private static func isUsed(_ repository: CheckedRepository) -> Bool {
        repository.composeFiles.contains { file in
            file.services.contains { service in
                guard service.build != nil else { return false }
                return service.environment.contains { pair in
                    let value = pair.value ?? ""
                    return file.services.contains { other in
                        other.build == nil
                            && (value == other.name || value.contains("@\(other.name)/")
                                || value.contains("@\(other.name):"))
                    }
                }
            }
        }
    }

    private static func elixir(_ repository: CheckedRepository) -> [Violation] {
        repository.tree.files(named: "dev.exs").compactMap { entry in
            guard let text = repository.tree.text(entry.path) else { return nil }
            let code = CodeText(path: entry.path, text: text)
            guard let line = code.line(with: "ssl:[cacerts", "ssl:true"), code.line(with: "Repo,") != nil,
                !code.isGuarded(line, by: ["if ", "System.get_env(\"PGSSL", "http"], before: 1)
            else { return nil }
            return Violation(
                file: entry.path, line: line,
                "the database of Compose has no certificate; write: ssl: System.get_env(\"PGSSL\") == \"true\"")
        }
    }

    private static func script(_ repository: CheckedRepository) -> [Violation] {
        guard isUsed(repository) else { return [] }
        let clients = [
            "require('pg')", "from'pg'", "sequelize", "Sequelize", "typeorm", "TypeOrm", "DataSource", "knex", "mysql2",
            "postgres(",
        ]
        return repository.code([".js", ".ts", ".mjs", ".cjs"], with: ["ssl"]).compactMap { code in
            guard code.line(withAny: clients) != nil,
                let line = code.line(with: "ssl:true", "ssl:{rejectUnauthorized", "ssl:{require:true", "ssl:'require'")
                    ?? nested(code),
                !code.isGuarded(line, by: ["?", "&&", "env."], before: 0),
                !code.isGuarded(
                    line, by: ["if (", "if(", "isProd", "production", "smtp", "SMTP", "redis"], before: 4)
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "the database of Compose has no certificate; write: ssl: process.env.DB_SSL === 'true' ? {...} : false")
        }
    }

    /// `ssl: {` whose options stand on lines of their own.
    private static func nested(_ code: CodeText) -> Int? {
        code.bare.indices.first { index in
            code.bare[index].hasSuffix("ssl:{")
                && code.bare[index...].dropFirst().prefix(2).contains {
                    $0.hasPrefix("require:true") || $0.hasPrefix("rejectUnauthorized:")
                }
        }.map { $0 + 1 }
    }

    private static func python(_ repository: CheckedRepository) -> [Violation] {
        guard isUsed(repository) else { return [] }
        return repository.code([".py"], with: ["sslmode", "ssl"]).compactMap { code in
            guard
                let line = code.line(
                    with: "'sslmode':'require'", "sslmode='require'", "connect_args={'ssl':True",
                    "connect_args={'ssl':'require'"),
                !code.isGuarded(line, by: ["if ", "else", "env"], before: 3)
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "the database of Compose has no certificate; take sslmode from a variable: os.environ.get(\"DB_SSLMODE\", \"prefer\")"
            )
        }
    }
}
