// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The database of a deployment is on none of the builder's networks.
    static let databaseInBuild = Rule(
        "DF080", .error, "a build step changes the database",
        why:
            "No database answers while an image is built, so the step stops the build; and what it would change belongs to "
            + "the release, not to the image.",
        catches: [
            "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npx prisma migrate dev --name init\nCMD [\"node\", \"a.js\"]\n",
            "FROM python:3.13\nCOPY . .\nRUN pip install -r requirements.txt && alembic upgrade head\n",
            "FROM php:8.4-fpm\nCOPY . .\nRUN php artisan migrate --force\n",
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"prisma migrate deploy && next build\"}}",
            ],
        ],
        passes: [
            "FROM node:22\nCOPY . .\nRUN npx prisma generate\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node a.js\"]\n",
            "FROM node:22\nARG DATABASE_URL\nCOPY . .\nRUN npx prisma migrate deploy\n",
            "FROM node:22\nCOPY . .\nRUN npx prisma db push || true\n",
            "FROM php:8.4-fpm\nCOPY . .\nRUN touch database/database.sqlite && php artisan migrate --force\n",
            "FROM python:3.13\nRUN echo 'alembic upgrade head' > /start.sh\n",
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npx prisma migrate deploy\n",
                "prisma/schema.prisma": "datasource db {\n  provider = \"sqlite\"\n}\n",
            ],
        ]
    ) { file in
        file.steps("RUN").compactMap { step in
            guard let program = step.program, !BuildDatabase.isReachable(step, in: file),
                let command = program.commands.first(where: { BuildDatabase.changes($0, in: file) }),
                !BuildDatabase.isFile(file)
            else { return nil }
            let text = command.words.map(\.text).joined(separator: " ")
            return Violation(
                line: step.line, "no database is there while the image is built; run it once for each release: \(text)")
        }
    }
}

private enum BuildDatabase {
    /// The word of a tool, and the words of which one follows it.
    private static let tools: [(tool: String, verbs: [String])] = [
        ("drizzle-kit", ["migrate", "push"]), ("alembic", ["upgrade"]), ("knex", ["migrate:latest", "seed:run"]),
        ("sequelize", ["db:migrate", "db:seed:all"]), ("sequelize-cli", ["db:migrate", "db:seed:all"]),
        ("typeorm", ["migration:run"]), ("manage.py", ["migrate", "loaddata", "createsuperuser"]),
        ("artisan", ["migrate", "migrate:fresh", "db:seed"]), ("rails", ["db:migrate", "db:create", "db:setup"]),
        ("rake", ["db:migrate", "db:create", "db:setup"]), ("doctrine:migrations:migrate", []),
    ]

    /// Whether the command, or the package script that it runs, changes tables or rows.
    static func changes(_ command: ShellCommand, in file: CheckedDockerfile) -> Bool {
        guard !command.isFollowedByOr, !command.isCondition else { return false }
        let words = command.words.map(\.text)
        if changes(words) { return true }
        guard words.count > 1, ["npm", "pnpm", "yarn", "bun"].contains(words[0]), !words.contains("install"),
            let name = words.dropFirst().first(where: { $0 != "run" && !$0.hasPrefix("-") }),
            let text = script(name, in: file)
        else { return false }
        return ShellProgram(parsing: text).commands.contains { inner in
            !inner.isFollowedByOr && changes(inner.words.map(\.text))
        }
    }

    private static func changes(_ words: [String]) -> Bool {
        guard words.first != "echo", words.first != "printf" else { return false }
        if let place = words.firstIndex(of: "prisma"), words.indices.contains(place + 2) {
            return ["migrate", "db"].contains(words[place + 1])
                && ["deploy", "dev", "push", "seed", "reset"].contains(words[place + 2])
        }
        return tools.contains { entry in
            guard let place = words.firstIndex(where: { $0 == entry.tool || $0.hasSuffix("/" + entry.tool) }) else {
                return false
            }
            return entry.verbs.isEmpty || words[place...].dropFirst().first.map(entry.verbs.contains) == true
        }
    }

    /// The script of the package.json in the folder that is built.
    private static func script(_ name: String, in file: CheckedDockerfile) -> String? {
        let tree = file.repository.tree
        let manifest = ContextFiles.contexts(file).map { ContextFiles.join($0, "package.json") }.first(
            where: tree.contains)
        return manifest.flatMap(tree.text).flatMap { JSONDocument(parsing: $0).root?["scripts"]?[name]?.text }
    }

    /// Whether somebody hands the build an address, or starts a database in the step.
    static func isReachable(_ step: DockerfileStep, in file: CheckedDockerfile) -> Bool {
        let text = step.instruction.text
        if ["sqlite", "--network", "type=secret", "pg_ctl", "mysqld", "service ", "DATABASE_URL="].contains(
            where: text.contains)
        {
            return true
        }
        return file.document.instructions.contains { instruction in
            instruction.keyword == "ARG"
                && ["DATABASE", "DB_", "POSTGRES", "MYSQL"].contains(where: instruction.text.contains)
        }
    }

    /// Whether the database is a file, which the build can make.
    static func isFile(_ file: CheckedDockerfile) -> Bool {
        let sign = Array("sqlite".utf8)
        if ByteSearch.contains(sign, in: Array(file.text.utf8)) { return true }
        let repository = file.repository
        let names = [
            "schema.prisma", "database.yml", "drizzle.config.ts", "alembic.ini", "settings.py", ".env.example",
            "base.py", "config.py", "database.py", "knexfile.js", "data-source.ts",
        ]
        return names.flatMap(repository.tree.files(named:)).contains { entry in
            repository.tree.bytes(entry.path).map { ByteSearch.contains(sign, in: $0) } ?? false
        }
    }
}
