// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The platform's command is short, and the image's was long for a reason.
    static let replacedMigration = Rule(
        "AP510", .error, "a start command replaces the image's, which migrates",
        why:
            "A platform's start command takes the place of the image's CMD, all of it: the database of this deployment gets "
            + "no tables, and no change of them later.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"sh\", \"-c\", \"npx prisma db push && node server.js\"]\n",
                "railway.json":
                    "{\"build\": {\"builder\": \"DOCKERFILE\"}, \"deploy\": {\"startCommand\": \"node server.js\"}}",
                "server.js": "",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "fly.toml": "app = 'a'\n[processes]\nweb = 'gunicorn shop.wsgi'\nworker = 'celery -A shop worker'\n",
                "start.sh": "python manage.py migrate\nexec gunicorn shop.wsgi\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD alembic upgrade head && uvicorn a:app\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    restart: always\n    ports: ['80:8000']\n    command: uvicorn a:app --host 0.0.0.0\n  db:\n    image: postgres:17\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"sh\", \"-c\", \"npx prisma db push && node server.js\"]\n",
                "railway.json":
                    "{\"build\": {\"builder\": \"DOCKERFILE\"}, \"deploy\": {\"startCommand\": \"node server.js\", \"preDeployCommand\": [\"npx prisma db push\"]}}",
                "server.js": "",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD alembic upgrade head && uvicorn a:app\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    restart: always\n  worker:\n    build: .\n    command: celery -A a worker\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./entry.sh\"]\nCMD [\"gunicorn\", \"a:app\"]\n",
                "entry.sh": "alembic upgrade head\nexec \"$@\"\n",
                "render.yaml":
                    "services:\n  - type: web\n    name: web\n    runtime: docker\n    dockerCommand: gunicorn -w 4 a:app\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let images = repository.images.filter { MigratingImage.migratesByCommand($0) }
        guard !images.isEmpty else { return [] }
        return images.flatMap { unit in
            let image = MigratingImage(unit: unit, repository: repository)
            return image.onRailway() + image.onRender() + image.onFly() + image.inCompose()
        }
    }
}

/// An image whose own command brings the database up to date.
private struct MigratingImage {
    let unit: DeployedUnit
    let repository: CheckedRepository

    /// Whether CMD does it, which others replace; an ENTRYPOINT stays.
    static func migratesByCommand(_ unit: DeployedUnit) -> Bool {
        guard !unit.isForDevelopment, let command = unit.instructions.last(where: { $0.keyword == "CMD" }) else {
            return false
        }
        let entry = unit.instructions.last { $0.keyword == "ENTRYPOINT" }
        if let entry {
            let lines = unit.script(of: entry.arguments)?.lines.joined(separator: "\n") ?? ""
            guard !MigrationRuns.runs(lines), !MigrationRuns.runs(entry.text) else { return false }
        }
        return runs(command.arguments.joined(separator: " "), unit)
    }

    /// Whether a command line, the script or the script of package.json that it names does it.
    static func runs(_ text: String, _ unit: DeployedUnit) -> Bool {
        if MigrationRuns.runs(text) { return true }
        if let script = unit.script(of: text.split(separator: " ").map(String.init)),
            script.lines.contains(where: { MigrationRuns.runs($0) && !$0.trimmed.hasPrefix("#") })
        {
            return true
        }
        return unit.packageScripts(of: text).contains(where: MigrationRuns.runs)
    }

    private var command: String {
        let start = unit.instructions.last { $0.keyword == "CMD" }
        return start.map { "\(unit.dockerfile.location):\($0.line)" } ?? unit.dockerfile.location
    }

    private func violation(_ file: String, _ line: Int, _ advice: String) -> Violation {
        Violation(
            file: file, line: line,
            "this replaces the command of \(command), which migrates, so nothing makes the tables here; \(advice)")
    }

    /// Whether a platform's file builds this image.
    private func builds(_ path: String?, from folder: String) -> Bool {
        let own = unit.dockerfile.location
        guard let path else { return GoPath.clean(folder + "/Dockerfile") == own }
        return GoPath.clean(folder + "/" + path) == own || GoPath.clean(path) == own
    }

    func onRailway() -> [Violation] {
        repository.railwayConfigs.compactMap { file in
            guard file.releaseCommand == nil, file.schedule == nil, file.root?.at("deploy", "preDeployCommand") == nil,
                let start = file.startCommand, builds(file.dockerfile?.text, from: file.folder),
                file.builder?.uppercased() != "NIXPACKS", file.builder?.uppercased() != "RAILPACK",
                !isWorker(start.text), !Self.runs(start.text, unit)
            else { return nil }
            return violation(file.location, start.line, "delete startCommand, or write the migration into it")
        }
    }

    func onRender() -> [Violation] {
        repository.renderBlueprints.flatMap { file in
            let runs = file.services.contains { service in
                [service.releaseCommand, service.startCommand].contains { command in
                    command.map { Self.runs($0.text, unit) } ?? false
                }
            }
            return runs
                ? []
                : file.services.compactMap { service -> Violation? in
                    guard service.type == "web", service.runtime == "docker", let start = service.startCommand,
                        builds(service.dockerfile?.text, from: GoPath.clean(service.rootDirectory?.text ?? ".")),
                        !isWorker(start.text)
                    else { return nil }
                    return violation(file.location, start.line, "delete dockerCommand, or write the migration into it")
                }
        }
    }

    func onFly() -> [Violation] {
        repository.flyFiles.compactMap { file in
            guard file.releaseCommand == nil, builds(file.dockerfile?.text, from: file.folder),
                let first = file.processes.first(where: { !isWorker($0.command.text) }),
                !file.processes.contains(where: { Self.runs($0.command.text, unit) || $0.command.text.isEmpty })
            else { return nil }
            return violation(file.location, first.command.line, "add below [deploy] a release_command that migrates")
        }
    }

    func inCompose() -> [Violation] {
        let units = repository.deployedUnits.filter { $0.dockerfile.location == unit.dockerfile.location }
        let files = Set(units.compactMap { $0.compose?.location }).sorted()
        return files.compactMap { location in
            let here = units.filter { $0.compose?.location == location }
            guard let compose = here.first?.compose, !compose.isForDevelopment,
                !compose.services.contains(where: { service in
                    service.command.map { Self.runs($0.text, unit) } ?? false
                        || MigrationRuns.runs((service.node["entrypoint"]?.texts ?? []).joined(separator: " "))
                        || service.name.contains("migrat")
                }), !here.contains(where: { $0.service?.command == nil }),
                compose.services.contains(where: { $0.image.map { isDatabase($0.text) } ?? false }),
                let service = here.first(where: { isServer($0) })?.service, let command = service.command,
                !MigrationRuns.isToldForServers(in: repository)
            else { return nil }
            return violation(location, command.line, "delete command, or write the migration into it")
        }
    }

    private func isServer(_ unit: DeployedUnit) -> Bool {
        guard let service = unit.service, let command = service.command, !unit.mountsItsSource else { return false }
        return service.node["entrypoint"] == nil && !service.ports.isEmpty && !isWorker(command.text)
            && !["--reload", "runserver", "run dev", "start:dev", "nodemon", "watch"].contains(
                where: command.text.contains)
    }

    private func isDatabase(_ image: String) -> Bool {
        ["postgres", "mysql", "mariadb", "postgis", "timescale"].contains(where: image.contains)
    }

    private func isWorker(_ command: String) -> Bool {
        ["celery", "worker", "beat", "queue", "rq ", "scheduler", "sidekiq", "cron", "bull"].contains(
            where: command.lowercased().contains)
    }
}

extension DeployedUnit {
    /// What the scripts of package.json that a command line names run.
    func packageScripts(of text: String) -> [String] {
        let words = text.split { " \"'&;|".contains($0) }.map(String.init)
        guard let at = words.firstIndex(where: { ["npm", "yarn", "pnpm", "bun"].contains($0) }) else { return [] }
        let folders = [SourceTree.Entry(path: dockerfile.location).directory, context, app?.directory].compactMap { $0 }
        for folder in folders {
            guard let manifest = dockerfile.repository.tree.text(GoPath.clean(folder + "/package.json")),
                let scripts = JSONDocument(parsing: manifest).root?["scripts"]?.mapping?.entries
            else { continue }
            var wanted = words[(at + 1)...].filter { name in scripts.contains { $0.key == name } }
            wanted += wanted.map { "pre" + $0 }
            return scripts.filter { wanted.contains($0.key) }.compactMap { $0.value.text }
        }
        return []
    }
}

extension MigrationRuns {
    /// Whether a document tells to run the migrations where the application is deployed.
    static func isToldForServers(in repository: CheckedRepository) -> Bool {
        ServerInstructions.tell(commands, in: repository)
    }
}
