// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The processes of task queues that a code base sets up: Celery, RQ, Huey, Dramatiq, arq, SAQ, taskiq, Procrastinate.
struct PythonQueues {
    struct Worker {
        var process: String
        var library: String
        var command: String
        var file: String
        var line: Int
        var why: String
        /// Why there may be only one.
        var single: String?
    }

    private let project: PythonProject
    private let service: PythonService?
    private let stated: StatedCommands
    /// Where imports are looked up.
    private let root: String
    /// Assignments before a command, so that imports are found.
    private let prefix: String

    init(_ project: PythonProject, service: PythonService?, root: String, prefix: String, stated: StatedCommands) {
        self.project = project
        self.service = service
        self.root = root
        self.prefix = prefix
        self.stated = stated
    }

    func all() -> [Worker] {
        var found: [Worker] = []
        for worker in celery() + huey() + dramatiq() + arq() + saq() + taskiq() + procrastinate() + rq() {
            var worker = worker
            if found.contains(where: { $0.process == worker.process }) {
                worker.process = worker.process == "worker" ? worker.library : "\(worker.library)-\(worker.process)"
            }
            worker.command = prefix + worker.command
            found.append(worker)
        }
        return found
    }

    /// `app.worker` for `app/worker.py` seen from the import folder; `nil` when it lies elsewhere.
    private func module(_ path: String) -> String? { PythonModules.name(of: path, from: root) }

    private func objects(_ names: Set<String>) -> [PythonConstruction] {
        PythonConstruction.all(in: project.sources, modules: project.modules) { call, source in
            source.qualified(call.callee).flatMap { names.contains($0) ? $0 : nil }
        }.filter { !$0.isFactory }
    }

    private func celery() -> [Worker] {
        let made = objects(["celery.Celery", "celery.app.base.Celery", "celery.app.Celery"])
        let celery = PythonCelery(project, web: service?.application.path, root: root, stated: stated)
        guard let (place, target, options) = celery.start(among: made) else { return [] }
        let base = "celery -A \(target)"
        var found = [
            Worker(
                process: "worker", library: "celery", command: "\(base) worker --loglevel=info\(options)",
                file: place.path, line: place.line, why: "Celery application")
        ]
        guard let schedule = schedule() else { return found }
        let scheduler = schedule.isInDatabase ? " --scheduler django_celery_beat.schedulers:DatabaseScheduler" : ""
        found.append(
            Worker(
                process: "beat", library: "celery", command: "\(base) beat --loglevel=info\(scheduler)",
                file: schedule.file, line: schedule.line, why: "Celery schedule",
                single: "a second scheduler would send every task twice"))
        return found
    }

    private static let scheduleNames: Set<String> = [
        "beat_schedule", "add_periodic_task", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE",
    ]

    /// Where a schedule is set up.
    private func schedule() -> (file: String, line: Int, isInDatabase: Bool)? {
        var inDatabase: (String, Int, Bool)?
        for source in project.sources {
            for statement in source.statements {
                for expression in statement.expressions {
                    if Self.scheduleNames.contains(expression.lastName ?? "")
                        || Self.scheduleNames.contains(expression.call?.callee.lastName ?? "")
                        || expression.call?.arguments.contains(where: { $0.name == "beat_schedule" }) == true
                    {
                        return (source.path, statement.line, false)
                    }
                    if expression.mentions("django_celery_beat") { inDatabase = (source.path, statement.line, true) }
                }
            }
        }
        return inDatabase
    }

    private func huey() -> [Worker] {
        let kinds = ["RedisHuey", "SqliteHuey", "PriorityRedisHuey", "RedisExpireHuey", "FileHuey", "Huey"]
        guard let found = objects(Set(kinds.map { "huey.\($0)" })).first, let module = module(found.path) else {
            return []
        }
        return [
            Worker(
                process: "worker", library: "huey", command: "huey_consumer \(module).\(found.name)", file: found.path,
                line: found.line, why: "Huey queue",
                single: found.constructor == "huey.RedisHuey" ? nil : "the queue is a file of this machine")
        ]
    }

    private func dramatiq() -> [Worker] {
        guard project.dependency("dramatiq") != nil || project.dependencies.isEmpty else { return [] }
        var modules: [String] = []
        var first: (file: String, line: Int)?
        for source in project.sources {
            for statement in source.statements {
                guard case .function(let function) = statement.kind, let module = module(source.path),
                    function.decorators.contains(where: { source.qualified($0.call?.callee ?? $0) == "dramatiq.actor" })
                else { continue }
                if !modules.contains(module) { modules.append(module) }
                first = first ?? (source.path, statement.line)
            }
        }
        guard let first, project.dependency("django-dramatiq") == nil else { return [] }
        return [
            Worker(
                process: "worker", library: "dramatiq", command: "dramatiq \(modules.joined(separator: " "))",
                file: first.file, line: first.line, why: "Dramatiq actors")
        ]
    }

    private func arq() -> [Worker] {
        guard project.dependency("arq") != nil || project.dependencies.isEmpty else { return [] }
        for source in project.sources {
            for statement in source.statements {
                guard case .classDefinition(let name, _, _) = statement.kind, name.hasSuffix("WorkerSettings"),
                    let module = module(source.path)
                else { continue }
                return [
                    Worker(
                        process: "worker", library: "arq", command: "arq \(module).\(name)", file: source.path,
                        line: statement.line, why: "arq settings")
                ]
            }
        }
        return []
    }

    private func saq() -> [Worker] {
        for source in project.sources {
            if source.imports.values.contains(where: { $0.hasPrefix("litestar_saq.") }), let service,
                service.application.framework.name == "litestar"
            {
                return [
                    Worker(
                        process: "worker", library: "saq", command: "litestar --app \(service.target) workers run",
                        file: source.path, line: 1, why: "SAQ in Litestar")
                ]
            }
            guard source.imports.values.contains(where: { $0 == "saq" || $0.hasPrefix("saq.") }) else { continue }
            for (name, assigned) in source.moduleAssignments.sorted(by: { $0.value.line < $1.value.line }) {
                guard case .dictionary(let pairs) = assigned.value, let module = module(source.path),
                    Set(["queue", "functions"]).isSubset(of: pairs.compactMap { $0.key?.string })
                else { continue }
                return [
                    Worker(
                        process: "worker", library: "saq", command: "saq \(module).\(name)", file: source.path,
                        line: assigned.line, why: "SAQ settings")
                ]
            }
        }
        return []
    }

    private func taskiq() -> [Worker] {
        let made = PythonConstruction.all(in: project.sources, modules: project.modules) { call, source in
            guard let name = source.qualified(call.callee), name.hasPrefix("taskiq"), !name.contains("InMemory") else {
                return nil
            }
            return name.hasSuffix("Broker") || name.hasSuffix("TaskiqScheduler") ? name : nil
        }.filter { !$0.isFactory }
        var seen: Set<String> = []
        return made.compactMap { item -> Worker? in
            guard let module = module(item.path), seen.insert("\(module):\(item.name)").inserted else { return nil }
            let isBroker = item.constructor.hasSuffix("Broker")
            return Worker(
                process: isBroker ? "worker" : "scheduler", library: "taskiq",
                command: "taskiq \(isBroker ? "worker" : "scheduler") \(module):\(item.name)"
                    + (isBroker ? " --fs-discover" : ""),
                file: item.path, line: item.line, why: "taskiq \(isBroker ? "broker" : "schedule")",
                single: isBroker ? nil : "a second scheduler would send every task twice")
        }
    }

    private func procrastinate() -> [Worker] {
        guard let found = objects(["procrastinate.App"]).first, let module = module(found.path) else { return [] }
        return [
            Worker(
                process: "worker", library: "procrastinate",
                command: "procrastinate --app=\(module).\(found.name) worker",
                file: found.path, line: found.line, why: "Procrastinate application")
        ]
    }

    /// The variable with the address that the code connects to Redis with.
    private var redisVariable: String? {
        for source in project.sources {
            for item in source.calls where item.call.callee.lastName == "from_url" {
                guard source.qualified(item.call.callee)?.hasPrefix("redis.") == true,
                    let url = item.call.argument("url", at: 0),
                    let name = PythonSetting.of(url, in: source, project.modules)?.variable
                else { continue }
                return name
            }
        }
        return nil
    }

    /// Queues without a program of the code base's own that works them off.
    private func rq() -> [Worker] {
        guard project.dependency("rq") != nil || project.dependency("flask-rq2") != nil else { return [] }
        let own = project.sources.contains { source in
            source.calls.contains {
                source.qualified($0.call.callee)?.hasPrefix("rq.") == true && $0.call.callee.lastName == "Worker"
            }
        }
        guard !own, project.dependency("django-rq") == nil else { return [] }
        for source in project.sources {
            for item in source.calls where ["rq.Queue", "rq.queue.Queue"].contains(source.qualified(item.call.callee)) {
                let name = item.call.argument("name", at: 0).flatMap { project.modules.text(of: $0, in: source) }
                return [
                    Worker(
                        process: "worker", library: "rq",
                        command:
                            "rq worker --url ${\(redisVariable ?? "REDIS_URL"):-redis://localhost:6379} \(ShellWord.quote(name ?? "default"))",
                        file: source.path, line: item.call.line, why: "RQ queue")
                ]
            }
        }
        return []
    }
}
