// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The start asks for files that stayed in another stage.
    static let migrationsLeftBehind = Rule(
        "AP217", .error, "the image migrates when it starts and does not have the migrations",
        why:
            "The last stage has only what its own COPY lines bring. Without the schema and its migrations the command fails, "
            + "and the container ends before the server starts.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx prisma generate && npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/dist ./dist\nCOPY --from=build /app/node_modules ./node_modules\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node dist/a.js\"]\n",
                "prisma/schema.prisma": "", "prisma/migrations/1/migration.sql": "", "package.json": "{}",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY app ./app\nCMD [\"sh\", \"-c\", \"alembic upgrade head && uvicorn app.main:app\"]\n",
                "alembic.ini": "[alembic]\nscript_location = alembic\n", "alembic/env.py": "", "app/main.py": "",
                "requirements.txt": "alembic\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY app ./app\nCMD [\"sh\", \"-c\", \"flask db upgrade && gunicorn app:app\"]\n",
                "app/__init__.py": "", "migrations/env.py": "", "migrations/versions/1_a.py": "",
                "requirements.txt": "flask-migrate\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/dist ./dist\nCOPY --from=build /app/prisma ./prisma\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node dist/a.js\"]\n",
                "prisma/schema.prisma": "", "prisma/migrations/1/migration.sql": "", "package.json": "{}",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app ./\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node dist/a.js\"]\n",
                "prisma/schema.prisma": "", "prisma/migrations/1/migration.sql": "", "package.json": "{}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard !unit.isForDevelopment, !unit.mountsItsSource, let start = unit.start else { return nil }
            let starts = unit.instructions.filter { ["CMD", "ENTRYPOINT"].contains($0.keyword) }
            let texts =
                [start.text]
                + starts.flatMap { unit.script(of: $0.arguments)?.lines.filter { !$0.trimmed.hasPrefix("#") } ?? [] }
                + (unit.service?.command == nil ? starts.map { $0.arguments.joined(separator: " ") } : [])
            let text = texts.joined(separator: "\n")
            guard let wanted = MigrationFolders.wanted(by: text, of: unit),
                !MigrationFolders.isThere(wanted.names, in: unit)
            else { return nil }
            return Violation(
                file: unit.dockerfile.location, line: starts.last?.line ?? unit.stage.from.line,
                "\(wanted.command) needs \(wanted.path), which no COPY of this stage brings; add: COPY \(wanted.path) ./\(SourceTree.Entry(path: wanted.path).name)"
            )
        }
    }
}

/// Folders that commands of migrations read.
private enum MigrationFolders {
    static func wanted(by text: String, of unit: DeployedUnit) -> (command: String, path: String, names: [String])? {
        let tree = unit.dockerfile.repository.tree
        let folders = [unit.app?.directory, unit.context, SourceTree.Entry(path: unit.dockerfile.location).directory]
            .compactMap { $0 }
        if text.contains("prisma migrate deploy") || text.contains("prisma db push") {
            let found = folders.lazy.compactMap { folder in
                ["prisma", "src/prisma", "db"].map { GoPath.clean(folder + "/" + $0) }.first {
                    tree.contains($0 + "/schema.prisma")
                }
            }.first
            return found.map { ("prisma", $0, ["prisma", "schema", SourceTree.Entry(path: $0).name]) }
        }
        if text.contains("alembic upgrade") {
            let found = folders.first { tree.contains(GoPath.clean($0 + "/alembic.ini")) }
            return found.map { ("alembic", GoPath.clean($0 + "/alembic.ini"), ["alembic"]) }
        }
        if text.contains("flask db upgrade") || text.contains("app db upgrade") {
            let found = folders.first { tree.contains(GoPath.clean($0 + "/migrations/env.py")) }
            return found.map { ("flask db", GoPath.clean($0 + "/migrations"), ["migrations"]) }
        }
        if text.contains("sequelize-cli db:migrate") || text.contains("sequelize db:migrate") {
            let found = folders.first { tree.hasDirectory(GoPath.clean($0 + "/migrations")) }
            return found.map { ("sequelize-cli", GoPath.clean($0 + "/migrations"), ["migrations", "db"]) }
        }
        return nil
    }

    /// Whether a COPY brings one of the names, or a folder that can hold them all.
    static func isThere(_ names: [String], in unit: DeployedUnit) -> Bool {
        unit.instructions.contains { instruction in
            guard ["COPY", "ADD"].contains(instruction.keyword) else {
                return instruction.keyword == "RUN"
                    && (instruction.text.contains("git clone") || instruction.text.contains("type=bind"))
            }
            return instruction.arguments.dropLast().contains { source in
                let parts = GoPath.clean(source).split(separator: "/").map(String.init)
                guard let last = parts.last, last != "." else { return true }
                if source.contains("$") || source.contains("*")
                    || names.contains(where: { name in parts.contains { $0.contains(name) } })
                {
                    return true
                }
                let outputs: Set<String> = [
                    "dist", "build", "node_modules", "public", "src", "app", "package.json", "package-lock.json",
                    ".next", "static", "standalone", "requirements.txt", ".venv", "venv", "site-packages", "bin",
                    ".prisma", "tsconfig.json", "yarn.lock", "pnpm-lock.yaml",
                ]
                // /app of another stage is all of it; app of the context is one folder of several.
                if instruction.flag("from") != nil, parts.count == 1 { return true }
                if instruction.flag("from") != nil, source.hasPrefix("/"), parts.count <= 3,
                    !outputs.contains(last) || parts.count == 1
                {
                    return true
                }
                return !outputs.contains(last)
            }
        }
    }
}
