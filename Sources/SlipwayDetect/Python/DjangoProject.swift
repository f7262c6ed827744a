// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A Django site: where it starts, its settings wherever they are, its WSGI and ASGI objects, its paths.
struct DjangoProject: Sendable {
    /// What a server runs: `config.wsgi:application`.
    struct Entry: Sendable {
        var target: String
        var path: String
        var line: Int
    }

    /// Where its processes start, so that its imports are found: that of `manage.py`, or one above.
    let directory: String
    let manage: String
    /// Runs `manage.py` from there.
    let manageCommand: String
    /// What `manage.py` takes when the environment names no other: `config.settings.local`.
    let settingsModule: String?
    /// What the WSGI or ASGI file takes instead, when it differs: `config.settings.production`.
    let servedModule: String?
    /// Files with settings, the production ones last.
    let settings: [PythonSource]
    let wsgi: Entry?
    let asgi: Entry?
    /// Dotted names in `INSTALLED_APPS` of any settings file.
    let installedApps: Set<String>
    let routes: [PythonRoute]

    private static let settingNames: Set<String> = [
        "INSTALLED_APPS", "ROOT_URLCONF", "DATABASES", "WSGI_APPLICATION", "ASGI_APPLICATION", "STATIC_ROOT",
        "MEDIA_ROOT", "CELERY_BROKER_URL", "CHANNEL_LAYERS", "CACHES", "STORAGES",
    ]

    /// `nil` when the code base has no `manage.py` of Django.
    init?(_ project: PythonProject) {
        let modules = project.modules
        manage = project.directory.appending(path: "manage.py")
        guard let program = modules.tree.contains(manage) ? modules.source(manage) : nil,
            program.statements.contains(where: { statement in
                if case .importFrom(let module, _) = statement.kind {
                    return module.hasPrefix("django.core.management")
                }
                return false
            })
        else { return nil }
        let settingsModule = Self.settingsModule(in: program)
        self.settingsModule = settingsModule
        directory = Self.startFolder(of: project, settingsModule)
        manageCommand =
            directory == project.directory
            ? "python manage.py" : "python -m " + (PythonModules.name(of: manage, from: directory) ?? "manage")
        let wsgiFile = Self.maker("get_wsgi_application", project)
        let asgiFile = Self.maker("get_asgi_application", project)
        let served = (wsgiFile?.source ?? asgiFile?.source).flatMap(Self.settingsModule)
        servedModule = served == settingsModule ? nil : served
        settings = Self.settings(of: project, [settingsModule, served])
        let values = DjangoSettings(settings, modules)
        wsgi = Self.entry(wsgiFile, stated: values.text("WSGI_APPLICATION"), project, from: directory)
        asgi = Self.entry(asgiFile, stated: values.text("ASGI_APPLICATION"), project, from: directory)
        installedApps = values.elements("INSTALLED_APPS")
        let root =
            values.text("ROOT_URLCONF") ?? wsgi.flatMap { $0.target.split(separator: ".").first }.map { "\($0).urls" }
        routes = root.map { DjangoRoutes(project).routes(of: $0, from: program.path) } ?? []
    }

    /// The folder above from which the settings' whole name is found, where that of `manage.py` is a part of the name:
    /// `src/manage.py` with `src.shop.settings`.
    private static func startFolder(of project: PythonProject, _ settingsModule: String?) -> String {
        let own = project.directory
        guard own != ".", let module = settingsModule,
            module.hasPrefix(own.lastPathComponent + "."),
            let found = project.modules.module(of: module, from: own.appending(path: "manage.py")), found.rest.isEmpty
        else { return own }
        let parts = module.split(separator: ".")
        let isPackage = found.path.hasSuffix("/__init__.py")
        let inner = parts.joined(separator: "/") + (isPackage ? "/__init__.py" : ".py")
        guard found.path.hasSuffix(inner) else { return own }
        let above = found.path == inner ? "." : String(found.path.dropLast(inner.utf8.count + 1))
        return own.relative(to: above) != nil ? above : own
    }

    /// `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "…")`
    private static func settingsModule(in source: PythonSource) -> String? {
        source.calls.lazy.compactMap { item -> String? in
            guard item.call.argument(nil, at: 0)?.string == "DJANGO_SETTINGS_MODULE" else { return nil }
            return item.call.argument("default", at: 1)?.string
        }.first
    }

    /// The first file that calls a function outside functions and classes.
    private static func maker(_ function: String, _ project: PythonProject) -> (source: PythonSource, line: Int)? {
        for source in project.sources {
            let found = source.calls.first { $0.call.callee.lastName == function && $0.statement.scope.isEmpty }
            if let found { return (source, found.statement.line) }
        }
        return nil
    }

    private static func settings(of project: PythonProject, _ named: [String?]) -> [PythonSource] {
        let stated = named.compactMap(\.self).compactMap { name in
            project.modules.module(of: name, from: project.directory.appending(path: "manage.py"))?.path
        }
        let usual = project.sources.filter { source in
            source.statements.contains { statement in
                guard statement.scope.count <= 1, case .assignment(let targets, _, _) = statement.kind else {
                    return false
                }
                return targets.contains { $0.dotted.map(settingNames.contains) ?? false }
            }
        }.map(\.path)
        // A settings package: files beside those found that only import and override.
        let folders = Set((stated + usual).map(\.parentDirectory).filter { $0.lastPathComponent.hasSuffix("settings") })
        let beside = folders.flatMap { project.modules.tree.files(under: $0) }.map(\.path).filter {
            $0.hasSuffix(".py")
        }
        let all = Set(stated + usual + beside).filter { !isForTests($0.lastPathComponent) }
        return all.sorted { (isProduction($0) ? 1 : 0, $0) < (isProduction($1) ? 1 : 0, $1) }
            .compactMap(project.modules.source)
    }

    private static func isForTests(_ name: String) -> Bool {
        name.hasPrefix("test") || name.hasSuffix("test.py") || name == "ci.py"
    }
    private static func isProduction(_ path: String) -> Bool { path.lastPathComponent.contains("prod") }

    private static func entry(
        _ file: (source: PythonSource, line: Int)?, stated: String?, _ project: PythonProject, from folder: String
    ) -> Entry? {
        if let stated, let dot = stated.lastIndex(of: ".") {
            let module = String(stated[..<dot])
            let found = project.modules.module(of: module, from: project.directory.appending(path: "manage.py"))
            if let found, found.rest.isEmpty {
                return Entry(
                    target: "\(module):\(stated[stated.index(after: dot)...])", path: found.path,
                    line: found.path == file?.source.path ? file?.line ?? 1 : 1)
            }
        }
        guard let file, let inner = file.source.path.relative(to: folder) else { return nil }
        let module = inner.dropLast(inner.hasSuffix("/__init__.py") ? 12 : 3).replacing("/", with: ".")
        let names = file.source.moduleAssignments.filter { $0.value.line >= file.line }.keys
        let name = ["application", "app"].first(where: names.contains) ?? names.min() ?? "application"
        return Entry(target: "\(module):\(name)", path: file.source.path, line: file.line)
    }

    /// Channels or another ASGI server is set up, or there is nothing else.
    func isAsynchronous(_ project: PythonProject) -> Bool {
        guard let asgi else { return false }
        guard wsgi != nil else { return true }
        if installedApps.contains("channels") || installedApps.contains("daphne") { return true }
        let routes = project.modules.source(asgi.path)?.calls.contains {
            $0.call.callee.lastName == "ProtocolTypeRouter"
        }
        if routes == true { return true }
        let names = Set(project.dependencies.map(\.name))
        return names.isDisjoint(with: ["gunicorn", "uwsgi", "waitress", "mod-wsgi"])
            && !names.isDisjoint(with: ["uvicorn", "hypercorn", "daphne", "granian"])
    }
}
