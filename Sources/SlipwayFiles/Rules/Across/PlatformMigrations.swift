// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// What the Compose file of a developer does happens on no platform.
    static let platformWithoutMigrations = Rule(
        "AP222", .warning, "nothing migrates the database on the platform",
        why:
            "A new database has no tables, and a new release meets the old ones: what Compose or a Makefile runs on a "
            + "developer's machine does not happen on the platform.",
        catches: [
            RuleExample(
                [
                    "fly.toml": "app = 'a'\n[env]\nMODE = 'a'\n", "migrations/1.up.sql": "create table a();\n",
                    "Dockerfile": "FROM golang:1.24\nCMD [\"/app\"]\n",
                    "compose.yml":
                        "services:\n  migrate:\n    image: migrate/migrate:v4\n    command: ['-path', '/m', 'up']\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, language: "go",
                            release: "migrate -path migrations -database \"$DATABASE_URL\" up")
                    ])),
            RuleExample(
                ["Procfile": "web: gunicorn shop.wsgi\n", "shop/migrations/0001_initial.py": ""],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, release: "python manage.py migrate --noinput")
                    ])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                    "k8s/api.yaml":
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: shop/api:1\n",
                    "shop/migrations/0001_initial.py": "",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, release: "python manage.py migrate --noinput")
                    ])),
            RuleExample(
                [
                    "railway.toml": "[deploy]\nstartCommand = 'gunicorn shop.wsgi'\n",
                    "shop/migrations/0001_initial.py": "",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, release: "python manage.py migrate --noinput")
                    ])),
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                    "docker-compose.dev.yml":
                        "services:\n  web:\n    build: .\n    command: sh -c 'python manage.py migrate && python manage.py runserver'\n",
                    "docker-compose.prod.yml":
                        "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n",
                    "shop/migrations/0001_initial.py": "",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, release: "python manage.py migrate --noinput")
                    ])),
        ],
        passes: [
            RuleExample(
                [
                    "Procfile": "web: gunicorn shop.wsgi\nrelease: python manage.py migrate\n",
                    "shop/migrations/0001_initial.py": "",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(
                            name: "a", directory: ".", role: .backend, release: "python manage.py migrate --noinput")
                    ])),
            RuleExample(
                [
                    "fly.toml": "app = 'a'\n[deploy]\nrelease_command = 'bin/setup'\n", "migrations/1.up.sql": "",
                    "Dockerfile": "FROM golang:1.24\nCMD [\"/app\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "migrate -path migrations up")
                    ])),
            RuleExample(
                [
                    "fly.toml": "app = 'a'\n", "main.go": "m.Up()\nmigrate.New(a, b)\n",
                    "Dockerfile": "FROM golang:1.24\nCMD [\"/app\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "migrate -path migrations up")
                    ])),
        ]
    ) { repository in
        guard repository.isWhole, let app = repository.app else { return [] }
        let own = app.services.filter { $0.release != nil }
        guard !own.isEmpty, !PlatformMigrations.isDone(in: repository) else { return [] }
        return repository.flyFiles.compactMap { file in
            let near = own.filter { $0.directory == file.folder }
            guard file.releaseCommand == nil, file.processes.isEmpty,
                let service = near.first ?? (own.count == 1 && repository.flyFiles.count == 1 ? own.first : nil),
                let release = service.release
            else { return nil }
            return Violation(
                file: file.location, line: file.root?["deploy"]?.line ?? file.app?.line ?? 1,
                "nothing runs the migrations of \(service.name) on Fly; add below [deploy], and copy what it needs into the "
                    + "image: release_command = '\(release.split(separator: "\"").joined())'")
        } + onECS(repository, own) + byProcfile(repository, own) + onRailway(repository, own)
            + onRender(repository, own) + onKubernetes(repository, own) + inCompose(repository, own)
    }

    /// No command, init container or Job of a manifest does it.
    private static func onKubernetes(_ repository: CheckedRepository, _ own: [Service]) -> [Violation] {
        let containers = ClusterContainer.all(in: repository)
        guard !containers.isEmpty,
            !repository.manifests.contains(where: { file in
                file.document.isTemplate || file.text.contains("migrat") || MigrationRuns.runs(file.text)
            }), !MigrationRuns.isToldForServers(in: repository)
        else { return [] }
        var seen: Set<String> = []
        return containers.compactMap { container in
            guard let service = own.first(where: { $0.directory == container.program }), let release = service.release,
                seen.insert(service.name).inserted
            else { return nil }
            return Violation(
                file: container.file, line: container.line,
                "nothing runs the migrations of \(service.name) in the cluster; add to the pod an initContainer with the "
                    + "same image and the command: \(release)")
        }
    }

    /// What the Compose file of a developer runs, that of production must run too.
    private static func inCompose(_ repository: CheckedRepository, _ own: [Service]) -> [Violation] {
        let files = repository.composeFiles
        guard files.contains(where: { $0.isForDevelopment && MigrationRuns.runs($0.text) }),
            !MigrationRuns.isToldForServers(in: repository)
        else { return [] }
        let databases = ["postgres", "mysql", "mariadb", "postgis", "pgvector"]
        return files.compactMap { file in
            guard !file.isForDevelopment, !MigrationRuns.runs(file.text), !file.text.contains("migrat"),
                file.services.contains(where: { service in
                    databases.contains { service.image.map(\.text).map(ImageName.init)?.name.contains($0) == true }
                }),
                let unit = repository.deployedUnits.first(where: { unit in
                    unit.compose?.location == file.location && own.contains { $0.name == unit.app?.name }
                }), let service = unit.service, let release = unit.app?.release
            else { return nil }
            return Violation(
                file: file.location, line: service.line,
                "the Compose file of development runs the migrations and this one does not; add a service migrate with "
                    + "the same build and: command: \(release)")
        }
    }

    /// What a platform's file starts, when it runs nothing before a release.
    private static func onRailway(_ repository: CheckedRepository, _ own: [Service]) -> [Violation] {
        repository.railwayConfigs.compactMap { file in
            guard file.releaseCommand == nil, file.schedule == nil,
                file.root?.at("deploy", "preDeployCommand") == nil, let start = file.startCommand,
                let service = own.first(where: { $0.directory == file.folder })
                    ?? (own.count == 1 && repository.railwayConfigs.count == 1 ? own.first : nil),
                let release = service.release
            else { return nil }
            return Violation(
                file: file.location, line: start.line,
                "nothing runs the migrations of \(service.name) on Railway; write below deploy: "
                    + "preDeployCommand = \"\(release.split(separator: "\"").joined())\"")
        }
    }

    private static func onRender(_ repository: CheckedRepository, _ own: [Service]) -> [Violation] {
        repository.renderBlueprints.flatMap { file in
            file.services.compactMap { service -> Violation? in
                let folder = GoPath.clean(service.rootDirectory?.text ?? ".")
                guard service.type == "web", service.runtime != "static", service.releaseCommand == nil,
                    let start = service.startCommand, let program = own.first(where: { $0.directory == folder }),
                    let release = program.release
                else { return nil }
                return Violation(
                    file: file.location, line: start.line,
                    "nothing runs the migrations of \(program.name) on Render; let startCommand begin with: "
                        + "\(release) &&")
            }
        }
    }

    /// What a Procfile says is all that runs, where no image and no other platform's file is there.
    private static func byProcfile(_ repository: CheckedRepository, _ own: [Service]) -> [Violation] {
        guard repository.dockerfiles.isEmpty, repository.renderBlueprints.isEmpty, repository.railwayConfigs.isEmpty,
            repository.appManifests.isEmpty, repository.tree.files(named: "post_compile").isEmpty
        else { return [] }
        return repository.procfiles.compactMap { file in
            guard SourceTree.Entry(path: file.location).name == "Procfile",
                let service = own.first(where: { $0.directory == file.folder }), let release = service.release,
                let web = file.document.processes.first(where: { $0.name == "web" }),
                !file.document.processes.contains(where: { $0.name == "release" })
            else { return nil }
            return Violation(
                file: file.location, line: web.line,
                "nothing runs the migrations of \(service.name) on the platform; add the line: release: \(release)")
        }
    }

    private static func onECS(_ repository: CheckedRepository, _ own: [Service]) -> [Violation] {
        guard own.count == 1, let release = own[0].release, let container = ECSContainer.all(in: repository).first,
            !container.hasCommand
        else { return [] }
        return [
            Violation(
                file: container.file, line: container.line,
                "nothing runs the migrations of \(own[0].name) on ECS; run a task once for each release with: \(release)"
            )
        ]
    }
}

/// Migrations that happen wherever the image runs, or in a pipeline.
enum PlatformMigrations {
    /// Calls of libraries that bring the database up to date when the program starts.
    private static let calls = [
        "AutoMigrate(", "goose.Up", "migrate.New", "migrate.NewWith", "migrationsRun: true", "migrationsRun:true",
        "runMigrations(", "umzug", "Umzug", "sqlx::migrate!", "embed_migrations!", "MigrateAsync(", "Database.Migrate(",
        "run_pending_migrations", "migrator/", "/migrator", ".sync(", "sync: true", "synchronize: true", "create_all(",
        "Ecto.Migrator",
        "call_command(\"migrate", "call_command('migrate", "command.upgrade(", "migrate.latest(", "flyway", "liquibase",
        "EnsureCreated(", "dbmigrate", "tern.", "migrator.up", "Migrator::up", "stampede.",
    ].map { Array($0.utf8) }
    private static let endings = [
        ".py", ".go", ".ts", ".js", ".mjs", ".rs", ".cs", ".java", ".kt", ".ex", ".exs", ".rb", ".php",
    ]

    static func isDone(in repository: CheckedRepository) -> Bool {
        let starts = repository.deployedUnits.contains { unit in
            unit.compose == nil && (unit.imageStart.map { MigrationRuns.runs($0.text) } ?? false)
        }
        guard !starts else { return true }
        return isCalledByCode(in: repository) || isWritten(in: repository)
    }

    /// Whether the code brings the database up to date by itself.
    static func isCalledByCode(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard !entry.path.contains("node_modules/"), !entry.path.contains("test"),
                endings.contains(where: entry.name.hasSuffix), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 300_000, calls.contains(where: { RouteSearch.contains(bytes, $0) })
            else { return false }
            return !StandaloneScript.isUnstarted(entry.path, in: repository)
        }
    }

    /// Whether a script, a pipeline, an image or a platform's file does.
    private static func isWritten(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard !entry.path.contains("node_modules/"), !entry.path.contains("test") else { return false }
            let format = FileFormat(path: entry.path)
            guard
                [.shell, .workflow, .dockerfile, .gitlab, .procfile, .render, .railway].contains(format)
                    || entry.name == "package.json",
                let text = repository.tree.text(entry.path)
            else { return false }
            if entry.name == "package.json" {
                let scripts = JSONDocument(parsing: text).root?["scripts"]?.mapping?.entries ?? []
                return scripts.contains {
                    ["start", "prestart", "deploy", "start:prod", "release"].contains($0.key)
                        && MigrationRuns.runs($0.value.text ?? "")
                }
            }
            // Tests of a pipeline have a database of their own.
            return MigrationRuns.runs(text) && (format != .workflow || text.contains("deploy"))
        }
    }
}
