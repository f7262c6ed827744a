// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Background processes of Python code bases: those of task queues, and modules that loop by themselves.
struct PythonWorkerDetector: Detector {
    let name = "python-workers"
    let account = DetectorAccount(
        recognises:
            "Background processes: Celery with its beat, RQ, Huey, Dramatiq, arq, SAQ, taskiq, Procrastinate, and modules that loop by themselves.",
        reads: ["queue objects and actors in the source", "main blocks of modules named like workers"],
        confidence: "80 %, 65 % for a module by its name")

    private static let workerNames: Set<String> = [
        "worker", "workers", "consumer", "scheduler", "poller", "dispatcher", "listener", "processor", "run_worker",
        "start_worker", "background_worker", "job_runner", "runner", "bot",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let service = repository.pythonServices[project.directory]
            let folder = repository.startFolder(of: project)
            let startsAbove = service == nil && folder != project.directory
            let root = folder.appending(
                path: service?.importFolder ?? (startsAbove ? "." : nil)
                    ?? (repository.tree.hasDirectory(folder.appending(path: "src"))
                        && !repository.tree.contains(folder.appending(path: "src/__init__.py")) ? "src" : "."))
            let prefix = root == folder ? "" : "PYTHONPATH=\(ShellWord.quote(root.relative(to: folder) ?? ".")) "
            let queues = PythonQueues(
                project, service: service, root: root, prefix: prefix, stated: repository.stated
            ).all().filter { $0.library != "celery" || $0.process != "worker" || !repository.namesQueues }
            return queues.flatMap { item -> [Evidence] in
                var found = worker(
                    item.command, item.process, folder, item.file, item.line, item.why, Confidence.toolFile)
                let subject = Subject(folder, item.process)
                found.append(
                    .claim(
                        .framework(item.library), for: subject, file: item.file, line: item.line, why: item.why,
                        confidence: Confidence.code))
                if let single = item.single {
                    found.append(
                        .claim(
                            .singleInstance(single), for: subject, file: item.file, line: item.line, why: item.why,
                            confidence: Confidence.code))
                }
                return found
            } + modules(project, folder, root, service, repository.django[project.directory])
        }
    }

    private func worker(
        _ command: String, _ process: String, _ folder: String, _ file: String, _ line: Int?, _ why: String,
        _ confidence: Double
    ) -> [Evidence] {
        let subject = Subject(folder, process)
        return [
            .claim(.role(.worker), for: subject, file: file, line: line, why: why, confidence: confidence),
            .claim(
                .start(StartCommand(command)), for: subject, file: file, line: line, why: why, confidence: confidence),
        ]
    }

    /// `worker.py` with a main block that does not serve HTTP.
    private func modules(
        _ project: PythonProject, _ folder: String, _ root: String, _ service: PythonService?, _ site: DjangoProject?
    ) -> [Evidence] {
        project.sources.flatMap { source -> [Evidence] in
            var stem = String(source.path.lastPathComponent.dropLast(3))
            if stem == "__main__" { stem = source.path.parentDirectory.lastPathComponent }
            guard source.path != service?.application.path, let line = source.mainBlockLine ?? Self.loop(source),
                Self.workerNames.contains(stem) || Self.loop(source) != nil,
                let module = PythonModules.name(of: source.path, from: root),
                !source.calls.contains(where: {
                    ["uvicorn.run", "uvicorn.Server"].contains(source.qualified($0.call.callee) ?? "")
                })
            else { return [] }
            let runnable = module.hasSuffix(".__main__") ? String(module.dropLast(9)) : module
            let prefix = root == folder ? "" : "PYTHONPATH=\(ShellWord.quote(root.relative(to: folder) ?? ".")) "
            let isScheduler = Self.calls("BlockingScheduler", source) != nil
            let process =
                isScheduler ? "scheduler" : stem == "workers" || stem.hasSuffix("_worker") ? "worker" : stem
            // A command of Django's is a class, which only manage.py runs.
            let command =
                source.path.parentDirectory.hasSuffix("/management/commands")
                ? site.map { "\($0.manageCommand) \(stem)" } : nil
            var found = worker(
                command ?? "\(prefix)python -m \(runnable)", process, folder, source.path, line,
                "module that runs by itself", 0.65
            )
            if isScheduler {
                found.append(
                    .claim(
                        .singleInstance("a second scheduler would run every job twice"), for: Subject(folder, process),
                        file: source.path, line: line, why: "BlockingScheduler", confidence: Confidence.code))
            }
            return found
        }
    }

    /// The line of a call that never comes back and answers nobody: a scheduler, a bot that polls.
    private static func loop(_ source: PythonSource) -> Int? {
        calls("BlockingScheduler", source) ?? calls("run_polling", source) ?? calls("infinity_polling", source)
            ?? calls("start_polling", source)
    }

    private static func calls(_ name: String, _ source: PythonSource) -> Int? {
        source.calls.first { $0.call.callee.lastName == name }?.call.line
    }
}

extension PythonSource {
    /// A module that leaves when it is imported is a program that somebody runs, whatever it makes on the way.
    var endsByItself: Bool {
        let block = mainBlockLine ?? Int.max
        return calls.contains { item in
            item.statement.scope.isEmpty && item.call.line < block
                && ["sys.exit", "exit", "quit"].contains(qualified(item.call.callee))
        }
    }
}
