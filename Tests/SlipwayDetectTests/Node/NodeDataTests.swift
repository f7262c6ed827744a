// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

struct NodeDataTests {
    private static func server(_ dependencies: String, _ more: [String: String] = [:], scripts: [String: String] = [:])
        -> [String: String]
    {
        [
            "package.json": NodeCase.package(
                "express " + dependencies, scripts: scripts.merging(["start": "node a.js"]) { $1 }),
            "a.js": "app.listen(3000)\n",
        ].merging(more) { $1 }
    }
    private static func schema(_ provider: String) -> String {
        "generator client {\n  provider = \"prisma-client-js\"\n}\ndatasource db {\n  provider = \"\(provider)\"\n  url = env(\"DATABASE_URL\")\n}\n"
    }

    static let cases = [
        NodeCase(
            "Prisma",
            server(
                "@prisma/client",
                ["prisma/schema.prisma": schema("postgresql"), "prisma/migrations/1/migration.sql": ""]),
            release: "npx prisma migrate deploy", resources: [.postgres]),
        NodeCase(
            "Prisma at an unusual place",
            server(
                "@prisma/client", ["src/db/schema.prisma": schema("mongodb"), "src/db/migrations/1/migration.sql": ""]),
            release: "npx prisma migrate deploy --schema src/db/schema.prisma", resources: [.mongodb]),
        NodeCase(
            "Prisma as a folder of files",
            server(
                "@prisma/client",
                [
                    "prisma/schema/a.prisma": "model A {}\n", "prisma/schema/schema.prisma": schema("mysql"),
                    "prisma/migrations/1/migration.sql": "",
                ], scripts: [:]),
            release: "npx prisma migrate deploy --schema prisma/schema/schema.prisma", resources: [.mysql]),
        NodeCase(
            "Drizzle",
            server(
                "drizzle-orm",
                ["drizzle.config.ts": "export default { out: './db', dialect: 'postgresql' }\n", "db/0_a.sql": ""]),
            release: "npx drizzle-kit migrate", resources: [.postgres]),
        NodeCase(
            "Knex", server("knex pg", ["knexfile.js": "", "migrations/1.js": ""]), release: "npx knex migrate:latest",
            resources: [.postgres]),
        NodeCase(
            "Knex elsewhere", server("knex mysql2", ["db/knexfile.js": "", "db/migrations/1.js": ""]),
            release: "npx knex migrate:latest --knexfile db/knexfile.js", resources: [.mysql]),
        NodeCase(
            "TypeORM", server("typeorm pg", scripts: ["migration:run": "typeorm migration:run -d dist/source.js"]),
            release: "npm run migration:run", resources: [.postgres]),
        NodeCase(
            "Sequelize", server("sequelize sequelize-cli mysql2", ["migrations/1.js": ""]),
            release: "npx sequelize-cli db:migrate", resources: [.mysql]),
        NodeCase(
            "a program that migrates", server("pg", scripts: ["db:migrate": "node migrate.js"]),
            release: "npm run db:migrate"),
        NodeCase("MongoDB and a queue", server("mongoose bullmq"), resources: [.mongodb, .redis]),
        NodeCase("RabbitMQ", server("amqplib"), resources: [.rabbitmq]),
        NodeCase("a store for objects", server("minio"), resources: [.s3]),
        NodeCase("SQLite for tests beside the database", server("pg sqlite3"), resources: [.postgres]),
        NodeCase(
            "a driver for tests is no resource",
            [
                "package.json": NodeCase.package("express", scripts: ["start": "node a.js"], development: "mongodb"),
                "a.js": "app.listen(1)\n",
            ], resources: []),
        NodeCase(
            "the database of a library of the workspace",
            [
                "package.json": "{\"workspaces\": [\"apps/*\", \"packages/*\"]}",
                "apps/web/package.json": NodeCase.package(
                    "next @x/db", scripts: ["build": "next build", "start": "next start"], more: "\"name\": \"web\""),
                "packages/db/package.json": NodeCase.package("@prisma/client", more: "\"name\": \"@x/db\""),
                "packages/db/prisma/schema.prisma": schema("postgresql"),
                "packages/db/prisma/migrations/1/migration.sql": "",
            ],
            in: "apps/web", role: .ssr, release: "cd ../../packages/db && npx prisma migrate deploy",
            resources: [.postgres]),
    ]

    @Test(arguments: cases)
    func `databases and migrations follow from files`(_ given: NodeCase) { given.check() }

    static let workers = [
        NodeCase(
            "a worker beside a site",
            [
                "package.json": NodeCase.package(
                    "next bullmq",
                    scripts: [
                        "build": "next build", "start": "next start", "worker": "tsx worker/index.ts",
                        "worker:dev": "tsx watch worker/index.ts",
                    ])
            ],
            count: 2, role: .worker, start: "npm run worker", resources: [.redis]),
        NodeCase(
            "a worker that is watched", server("bullmq", scripts: ["worker": "tsx watch w.ts"]), count: 2,
            role: .worker, start: "npx tsx w.ts"),
        NodeCase(
            "a script that starts a worker", server("bull", scripts: ["start:worker": "node w.js"]), count: 2,
            role: .worker, start: "node w.js"),
        NodeCase("a worker of browsers", server("", scripts: ["worker": "msw init public"])),
        NodeCase("a worker's build", server("", scripts: ["build:worker": "node b.js"])),
        NodeCase(
            "a package that does nothing else",
            [
                "package.json": NodeCase.package("discord.js", scripts: ["start": "node bot.js"]),
                "bot.js": "client.login()\n",
            ], role: .worker, start: "node bot.js"),
    ]

    @Test(arguments: workers)
    func `a process that waits for work is a worker`(_ given: NodeCase) { given.check() }

    private static let api = [
        "apps/api/package.json": NodeCase.package(
            "fastify @x/lib", scripts: ["build": "tsc", "start": "node dist/a.js"], more: "\"name\": \"api\""),
        "apps/api/src/a.ts": "app.listen({ port: 3001 })\n",
        "packages/lib/package.json": NodeCase.package(scripts: ["build": "tsc"], more: "\"name\": \"@x/lib\""),
        "packages/lib/a.ts": "server.listen(1)\n",
    ]

    static let workspaces = [
        NodeCase(
            "pnpm",
            api.merging([
                "package.json": NodeCase.package(scripts: ["start": "pnpm -r start"]),
                "pnpm-workspace.yaml": "packages: ['*/*']\n", "pnpm-lock.yaml": "",
            ]) { $1 },
            in: "apps/api", role: .backend, build: "pnpm --filter api... run build", port: 3001),
        NodeCase(
            "Turborepo",
            api.merging([
                "package.json": "{\"workspaces\": [\"*/*\"], \"scripts\": {\"start\": \"turbo run start\"}}",
                "turbo.json": "{}",
            ]) { $1 },
            in: "apps/api", build: "npx turbo run build --filter=api"),
        NodeCase(
            "npm", api.merging(["package.json": "{\"workspaces\": [\"*/*\"]}", "package-lock.json": "{}"]) { $1 },
            in: "apps/api", build: "(cd ../../packages/lib && npm run build) && npm run build"),
    ]

    @Test(arguments: workspaces)
    func `a workspace has one service for each package that runs`(_ given: NodeCase) { given.check() }
}
