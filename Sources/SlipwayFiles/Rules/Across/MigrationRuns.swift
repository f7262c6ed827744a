// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where deployment files bring the database up to date.
enum MigrationRuns {
    static let commands = [
        "alembic upgrade", "manage.py migrate", "flask db upgrade", "prisma migrate deploy", "prisma db push",
        "knex migrate", "sequelize db:migrate", "sequelize-cli db:migrate", "typeorm migration:run", "migration:run",
        "drizzle-kit migrate", "drizzle-kit push", "rails db:migrate", "rake db:migrate", "db:prepare",
        "artisan migrate",
        "sqlx migrate", "diesel migration run", "sea-orm-cli migrate", "goose up", "migrate up", "dbmate up",
        "ecto.migrate",
        "bin/migrate", "flyway migrate", "liquibase update", "litestar database upgrade", "aerich upgrade",
        "dotnet ef database update", "doctrine:migrations:migrate", "App migrate", "npm run migrate", "yarn migrate",
        "pnpm migrate", "pnpm db:migrate", "npm run db:migrate", "yarn db:migrate", "db:migrate:deploy", "db:deploy",
        "bun run migrate", "migrate deploy", "db:init", "migrate:prod", "migrate:latest", "run migrate",
    ]

    static func runs(_ text: String) -> Bool {
        // Options can stand before the verb: `alembic -x url=... upgrade head`.
        commands.contains { text.contains($0) } || text.contains("alembic -") && text.contains(" upgrade ")
    }

    struct Run {
        let file: String
        let line: Int
        /// Whether it happens once for each release and not at each start.
        let isRelease: Bool
        /// Where it belongs: the Compose service, the process, the platform.
        let name: String
    }

    /// What alone reads the file; `nil` for what every platform runs, such as a Dockerfile or a script.
    static func platform(of file: String) -> String? {
        let name = file.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if ["procfile", "heroku.yml", "app.json"].contains(name) { return "heroku" }
        let endings = [".toml", ".json", ".yml", ".yaml"]
        guard endings.contains(where: name.hasSuffix) else { return nil }
        return ["fly", "render", "railway", "compose"].first { name.contains($0) }
    }

    /// Every place that starts one, entry scripts included.
    static func all(in repository: CheckedRepository) -> [Run] {
        var found: [Run] = []
        for unit in repository.deployedUnits {
            if let start = unit.start, runs(start.text) {
                found.append(Run(file: start.file, line: start.line, isRelease: isOnce(unit), name: unit.name))
                continue
            }
            for instruction in unit.instructions where ["CMD", "ENTRYPOINT"].contains(instruction.keyword) {
                if unit.service?.command != nil, instruction.keyword == "CMD" { continue }
                guard let script = unit.script(of: instruction.arguments),
                    let line = script.lines.firstIndex(where: { runs($0) && !$0.trimmed.hasPrefix("#") })
                else { continue }
                found.append(Run(file: script.path, line: line + 1, isRelease: isOnce(unit), name: unit.name))
            }
        }
        for file in repository.flyFiles {
            if let release = file.releaseCommand, runs(release.text) || scriptRuns(release.text, repository) {
                found.append(Run(file: file.location, line: release.line, isRelease: true, name: "release_command"))
            }
        }
        for file in repository.renderBlueprints {
            for service in file.services {
                for (command, once) in [
                    (service.releaseCommand, true), (service.buildCommand, true), (service.startCommand, false),
                ] {
                    if let command, runs(command.text) || scriptRuns(command.text, repository) {
                        found.append(
                            Run(
                                file: file.location, line: command.line, isRelease: once, name: service.name?.text ?? ""
                            ))
                    }
                }
            }
        }
        for file in repository.railwayConfigs {
            for (command, once) in [(file.releaseCommand, true), (file.startCommand, false)] {
                if let command, runs(command.text) {
                    found.append(Run(file: file.location, line: command.line, isRelease: once, name: "railway"))
                }
            }
        }
        for file in repository.procfiles {
            for process in file.document.processes where runs(process.command) {
                found.append(
                    Run(
                        file: file.location, line: process.line, isRelease: process.name == "release",
                        name: process.name))
            }
        }
        return found
    }

    private static func isOnce(_ unit: DeployedUnit) -> Bool {
        guard let service = unit.service else { return false }
        let name = service.name.lowercased()
        return ["migrat", "init", "prestart", "setup", "release"].contains { name.contains($0) }
            || service.restart?.text == "no" || service.restart?.text == "on-failure"
    }

    /// Whether a script that the command names does it.
    private static func scriptRuns(_ command: String, _ repository: CheckedRepository) -> Bool {
        command.split(separator: " ").contains { word in
            guard word.hasSuffix(".sh") else { return false }
            let name = SourceTree.Entry(path: GoPath.clean(String(word))).name
            return repository.tree.files(named: name).contains { runs(repository.tree.text($0.path) ?? "") }
        }
    }

    /// Whether Python code brings the database up to date when it starts.
    private static func migratesItself(_ bytes: [UInt8]) -> Bool {
        [#"call_command("migrate"#, #"call_command('migrate"#].contains { ByteSearch.contains($0.utf8, in: bytes) }
            || ByteSearch.contains("command.upgrade(".utf8, in: bytes)
                && ByteSearch.contains("alembic".utf8, in: bytes)
    }

    /// Whether anything else in the repository does it: workflows, scripts, makefiles, the code itself.
    static func isMentioned(in repository: CheckedRepository) -> Bool {
        for entry in repository.tree.entries {
            let name = entry.name.lowercased()
            // Scripts without an ending stand in bin, or at the root beside the Makefile.
            let isScript =
                !name.contains(".") && (entry.path.contains("bin/") || !entry.path.contains("/"))
                && !DeveloperScripts.names.contains(name)
            if entry.name.hasSuffix(".py"), migratesItself(repository.tree.bytes(entry.path) ?? []) { return true }
            let isPlace =
                isScript || name.hasSuffix(".ini") || name.hasSuffix(".sh") || name == "makefile" || name == "justfile"
                || name == "package.json"
                || name == "procfile" || name.hasSuffix(".yml") || name.hasSuffix(".yaml") || name.hasSuffix(".toml")
                || name.hasSuffix(".bash") || name == "heroku.yml" || name == "app.json" || name.hasSuffix(".conf")
            guard isPlace, !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path) else {
                continue
            }
            if name == "package.json" ? PackageMigrations.run(by: text, in: repository) : runs(text) { return true }
        }
        return false
    }
}

extension Rule<CheckedRepository> {
    /// The first request meets an empty database.
    static let migrationsNeverRun = Rule(
        "AP141", .warning, "nothing runs the migrations",
        why:
            "The code brings migrations and no deployment file runs them: the first query meets tables that do not exist.",
        catches: [
            RuleExample(
                ["Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n"],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, start: "gunicorn a:app",
                            release: "alembic upgrade head")
                    ])),
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"dist/main.js\"]\n",
                    "package.json": "{\"scripts\":{\"db:up\":\"prisma migrate deploy\"}}",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "npx prisma migrate deploy")
                    ])),
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"dist/main.js\"]\n",
                    "package.json": "{\"scripts\":{\"start\":\"prisma migrate deploy && node dist/main.js\"}}",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "npx prisma migrate deploy")
                    ])),
        ],
        passes: [
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCMD [\"sh\", \"-c\", \"npm run db:up && node dist/main.js\"]\n",
                    "package.json": "{\"scripts\":{\"db:up\":\"prisma migrate deploy\"}}",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "npx prisma migrate deploy")
                    ])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCMD [\"./start.sh\"]\n",
                    "start.sh": "alembic upgrade head\nexec gunicorn a:app\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, release: "alembic upgrade head")])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCMD [\"uwsgi\", \"/uwsgi.ini\"]\n",
                    "uwsgi.ini": "hook-pre-app = exec:./manage.py migrate\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, release: "python manage.py migrate --noinput")
                    ])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                    "a.py": "from alembic import command\ncommand.upgrade(config, \"head\")\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, release: "alembic upgrade head")])),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        let hasDeployment =
            !repository.deployedUnits.isEmpty || !repository.flyFiles.isEmpty || !repository.procfiles.isEmpty
        guard hasDeployment, app.services.contains(where: { $0.release.map(MigrationRuns.runs) == true }),
            !MigrationRuns.isMentioned(in: repository)
        else { return [] }
        guard MigrationRuns.all(in: repository).isEmpty else { return [] }
        return app.services.prefix(16).compactMap { service in
            guard let release = service.release, MigrationRuns.runs(release),
                // `command: migrate` where the image's entry point is the application.
                !repository.composeFiles.contains(where: { file in
                    file.services.contains { $0.command?.text.split(separator: " ").first == "migrate" }
                })
            else { return nil }
            // Some applications migrate when they start; only the code knows.
            let unit = repository.deployedUnits.first { $0.app?.name == service.name && !$0.isForDevelopment }
            guard let unit else { return nil }
            let line = unit.instructions.last { $0.keyword == "CMD" || $0.keyword == "ENTRYPOINT" }?.line
            let isUntold = !MigrationRuns.areTold(in: repository) && !MigrationRuns.areReplaced(in: repository)
            return Violation(
                file: unit.dockerfile.location, line: line ?? unit.stage.from.line,
                "nothing runs the migrations of \(service.name)\(isUntold ? ", and no document tells of them" : ""); "
                    + "run once for each release: \(release)",
                severity: isUntold ? .error : nil)
        }
    }

    /// Two runs at once fight for the same tables.
    static let migrationsRunTwice = Rule(
        "AP142", .warning, "the migrations run twice",
        why:
            "One run before the release and another at each start: two at once fight for the same locks, and a failure "
            + "of the second stops a release that the first has let pass.",
        catches: [
            [
                "fly.toml": "[deploy]\nrelease_command = 'alembic upgrade head'\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "alembic upgrade head\nexec uvicorn a:app --host 0.0.0.0\n",
            ]
        ],
        passes: [
            [
                "fly.toml": "[deploy]\nrelease_command = 'alembic upgrade head'\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "exec uvicorn a:app --host 0.0.0.0\n",
            ],
            [
                "compose.yml":
                    "services:\n  migrate:\n    build: .\n    command: alembic upgrade head\n  web:\n    build: .\n",
                "render.yaml":
                    "services:\n  - type: web\n    name: web\n    runtime: docker\n    dockerCommand: sh -c 'alembic upgrade head && exec uvicorn a:app'\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\"]\n",
            ],
        ]
    ) { repository in
        let runs = MigrationRuns.all(in: repository)
        guard let release = runs.first(where: \.isRelease) else { return [] }
        let starts = runs.filter { run in
            // Two platforms are two deployments; an image's own start is on all of them.
            let platforms = Set([run, release].compactMap { MigrationRuns.platform(of: $0.file) })
            return !run.isRelease && run.file != release.file && platforms.count < 2
                && !DevelopmentPath.isLikely(run.file)
        }
        var seen: Set<String> = []
        return starts.filter { seen.insert("\($0.file):\($0.line)").inserted }.map { run in
            Violation(
                file: run.file, line: run.line,
                "the migrations run here and in \(release.file):\(release.line); delete this one")
        }
    }

    /// Every instance tries at the same moment.
    static let migrationsByInstances = Rule(
        "AP143", .warning, "each of several instances runs the migrations",
        why:
            "Instances that start together run the migrations at the same moment; most tools do not lock, and one fails.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c 'alembic upgrade head && uvicorn a:app --host 0.0.0.0'\n"
                    + "    deploy:\n      replicas: 3\n",
                "Dockerfile": "FROM python:3.13\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c 'alembic upgrade head && uvicorn a:app --host 0.0.0.0'\n",
                "Dockerfile": "FROM python:3.13\n",
            ]
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard let service = unit.service, let compose = unit.compose, let replicas = service.replicas, replicas > 1,
                let command = service.command, MigrationRuns.runs(command.text)
            else { return nil }
            return Violation(
                file: compose.location, line: command.line,
                "\(replicas) instances of \(service.name) run the migrations at once; move them to a service of their own"
            )
        }
    }

    /// The failure is seen by nobody, and the server starts on the old tables.
    static let failureSwallowed = Rule(
        "AP144", .warning, "an entry script goes on after a failed migration",
        why:
            "Without set -e the shell goes on after a failed command: the server starts on a database that does not fit.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\npython manage.py migrate\nexec gunicorn a.wsgi\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec gunicorn a.wsgi\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\npython manage.py migrate && exec gunicorn a.wsgi\n",
            ],
        ]
    ) { repository in
        EntryScripts.all(in: repository).compactMap { script in
            guard !script.stopsOnFailure,
                let line = script.lines.firstIndex(where: { line in
                    let text = line.trimmed
                    return MigrationRuns.runs(text) && !text.hasPrefix("#") && !text.contains("&&")
                        && !text.contains("||")
                        && !text.hasPrefix("if ")
                })
            else { return nil }
            let top = script.lines.first?.hasPrefix("#!") == true ? 2 : 1
            return Violation(
                file: script.path, line: line + 1, "a failure here stops nothing; add at the top: set -e",
                fix: Fix("stop at the first failure", line: top, count: 0, replacement: ["set -e"], isUnsafe: true))
        }
    }

    /// The shell stays in front and keeps the signal to itself.
    static let entryWithoutExec = Rule(
        "AP145", .warning, "an entry script starts the server without exec",
        why: "The shell stays process 1 and passes no SIGTERM on: the server is killed after the grace period, in the "
            + "middle of its requests.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nset -e\nuvicorn a:app --host 0.0.0.0\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nset -e\nexec uvicorn a:app --host 0.0.0.0\n",
            ]
        ]
    ) { repository in
        EntryScripts.all(in: repository).compactMap { script in
            guard let last = script.lastCommand, !last.text.hasPrefix("exec "), !last.text.hasSuffix("&"),
                let command = ServerCommandLine(last.text), EntryScripts.servers.contains(command.program)
            else { return nil }
            let isOneLine =
                script.lines.indices.contains(last.line - 1) && script.lines[last.line - 1].trimmed == last.text
                && !last.text.contains("&&") && !last.text.contains("=")
            let indent = script.lines[last.line - 1].prefix { $0 == " " || $0 == "\t" }
            return Violation(
                file: script.path, line: last.line,
                "\(command.program) never gets SIGTERM; write: exec \(last.text.prefix(60))",
                fix: isOneLine
                    ? Fix("replace the shell", line: last.line, count: 1, replacement: [indent + "exec " + last.text])
                    : nil)
        }
    }
}
