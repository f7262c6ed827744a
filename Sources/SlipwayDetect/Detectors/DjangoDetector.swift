// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Django sites: server, migrations, static files, health route, and the workers of Django's own task queues.
struct DjangoDetector: Detector {
    let name = "django"
    var refines: [String] { ["python", "python-web"] }
    let account = DetectorAccount(
        recognises:
            "Django sites, served by WSGI or ASGI, with settings in one file or a package.",
        reads: ["manage.py", "settings", "wsgi.py and asgi.py", "urls.py, followed through include()"],
        confidence: "90 % from code")

    /// Applications that bring a command which works off tasks (each project's own documentation).
    private static let workers: [(app: String, command: String, why: String)] = [
        ("huey.contrib.djhuey", "run_huey", "Huey's Django integration"),
        ("django_rq", "rqworker default", "django-rq"), ("django_q", "qcluster", "Django Q"),
        ("django_q2", "qcluster", "Django Q2"), ("django_dramatiq", "rundramatiq", "django-dramatiq"),
        ("background_task", "process_tasks", "django-background-tasks"),
        ("django_tasks.backends.database", "db_worker", "django-tasks"),
        ("procrastinate.contrib.django", "procrastinate worker", "Procrastinate"),
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            guard let site = repository.django[project.directory] else { return [] }
            return web(site, project) + release(site, project) + workers(site, project)
        }
    }

    private func web(_ site: DjangoProject, _ project: PythonProject) -> [Evidence] {
        var testimony = Testimony(Subject(site.directory, Subject.web))
        testimony.say(.role(.backend), file: site.manage, line: 1, "Django's manage.py")
        testimony.say(.framework("django"), file: site.manage, line: 1, "Django's manage.py")
        let isAsynchronous = site.isAsynchronous(project)
        let entry = isAsynchronous ? site.asgi : site.wsgi
        let start = Self.start(entry, isAsynchronous, site, project)
        testimony.say(
            .start(start), file: entry?.path ?? site.manage, line: entry?.line ?? 1,
            isAsynchronous ? "Django's ASGI object" : "Django's WSGI object", 0.76)
        testimony.say(.port(8000), file: site.manage, line: 1, "Django's usual port", Confidence.convention)
        for route in site.routes where route.path != "/" {
            testimony.say(.path(route.path), file: route.file, line: route.line, "URL pattern")
        }
        let healthy = site.routes.compactMap { route in HealthPath.rank(route.path).map { (route, $0) } }
            .sorted { ($0.1, $0.0.path) < ($1.1, $1.0.path) }
        for (place, item) in healthy.prefix(2).enumerated() {
            testimony.say(
                .healthPath(item.0.path), file: item.0.file, line: item.0.line, "URL pattern",
                Confidence.code - 0.1 * Double(place))
        }
        if let check = PythonHealthChecks.find(in: project) {
            testimony.say(
                .healthPath(check.path), file: check.file, line: check.line, "answered by middleware",
                Confidence.code + 0.02)
        }
        return testimony.evidence + files(site, project)
    }

    private func files(_ site: DjangoProject, _ project: PythonProject) -> [Evidence] {
        let folders = DjangoPublicFolders(site, project)
        var testimony = Testimony(Subject(site.directory, Subject.web))
        for item in folders.found {
            testimony.say(.publicFolder(item.folder), file: item.file, line: item.line, item.why, 0.85)
            guard item.isWritten else { continue }
            testimony.say(
                .writableDirectory(item.folder.directory), file: item.file, line: item.line, "uploads",
                Confidence.toolFile)
        }
        if let served = folders.served {
            testimony.say(.path(served.path), file: served.file, line: served.line, "served by the process itself")
        }
        let remark = folders.uncollected.map { place in
            Evidence.remark(
                Diagnostic(
                    "DT008", .warning, file: place.file, line: place.line,
                    "outside of debug mode Django serves no static files, and without STATIC_ROOT nothing can collect them: "
                        + "the administration has no styles; add STATIC_ROOT = BASE_DIR / \"staticfiles\""))
        }
        let unmade = DjangoUnmadeTables(site, project).remarks.map { Evidence.remark($0) }
        return testimony.evidence + unmade + [remark, Self.advice(folders)].compactMap(\.self)
    }

    private static func advice(_ folders: DjangoPublicFolders) -> Evidence? {
        guard let collected = folders.found.first(where: { !$0.isWritten }) else { return nil }
        return .remark(
            Diagnostic(
                "DT009", .info, file: collected.file, line: collected.line,
                "the process does not serve \(collected.folder.path): the embedded engine, nginx in Compose and Fly's proxy do, "
                    + "Swarm, Kubernetes, Render, Railway and Heroku have nobody who would; for these add whitenoise to the "
                    + "requirements and to MIDDLEWARE"))
    }

    private static func start(
        _ entry: DjangoProject.Entry?, _ isAsynchronous: Bool, _ site: DjangoProject, _ project: PythonProject
    ) -> StartCommand {
        let names = Set(project.dependencies.map(\.name))
        let host = "${HOST:-0.0.0.0}"
        let port = "${PORT:-8000}"
        var text: String
        if isAsynchronous, let entry {
            if names.contains("uvicorn") || names.isDisjoint(with: ["daphne", "channels", "hypercorn", "granian"]) {
                text = "uvicorn \(entry.target) --host \(host) --port \(port)"
            } else if names.contains("daphne") || names.contains("channels") {
                text = "daphne -b \(host) -p \(port) \(entry.target)"
            } else if names.contains("hypercorn") {
                text = "hypercorn \(entry.target) --bind \(host):\(port)"
            } else {
                text = "granian --interface asgi --host \(host) --port \(port) \(entry.target)"
            }
        } else if let target = entry?.target, !names.contains("gunicorn"), names.contains("uwsgi") {
            text = "uwsgi --master --http \(host):\(port) --module \(target)"
        } else if let target = entry?.target, !names.contains("gunicorn"), names.contains("waitress") {
            text = "waitress-serve --listen=\(host):\(port) \(target)"
        } else if let target = entry?.target, !names.contains("gunicorn"), names.contains("granian") {
            text = "granian --interface wsgi --host \(host) --port \(port) \(target)"
        } else if let target = entry?.target {
            text = "gunicorn \(target) --bind \(host):\(port)"
        } else {
            let module = Self.settings(site.settingsModule)
            text = "\(module)gunicorn 'django.core.wsgi:get_wsgi_application()' --bind \(host):\(port)"
        }
        return StartCommand(text, port: 8000, portVariable: "PORT", hostVariable: "HOST")
    }

    /// The assignment before a command; nothing where the module is no name but a template's place holder.
    private static func settings(_ module: String?) -> String {
        guard let module, module.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }) else { return "" }
        return "DJANGO_SETTINGS_MODULE=${DJANGO_SETTINGS_MODULE:-\(module)} "
    }

    private func release(_ site: DjangoProject, _ project: PythonProject) -> [Evidence] {
        let subject = Subject(site.directory, nil)
        // `manage.py` takes the development settings by default; the processes run with others.
        let module = Self.settings(site.servedModule)
        var found: [Evidence] = [
            .claim(
                .release("\(module)\(site.manageCommand) migrate --noinput"), for: subject, file: site.manage, line: 1,
                why: "Django's migrations", confidence: Confidence.toolFile)
        ]
        let roots = DjangoSettings(site.settings, project.modules).values("STATIC_ROOT")
        if let root = roots.last {
            found.append(
                .claim(
                    .build("\(module)\(site.manageCommand) collectstatic --noinput"), for: subject,
                    file: root.source.path,
                    line: root.line, why: "STATIC_ROOT is set", confidence: Confidence.toolFile))
        }
        return found
    }

    private func workers(_ site: DjangoProject, _ project: PythonProject) -> [Evidence] {
        Self.workers.flatMap { row -> [Evidence] in
            guard site.installedApps.contains(row.app) else { return [] }
            var testimony = Testimony(Subject(site.directory, "worker"))
            let file = site.settings.first {
                $0.statements.contains { $0.expressions.contains { $0.mentions(row.app) } }
            }
            testimony.say(.role(.worker), file: file?.path, "\(row.why) in INSTALLED_APPS", Confidence.toolFile)
            testimony.say(
                .start(StartCommand("\(site.manageCommand) \(row.command)")), file: file?.path,
                "\(row.why) in INSTALLED_APPS", Confidence.toolFile)
            return testimony.evidence
        }
    }
}

extension PythonExpression {
    /// Whether a string literal with exactly this text stands somewhere inside.
    func mentions(_ text: String) -> Bool {
        var found = false
        walk { if $0.string == text { found = true } }
        return found
    }
}
