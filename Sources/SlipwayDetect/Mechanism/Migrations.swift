// SPDX-License-Identifier: Apache-2.0

/// Commands that change a database's schema.
enum Migrations {
    private static let phrases = [
        "alembic upgrade", "manage.py migrate", ".manage migrate", "flask db upgrade", "prisma migrate deploy",
        "prisma db push",
        "drizzle-kit migrate", "drizzle-kit push", "knex migrate:latest", "typeorm migration:run",
        "sequelize db:migrate",
        "sequelize-cli db:migrate", "rails db:migrate", "rake db:migrate", "rails db:prepare", "artisan migrate",
        "flyway migrate", "goose ", "dbmate ", "migrate-mongo up", "node-pg-migrate up", "yoyo apply",
        "doctrine:migrations:migrate", "phinx migrate", "ef database update", "database upgrade",
        "piccolo migrations forwards", "typeorm-ts-node-commonjs migration:run", "sea-orm-cli migrate",
        "migrate -path", "diesel migration run", "sqlx migrate run", "ecto.migrate", "aerich upgrade",
        "node ace migration:run",
        "mikro-orm migration:up", "django-admin migrate",
    ]

    /// Scripts of packages that people name so.
    private static let scripts: Set<String> = [
        "migrate", "db:migrate", "migrate:deploy", "db:migrate:deploy", "migrate:prod", "db:migrate:prod",
        "migration:run", "migrations:run", "migrate:up", "migrate:latest", "db:deploy", "prisma:migrate",
        "typeorm:migrate",
    ]

    static func isMigration(_ command: String) -> Bool {
        if phrases.contains(where: { command.contains($0) }) { return true }
        let words = ServerCommand.split(command)
        guard let first = words.first, ["npm", "yarn", "pnpm", "bun"].contains(first) else { return false }
        return words.count <= 4 && words.last.map { scripts.contains($0.trimmingQuotes) } == true
    }

    /// The commands of a script that does nothing but prepare a database, in one line; `nil` when it does more.
    static func commands(of script: String) -> String? {
        var found: [String] = []
        for line in script.split(separator: "\n") {
            let text = line.filter { $0 != "\r" }.drop { $0 == " " || $0 == "\t" }
            if text.isEmpty || text.hasPrefix("#") || text.hasPrefix("set ") || text.hasPrefix("echo ") { continue }
            let words = ServerCommand.split(String(text))
            let isPlain = !text.contains(where: { "|;&<>`(){}$\\".contains($0) })
            guard isPlain, let first = words.first,
                !["if", "while", "for", "until", "case", "cd", "export", "source", "."].contains(first), found.count < 6
            else { return nil }
            found.append(String(text))
        }
        return found.contains(where: isMigration) ? found.joined(separator: " && ") : nil
    }
}
