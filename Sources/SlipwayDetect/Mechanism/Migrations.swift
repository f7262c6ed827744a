// SPDX-License-Identifier: Apache-2.0

/// Commands that change a database's schema.
enum Migrations {
    private static let phrases = [
        "alembic upgrade", "manage.py migrate", "flask db upgrade", "prisma migrate deploy", "prisma db push",
        "drizzle-kit migrate", "drizzle-kit push", "knex migrate:latest", "typeorm migration:run",
        "sequelize db:migrate",
        "sequelize-cli db:migrate", "rails db:migrate", "rake db:migrate", "artisan migrate", "flyway migrate", "goose",
        "migrate -path", "diesel migration run", "sqlx migrate run", "ecto.migrate", "aerich upgrade",
        "node ace migration:run",
        "mikro-orm migration:up", "django-admin migrate",
    ]

    static func isMigration(_ command: String) -> Bool { phrases.contains { command.contains($0) } }
}
