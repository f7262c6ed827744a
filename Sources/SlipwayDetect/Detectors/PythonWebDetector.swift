// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// FastAPI, Flask and the other frameworks whose application object the source makes.
struct PythonWebDetector: Detector {
    let name = "python-web"
    var refines: [String] { ["python"] }
    let account = DetectorAccount(
        recognises:
            "FastAPI, Flask, Starlette, Litestar, Quart, Sanic, Falcon, Dash and others, by the application object or the factory that the source makes.",
        reads: [
            "constructors, factories and wrappers in the source", "imports, for the folder where the process starts",
            "the program's own server, options of its command line, gunicorn's and Hypercorn's configuration, .flaskenv, configuration files that it reads, commands in scripts and documents for the port",
            "routers with their prefixes",
        ],
        confidence: "90 % for the object, 75 % for the command, 52 to 80 % for the port")

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            guard let service = repository.pythonServices[project.directory] else { return [] }
            // What a Procfile or an image starts is settled there.
            let named = !repository.procfiles.isEmpty || !repository.images.isEmpty
            let others = named ? [] : PythonService.others(beside: service, project)
            return evidence(service, Subject.web, project, repository.stated)
                + others.flatMap { other -> [Evidence] in
                    let folder = (other.application.path.relative(to: project.directory) ?? "").split(separator: "/")
                    return evidence(other, folder.first.map(String.init) ?? "api", project, repository.stated)
                }
        }
    }

    private func evidence(
        _ service: PythonService, _ process: String, _ project: PythonProject, _ stated: StatedCommands
    ) -> [Evidence] {
        let application = service.application
        let subject = Subject(service.directory, process)
        func claim(_ claim: Claim, _ why: String, _ confidence: Double, file: String? = nil, line: Int? = nil)
            -> Evidence
        {
            .claim(
                claim, for: subject, file: file ?? application.path, line: line ?? application.line, why: why,
                confidence: confidence)
        }
        let start = PythonServer.command(for: service, project)
        var found = [
            claim(.role(.backend), "\(application.framework.name) application", Confidence.code),
            claim(.framework(application.framework.name), "\(application.name) is made here", Confidence.code),
            claim(.start(start), "\(service.target) served by \(start.text.prefix { $0 != " " })", 0.75),
            claim(
                .port(application.framework.usualPort), "\(application.framework.name)'s usual port",
                Confidence.convention),
        ]
        let listening = PythonListening(project, near: application.path)
        if let listening, let port = listening.port {
            found.append(
                claim(
                    .port(port), "the program's own server listens there",
                    listening.file == application.path ? 0.78 : 0.76, file: listening.file,
                    line: listening.line))
        } else if let given = configured(listening, application.framework.name, project) {
            found.append(claim(.port(given.number), "given to the program", 0.76, file: given.file, line: given.line))
        }
        let image = project.modules.tree.text(project.directory.appending(path: "Dockerfile")) ?? ""
        if start.text.hasPrefix("gunicorn") || image.contains("\"gunicorn\"") || image.contains("CMD gunicorn"),
            let bound = PythonListening(gunicornOf: project, project.modules.tree), let port = bound.port
        {
            found.append(claim(.port(port), "gunicorn's bind", 0.8, file: bound.file, line: bound.line))
        }
        if let command = stated.port(of: service.target) {
            found.append(
                claim(
                    .port(command.port), "a command that serves \(service.target)", command.confidence,
                    file: command.line.file, line: command.line.number))
        }
        // A process that starts above its code base is known by the code base's folder.
        if service.directory != project.directory {
            found.append(claim(.name(project.directory.lastPathComponent), "folder of the code", Confidence.code))
        }
        for route in service.routes {
            found.append(claim(.path(route.path), "route", Confidence.code, file: route.file, line: route.line))
        }
        found += documentation(application).map {
            claim(.path($0), "FastAPI's documentation pages", Confidence.convention)
        }
        let healthy = service.routes.filter { $0.method != "post" && $0.method != "websocket" }
            .compactMap { route in HealthPath.rank(route.path).map { (route, $0) } }
            .sorted { ($0.1, $0.0.path) < ($1.1, $1.0.path) }
        for (place, item) in healthy.prefix(3).enumerated() {
            found.append(
                claim(
                    .healthPath(item.0.path), "health route", Confidence.code - 0.1 * Double(place), file: item.0.file,
                    line: item.0.line))
        }
        if let check = PythonHealthChecks.find(in: project) {
            found.append(
                claim(
                    .healthPath(check.path), "answered by middleware", Confidence.code + 0.02, file: check.file,
                    line: check.line))
        }
        return found
    }

    /// The port of a file that Flask or the program itself reads.
    private func configured(
        _ listening: PythonListening?, _ framework: String, _ project: PythonProject
    ) -> ConfiguredPort? {
        let tree = project.modules.tree
        if framework == "flask" || framework == "quart" {
            // https://flask.palletsprojects.com/en/stable/cli/#environment-variables-from-dotenv
            let folder = project.directory
            for path in [".flaskenv", ".env", ".env.example"].map({ folder.appending(path: $0) }) {
                guard tree.contains(path),
                    let found = ConfiguredPort.given("FLASK_RUN_PORT", in: path, tree)
                else { continue }
                return found
            }
        }
        guard let listening else { return nil }
        func isRead(_ name: String) -> Bool {
            let search = ByteSearch(["\"\(name)", "'\(name)", "/\(name)"].map { $0.lowercased() })
            return project.sources.contains { search.isFound(in: tree.bytes($0.path) ?? []) }
        }
        let folders = Set([project.directory, "."]).sorted().reversed()
        if let variable = listening.portVariable {
            return ConfiguredPort.given(variable, in: Array(folders), tree) { _ in true }
        }
        return ConfiguredPort.find(in: project.directory, tree, isRead: isRead)
    }

    /// Paths that FastAPI adds by itself unless told otherwise (fastapi.applications.FastAPI).
    private func documentation(_ application: PythonApplication) -> [String] {
        guard application.framework.name == "fastapi", let call = application.call else { return [] }
        return [("docs_url", "/docs"), ("redoc_url", "/redoc"), ("openapi_url", "/openapi.json")].compactMap {
            name, usual in
            guard let given = call.argument(name) else { return usual }
            return given.string
        }
    }
}
