// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Background processes of Python code bases: Celery, Dramatiq, arq, RQ, and modules that loop by themselves.
struct PythonWorkerDetector: Detector {
    let name = "python-workers"

    private static let workerNames: Set<String> = [
        "worker", "workers", "consumer", "scheduler", "poller", "dispatcher", "listener", "processor", "run_worker",
        "start_worker", "background_worker", "job_runner", "runner", "bot",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let service = repository.pythonServices[project.directory]
            let folder = service?.directory ?? project.directory
            let root = folder.appending(
                path: service?.importFolder
                    ?? (repository.tree.hasDirectory(folder.appending(path: "src"))
                        && !repository.tree.contains(folder.appending(path: "src/__init__.py")) ? "src" : "."))
            return celery(project, folder, root) + libraries(project, folder, root, service?.target)
                + modules(project, folder, root, service)
        }
    }

    /// `app.worker` for `app/worker.py` seen from the import folder; `nil` when it lies elsewhere.
    private func module(_ path: String, _ root: String) -> String? {
        guard let relative = path.relative(to: root) else { return nil }
        let name = String(relative.dropLast(3)).replacing("/", with: ".")
        return name.hasSuffix(".__init__") ? String(name.dropLast(9)) : name
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

    private func celery(_ project: PythonProject, _ folder: String, _ root: String) -> [Evidence] {
        var found: [Evidence] = []
        for source in project.sources {
            for statement in source.statements {
                guard case .assignment(let targets, _, .call(let call)?) = statement.kind,
                    let target = targets.first?.dotted,
                    source.qualified(call.callee) == "celery.Celery", statement.scope.isEmpty,
                    let module = module(source.path, root)
                else { continue }
                let base = "celery -A \(module):\(target)"
                found += worker(
                    "\(base) worker --loglevel=info", "worker", folder, source.path, statement.line,
                    "Celery application", Confidence.toolFile)
                let hasSchedule = project.sources.contains { other in
                    other.statements.contains { line in
                        line.expressions.contains {
                            $0.lastName == "beat_schedule" || $0.lastName == "add_periodic_task"
                                || $0.lastName == "CELERY_BEAT_SCHEDULE"
                        }
                            || line.expressions.contains {
                                $0.call?.callee.lastName == "add_periodic_task"
                                    || $0.call?.arguments.contains { $0.name == "beat_schedule" } == true
                            }
                    }
                }
                if hasSchedule {
                    found += worker(
                        "\(base) beat --loglevel=info", "beat", folder, source.path, statement.line, "Celery schedule",
                        Confidence.toolFile)
                    found.append(
                        .claim(
                            .singleInstance("a second scheduler would send every task twice"),
                            for: Subject(folder, "beat"), file: source.path, line: statement.line,
                            why: "Celery schedule", confidence: Confidence.code))
                }
                return found
            }
        }
        return found
    }

    private func libraries(_ project: PythonProject, _ folder: String, _ root: String, _ target: String?) -> [Evidence]
    {
        if let saq = project.dependency("litestar-saq"), let target {
            return worker(
                "litestar --app \(target) workers run", "worker", folder, saq.file, saq.line, "litestar-saq",
                Confidence.dependency)
        }
        for source in project.sources {
            guard let module = module(source.path, root) else { continue }
            for statement in source.statements {
                if case .classDefinition("WorkerSettings", _, _) = statement.kind, project.dependency("arq") != nil {
                    return worker(
                        "arq \(module).WorkerSettings", "worker", folder, source.path, statement.line, "arq settings",
                        Confidence.toolFile)
                }
                if case .function(let function) = statement.kind, project.dependency("dramatiq") != nil,
                    function.decorators.contains(where: { source.qualified($0.call?.callee ?? $0) == "dramatiq.actor" })
                {
                    return worker(
                        "dramatiq \(module)", "worker", folder, source.path, statement.line, "Dramatiq actors",
                        Confidence.toolFile)
                }
            }
        }
        return []
    }

    /// `worker.py` with a main block that does not serve HTTP.
    private func modules(_ project: PythonProject, _ folder: String, _ root: String, _ service: PythonService?)
        -> [Evidence]
    {
        project.sources.flatMap { source -> [Evidence] in
            var stem = String(source.path.lastPathComponent.dropLast(3))
            if stem == "__main__" { stem = source.path.parentDirectory.lastPathComponent }
            guard Self.workerNames.contains(stem), source.path != service?.application.path,
                let module = module(source.path, root),
                let line = source.mainBlockLine,
                !source.calls.contains(where: {
                    ["uvicorn.run", "uvicorn.Server"].contains(source.qualified($0.call.callee) ?? "")
                })
            else { return [] }
            let runnable = module.hasSuffix(".__main__") ? String(module.dropLast(9)) : module
            let prefix = root == folder ? "" : "PYTHONPATH=\(ShellWord.quote(root.relative(to: folder) ?? ".")) "
            return worker(
                "\(prefix)python -m \(runnable)", stem == "workers" || stem.hasSuffix("_worker") ? "worker" : stem,
                folder, source.path, line, "module that runs by itself", 0.65)
        }
    }
}

extension PythonSource {
    /// The line of `if __name__ == "__main__":`, or of a `__main__.py`'s first statement.
    var mainBlockLine: Int? {
        if path.lastPathComponent == "__main__.py" { return statements.first?.line }
        for statement in statements where statement.scope.isEmpty {
            guard case .keyword("if", let conditions) = statement.kind else { continue }
            var isMain = false
            conditions.first?.walk { if case .name("__name__") = $0 { isMain = true } }
            if isMain { return statement.line }
        }
        return nil
    }
}
