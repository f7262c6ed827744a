// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where the tasks of a Celery application stand, and whether a worker that loads only the application learns of them:
/// a task is known once its module is imported (docs.celeryq.dev/en/stable/userguide/application.html#laziness).
struct CeleryTasks {
    private let project: PythonProject
    private let place: PythonCelery.Place
    /// With tasks in them.
    let files: [String]

    static let decorators: Set<String> = ["task", "shared_task", "periodic_task"]
    /// What names modules of tasks, as settings or as arguments of the application.
    private static let lists: Set<String> = [
        "include", "imports", "CELERY_IMPORTS", "CELERY_INCLUDE", "CELERY_BEAT_IMPORTS",
    ]

    init(_ project: PythonProject, of place: PythonCelery.Place) {
        self.project = project
        self.place = place
        // A module of tasks need not name Celery at all.
        let application = PythonModules.Definition(path: place.path, name: place.name)
        files = Self.sources(of: project, holding: [".task", "shared_task", ".periodic_task"])
            .filter { Self.hasTasks($0, project, application) }.map(\.path)
    }

    /// The application's files with one of these words.
    private static func sources(of project: PythonProject, holding words: [String]) -> [PythonSource] {
        let tree = project.modules.tree
        let found = tree.files(ending: [".py"], holding: words, smallerThan: largestInBytes)
        return found.filter { $0.path.relative(to: project.directory).map({ SourceFilter.isApplication($0) }) ?? false }
            .compactMap { project.modules.source($0.path) }
    }

    private static let largestInBytes = 200_000

    /// Whether a decorator of the file makes tasks of this application, or of whichever is the current one.
    private static func hasTasks(
        _ source: PythonSource, _ project: PythonProject, _ application: PythonModules.Definition
    ) -> Bool {
        source.statements.contains { statement in
            guard case .function(let function) = statement.kind else { return false }
            return function.decorators.contains { decorator in
                let callee = decorator.call?.callee ?? decorator
                guard decorators.contains(callee.lastName ?? "") else { return false }
                guard case .attribute(let base, _) = callee, let name = base.dotted else {
                    return source.qualified(callee)?.hasPrefix("celery.") == true
                }
                return project.modules.definition(of: name, in: source) == application
            }
        }
    }

    /// Whether there are tasks and nothing that the application's module does leads to any.
    var areUnknown: Bool {
        guard !files.isEmpty, let own = project.modules.source(place.path), !files.contains(place.path) else {
            return false
        }
        // One import is enough: what it leads to further is the code's own affair.
        return !project.sources.contains(where: Self.namesTasks) && !leadsToTasks(own)
    }

    /// Whether a file says where tasks are, or that Celery is to look for them.
    private static func namesTasks(_ source: PythonSource) -> Bool {
        let isCalled = source.calls.contains { item in
            let names = item.call.arguments.compactMap(\.name)
            switch item.call.callee.lastName {
            case "autodiscover_tasks", "config_from_object": return true
            case "Celery": return names.contains { lists.contains($0) || $0 == "config_source" }
            case "update", "dict": return names.contains(where: lists.contains)
            default: return false
            }
        }
        return isCalled
            || source.statements.contains { statement in
                guard case .assignment(let targets, _, _) = statement.kind else { return false }
                return targets.contains { lists.contains($0.lastName ?? "") }
            }
    }

    /// The modules that hold the application and know all tasks, or make what these work in; the best first.
    /// - Parameter web: The file of the web application, which a worker need not load.
    func loaders(besides web: String?) -> [PythonCelery.Place] {
        let definition = PythonModules.Definition(path: place.path, name: place.name)
        let found = Self.sources(of: project, holding: [place.name]).compactMap {
            source -> (rank: Int, place: PythonCelery.Place)? in
            guard source.path != place.path, !source.endsByItself,
                let name = source.imports.keys.sorted().first(where: {
                    project.modules.definition(of: $0, in: source) == definition
                })
            else { return nil }
            let pushes = source.calls.contains {
                guard $0.statement.scope.isEmpty, case .attribute(let base, "push") = $0.call.callee else {
                    return false
                }
                return base.call?.callee.lastName == "app_context"
            }
            let known = imported(by: source).union([source.path])
            let knowsAll = files.allSatisfy(known.contains)
            guard pushes || knowsAll else { return nil }
            let stem = source.path.lastPathComponent
            let rank =
                (stem.contains("worker") ? 4 : 0) + (stem.contains("celery") ? 2 : 0) + (pushes ? 2 : 0)
                + (knowsAll ? 1 : 0) - (source.path == web ? 3 : 0)
            return (rank, PythonCelery.Place(path: source.path, line: 1, name: name))
        }
        return found.sorted { ($1.rank, $0.place.path) < ($0.rank, $1.place.path) }.map(\.place)
    }

    /// The files that a module imports by name, wherever it does.
    private func imported(by source: PythonSource) -> Set<String> {
        var found: Set<String> = []
        for statement in source.statements {
            switch statement.kind {
            case .importModule(let module, _):
                if let path = project.modules.module(of: module, from: source.path)?.path { found.insert(path) }
            case .importFrom(let module, let names):
                if let path = project.modules.module(of: module, from: source.path)?.path { found.insert(path) }
                for name in names where name.name != "*" {
                    let whole = module.hasSuffix(".") ? module + name.name : "\(module).\(name.name)"
                    guard let inner = project.modules.module(of: whole, from: source.path), inner.rest.isEmpty else {
                        continue
                    }
                    found.insert(inner.path)
                }
            default: continue
            }
        }
        return found
    }

    /// Whether imports, and imports of what is imported, come to one of the files.
    private func leadsToTasks(_ source: PythonSource) -> Bool {
        var seen: Set<String> = [source.path]
        var waiting = [source]
        while let next = waiting.popLast(), seen.count < Self.mostFiles {
            let paths = imported(by: next)
            if !paths.isDisjoint(with: files) { return true }
            waiting += paths.filter { seen.insert($0).inserted }.sorted().compactMap(project.modules.source)
        }
        return false
    }

    /// More files than lead from an application to its tasks.
    private static let mostFiles = 300
}
