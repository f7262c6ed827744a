// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The application of a code base that answers HTTP: which object, from which folder it is imported, which paths.
struct PythonService: Sendable {
    let application: PythonApplication
    /// The folder where the process starts, so that its imports and its files are found.
    let directory: String
    /// Seen from ``directory``: where imports are looked up, `.` most often.
    let importFolder: String
    /// `app.main:app`
    let target: String
    let routes: [PythonRoute]

    /// The application that a server would run, or `nil` when the code base has none.
    init?(_ project: PythonProject, stated: [String]) {
        // Alembic's environment makes an application to have its settings.
        let sources = project.sources.filter { source in
            source.path.lastPathComponent != "env.py"
                || !source.imports.values.contains { $0.hasPrefix("alembic") }
        }
        let served = PythonApplication.all(in: sources.filter { !$0.endsByItself }, modules: project.modules)
        let all = served.isEmpty ? PythonApplication.all(in: sources, modules: project.modules) : served
        // Each is looked at beside all of the source; nobody has more of them than tests do.
        let ranked = all.prefix(200).map { ($0, Self.rank($0, project, stated)) }
            .sorted { ($1.1, $0.0.path, $0.0.line) < ($0.1, $1.0.path, $1.0.line) }
        guard let best = ranked.first?.0 else { return nil }
        self.init(best, project)
    }

    /// Applications of the same code base that are services of their own: each in a top folder that nothing else
    /// imports, with a file that people name so.
    static func others(beside main: PythonService, _ project: PythonProject) -> [PythonService] {
        func top(_ path: String) -> String? {
            let parts = (path.relative(to: project.directory) ?? path).split(separator: "/")
            return parts.count > 1 ? String(parts[0]) : nil
        }
        let names = ["main.py", "app.py", "server.py", "asgi.py", "wsgi.py", "api.py", "__init__.py"]
        let candidates = PythonApplication.all(in: project.sources, modules: project.modules).filter { item in
            !item.isFactory && !item.isWrapper && item.framework.name != "django"
                && names.contains(item.path.lastPathComponent) && top(item.path) != nil
        }
        guard let own = top(main.application.path), candidates.count > 1 else { return [] }
        var taken: Set<String> = [own]
        let folders = Set(candidates.compactMap { top($0.path) })
        return candidates.compactMap { item in
            guard let folder = top(item.path), taken.insert(folder).inserted else { return nil }
            // A folder that another part of the code base imports from is a part of it.
            let isImported = project.sources.contains { source in
                guard let place = top(source.path), place != folder else { return false }
                return source.imports.values.contains { $0 == folder || $0.hasPrefix(folder + ".") }
            }
            let importsOthers = project.sources.contains { source in
                top(source.path) == folder
                    && source.imports.values.contains { name in
                        folders.contains { $0 != folder && (name == $0 || name.hasPrefix($0 + ".")) }
                    }
            }
            return isImported || importsOthers ? nil : PythonService(item, project)
        }
    }

    private init(_ best: PythonApplication, _ project: PythonProject) {
        application = best
        let root = Self.importRoot(of: best.path, project)
        // Requirements beside the code decide where the process starts, unless its imports need a folder above.
        if project.manifest.installations.isEmpty, root.relative(to: project.directory) != nil {
            // Nothing is installed from a folder above: the process starts where its imports are.
            directory = root
            importFolder = "."
        } else if let inner = root.relative(to: project.directory) {
            directory = project.directory
            importFolder = inner
        } else {
            directory = root
            importFolder = "."
        }
        let module = (best.path.relative(to: root) ?? best.path).dropLast(3).replacing("/", with: ".")
        let name = module.hasSuffix(".__init__") ? String(module.dropLast(9)) : String(module)
        target = "\(name):\(best.name)"
        routes = PythonRouters(of: best, in: project.sources, modules: project.modules).all()
            .sorted { ($0.file, $0.line, $0.path) < ($1.file, $1.line, $1.path) }
    }

    /// Higher is likelier to be what the server runs.
    private static func rank(_ application: PythonApplication, _ project: PythonProject, _ stated: [String]) -> Int {
        var rank = application.isFactory ? 0 : 20
        let file = application.path.lastPathComponent.dropLast(3)
        let usual = [
            "asgi": 9, "wsgi": 9, "main": 8, "app": 7, "server": 6, "application": 6, "api": 5, "run": 4, "__init__": 3,
        ]
        rank += usual[String(file)] ?? 0
        if application.isWrapper { rank += 15 }
        // Django writes both files for every project; which one is served shows in the requirements.
        if application.framework.name == "django", application.framework.interface == .asgi {
            let servers = ["daphne", "channels", "uvicorn", "hypercorn", "granian"]
            rank += project.dependencies.contains { servers.contains($0.name) } ? 12 : -12
        }
        if application.needsArguments { rank -= 30 }
        // No import finds a module beside a package of the same name.
        if project.modules.tree.contains(application.path.dropLast(3) + "/__init__.py") { rank -= 60 }
        if !application.framework.isInstalled(among: project.dependencies.map(\.name)) { rank -= 50 }
        if application.name == "app" || application.name == "application" { rank += 3 }
        let module = (application.path.relative(to: project.directory) ?? application.path).dropLast(3).replacing(
            "/", with: ".")
        for target in stated {
            let parts = target.split(separator: ":").map(String.init)
            guard parts.count == 2,
                module == parts[0] || module.hasSuffix("." + parts[0]) || parts[0].hasSuffix("." + module)
                    || module == parts[0] + ".__init__"
            else { continue }
            rank += parts[1].hasPrefix(application.name) ? 100 : 40
        }
        for source in project.sources where source.path == application.path {
            rank += min(
                10,
                source.calls.count {
                    $0.call.callee.lastName == "include_router" || $0.call.callee.lastName == "register_blueprint"
                })
        }
        // A sub-application that another one mounts.
        let isMounted = project.sources.contains { source in
            source.calls.contains { item in
                guard item.call.callee.lastName == "mount", let child = item.call.argument("app", at: 1)?.dotted,
                    let definition = project.modules.definition(of: child, in: source)
                else { return false }
                return definition == application.definition
            }
        }
        if isMounted { rank -= 60 }
        rank -= 2 * application.path.count { $0 == "/" }
        return rank
    }

    /// The folder from which the most imports of the file, and of the files it imports, resolve.
    private static func importRoot(of path: String, _ project: PythonProject) -> String {
        let folders = PathText.ancestors(of: path.parentDirectory)
        var scores = folders.map { _ in 0 }
        var packageDepth = 0
        var waiting = [path]
        var seen: Set<String> = [path]
        while let next = waiting.popLast(), seen.count < 60 {
            guard let source = project.modules.source(next) else { continue }
            for statement in source.statements {
                let module: String
                switch statement.kind {
                case .importModule(let name, _): module = name
                case .importFrom(let name, _): module = name
                default: continue
                }
                let dots = module.prefix { $0 == "." }.count
                if dots > 0, next == path { packageDepth = max(packageDepth, dots) }
                let parts = module.split(separator: ".")
                if dots == 0, let top = parts.first {
                    for (index, folder) in folders.enumerated()
                    where project.modules.resolves(String(top), from: folder) {
                        // `app.users` is in the package `app`, not in a module `app.py`.
                        let isWhole =
                            parts.count > 1
                            && project.modules.resolves(parts.prefix(2).joined(separator: "/"), from: folder)
                        scores[index] += isWhole ? 3 : 1
                    }
                }
                if let found = project.modules.module(of: module, from: next)?.path, seen.insert(found).inserted {
                    waiting.append(found)
                }
            }
        }
        let best = scores.indices.filter { $0 >= packageDepth }.max {
            scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1)
        }
        if let best, scores[best] > 0 { return folders[best] }
        // Nothing local is imported absolutely: a package's own folder, or the top of the package it is in.
        if packageDepth > 0 { return folders[min(packageDepth, folders.count - 1)] }
        // Inside a package whose folder has `__init__.py` the program starts above it.
        var index = 0
        while index + 1 < folders.count, project.modules.tree.contains(folders[index].appending(path: "__init__.py")),
            folders[index] != project.directory
        {
            index += 1
        }
        return folders[index]
    }
}
