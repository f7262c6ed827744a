// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The Celery application of a code base, and what its worker and its beat are started with.
struct PythonCelery {
    /// A module with a name under which it holds the application.
    struct Place {
        var path: String
        var line: Int
        var name: String
    }

    private let project: PythonProject
    private let stated: StatedCommands
    /// Where imports are looked up.
    private let root: String
    /// Of the web application, which a worker need not load.
    private let web: String?

    init(_ project: PythonProject, web: String?, root: String, stated: StatedCommands) {
        self.project = project
        self.stated = stated
        self.root = root
        self.web = web
    }

    /// The place that a worker loads, the module as `-A` takes it, and what the worker is to be told besides.
    func start(among made: [PythonConstruction]) -> (place: Place, target: String, options: String)? {
        var places = made.map { Place(path: $0.path, line: $0.line, name: $0.name) }
        for source in project.sources { places += Self.places(in: source) }
        guard
            let best = places.max(by: { (rank($0), $1.path) < (rank($1), $0.path) }), let module = module(best.path)
        else { return nil }
        let queues = CeleryQueues(project).option
        if let word = statedTarget(for: best, module) { return (best, word, queues) }
        let tasks = CeleryTasks(project, of: best)
        guard tasks.areUnknown else { return (best, "\(module):\(best.name)", queues) }
        let loader = tasks.loaders(besides: web).first { self.module($0.path) != nil }
        if let loader, let name = self.module(loader.path) {
            return (loader, "\(name):\(loader.name)", queues)
        }
        let modules = tasks.files.compactMap(self.module).sorted()
        let included = modules.isEmpty ? "" : " --include=\(modules.joined(separator: ","))"
        return (best, "\(module):\(best.name)", included + queues)
    }

    private static func places(in source: PythonSource) -> [Place] {
        source.statements.compactMap { statement in
            guard statement.scope.isEmpty, case .assignment(let targets, _, let value?) = statement.kind,
                let name = targets.first?.dotted
            else { return nil }
            switch value {
            // `celery = flask_app.celery`
            case .attribute(.name(let base), let member)
            where member.hasPrefix("celery") && source.moduleAssignments[base] != nil:
                return Place(path: source.path, line: statement.line, name: name)
            // `celery_app = flask_app.extensions["celery"]`, as Flask's documentation does it.
            case .subscripted(let item) where item.index.string == "celery" && item.base.lastName == "extensions":
                return Place(path: source.path, line: statement.line, name: name)
            default: return nil
            }
        }
    }

    private func rank(_ place: Place) -> Int {
        guard let module = module(place.path) else { return -100 }
        let isStated = stated.lines.contains { line in
            line.words.contains("celery")
                && line.words.contains { $0 == module || $0.hasPrefix(module + ".") || $0.hasPrefix(module + ":") }
        }
        let usual = ["celery", "celery_app", "worker", "tasks"].contains(place.path.lastPathComponent.dropLast(3))
        return (isStated ? 20 : 0) + (usual ? 5 : 0) - place.path.count { $0 == "/" }
    }

    /// `app.worker` for `app/worker.py` seen from the import folder; `nil` when it lies elsewhere.
    private func module(_ path: String) -> String? { PythonModules.name(of: path, from: root) }

    /// What the repository itself hands to `-A`, which can be another module than the one that makes the application:
    /// it imports the tasks too, or makes what they work in.
    private func statedTarget(for place: Place, _ module: String) -> String? {
        let lines = stated.lines.filter { $0.words.contains("celery") && $0.words.contains("worker") }
        // A guide can be older than what is run.
        let ordered = lines.filter { !Self.isGuide($0.file) } + lines.filter { Self.isGuide($0.file) }
        for line in ordered {
            guard let flag = line.words.firstIndex(where: { $0 == "-A" || $0 == "--app" }),
                flag + 1 < line.words.count
            else { continue }
            let word = line.words[flag + 1]
            guard word.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.:".contains($0)) }),
                let path = file(of: word)
            else { continue }
            // Celery looks for `shop.celery` where only `shop` is said.
            if path == place.path || module == word + ".celery" { return "\(module):\(place.name)" }
            guard let source = project.modules.source(path), holdsApplication(source, place) else { continue }
            return word
        }
        return nil
    }

    private static func isGuide(_ path: String) -> Bool { path.lastPathComponent.hasPrefix("README") }

    /// The file of `shop.worker`, `shop.worker.app` or `shop.worker:app`.
    private func file(of word: String) -> String? {
        let dotted = word.split(separator: ":").first.map { $0.split(separator: ".").map(String.init) } ?? []
        for length in [dotted.count, dotted.count - 1] where length > 0 {
            let path = root.appending(path: dotted[..<length].joined(separator: "/"))
            let file = [path + ".py", path.appending(path: "__init__.py")].first(where: project.modules.tree.contains)
            if let file { return file }
        }
        return nil
    }

    private func holdsApplication(_ source: PythonSource, _ place: Place) -> Bool {
        let definition = PythonModules.Definition(path: place.path, name: place.name)
        return source.imports.keys.contains { project.modules.definition(of: $0, in: source) == definition }
            || source.moduleAssignments.keys.contains { $0.hasPrefix("celery") || $0 == "app" }
    }
}
