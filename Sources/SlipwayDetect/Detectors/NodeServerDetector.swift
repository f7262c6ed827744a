// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Node programs that listen: Express and the other frameworks, or `node:http` alone.
struct NodeServerDetector: Detector {
    let name = "node-server"
    var refines: [String] { ["node"] }
    let account = DetectorAccount(
        recognises:
            "Node programs that listen: Express, Fastify, Koa, Hono, NestJS, AdonisJS and others, or node:http alone.",
        reads: [
            "calls that listen, with what their arguments are made of, in other files too",
            "configuration files that the code reads", "production dependencies",
            "scripts, without those that watch files", "routers and where they are mounted",
        ],
        confidence: "90 % from code, 70 % for the file to start when no script says it")

    /// Routes that the framework answers by itself: docs.strapi.io (FAQ, health check), docs.medusajs.com (deployment),
    /// docs.directus.io (server API).
    private static let ownHealth = ["strapi": "/_health", "medusa": "/health", "directus": "/server/ping"]

    func detect(in repository: Repository) -> [Evidence] {
        repository.nodeApplications.flatMap { application -> [Evidence] in
            guard let server = application.server else { return [] }
            // A script beside a Python service that opens a port is one of its tools.
            if server.framework == "node", repository.hasPythonService(in: application.project.directory) { return [] }
            let project = application.project
            let build = NodeBuild.find(
                ["build", "build:prod", "build:server", "compile"], application, repository.tree)
            let web = Subject(project.directory, repository.webProcess(ofNode: project.directory))
            return evidence(server, web, build, application, repository)
                + application.programs.flatMap { name, server in
                    let build = server.build.map { (command: $0, line: server.startLine, why: server.startWhy) }
                    return evidence(server, Subject(project.directory, name), build, application, repository)
                }
        }
    }

    /// The port of a file that the code requires or reads.
    private func configured(_ project: NodeProject, _ tree: SourceTree) -> ConfiguredPort? {
        ConfiguredPort.find(in: project.directory, tree) { name in
            let search = ByteSearch(["/\(name)", "\"\(name)", "'\(name)"].map { $0.lowercased() })
            return project.scripts.contains { search.isFound(in: tree.bytes($0) ?? []) }
        }
    }

    private func evidence(
        _ server: NodeServer, _ subject: Subject, _ build: (command: String, line: Int?, why: String)?,
        _ application: NodeApplication, _ repository: Repository
    ) -> [Evidence] {
        let (project, tree) = (application.project, repository.tree)
        var web = Testimony(subject)
        web.say(.role(.backend), file: server.file, line: server.line, server.why, server.confidence)
        web.say(
            .start(server.start), file: server.startFile, line: server.startLine, server.startWhy,
            server.startConfidence)
        web.say(.port(server.usualPort), file: server.file, "usual port of such servers", Confidence.convention)
        if let framework = server.framework {
            web.say(.framework(framework), file: project.manifest.path, "production dependency")
        }
        if let port = server.listening.port, let file = server.listening.file {
            web.say(.port(port), file: file, line: server.listening.line, "listens on it")
        } else if let variable = server.listening.portVariable ?? (server.listening.isListening ? nil : "PORT"),
            let given = NodePortFile.find(variable, for: project, tree)
        {
            web.say(
                .port(given.port), file: given.file, line: given.line, "\(variable) is given so", Confidence.toolFile)
        } else if server.listening.isListening, let given = configured(project, tree) {
            web.say(.port(given.number), file: given.file, line: given.line, "configuration that the code reads", 0.78)
        }
        if let script = NodeStart.script(of: project, tree), let seed = script.seed,
            server.startFile == project.manifest.path
        {
            web.say(.seed(seed), file: project.manifest.path, line: script.line, "\(script.name): \(script.text)", 0.6)
        }
        if let build {
            web.say(.build(build.command), file: project.manifest.path, line: build.line, build.why)
        }
        for route in server.routes.routes {
            web.say(.path(route.path), file: route.file, line: route.line, "route")
        }
        if let path = server.framework.flatMap({ Self.ownHealth[$0] }) {
            web.say(.healthPath(path), file: project.manifest.path, "answered by the framework", Confidence.dependency)
        }
        for written in NodeWrittenFolders(project, tree).found {
            web.say(
                .writableDirectory(written.folder), file: written.file, line: written.line, "files are written there",
                Confidence.dependency)
        }
        let healthy = server.routes.routes.compactMap { route in HealthPath.rank(route.path).map { (route, $0) } }
            .map { (route: $0.0, rank: $0.1, refuses: Self.refuses($0.0, tree) ? 1 : 0) }
            .sorted { ($0.refuses, $0.rank, $0.route.path) < ($1.refuses, $1.rank, $1.route.path) }
        for (place, item) in healthy.prefix(2).enumerated() {
            web.say(
                .healthPath(item.route.path), file: item.route.file, line: item.route.line, "health route",
                Confidence.code - 0.1 * Double(place))
        }
        return web.evidence
    }

    /// Whether the lines of the handler say 503: an answer that depends on others says nothing of the process itself.
    private static func refuses(_ route: NodeRoutes.Route, _ tree: SourceTree) -> Bool {
        guard let text = tree.text(route.file) else { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(max(route.line - 1, 0))
        let next = ["app.", "router.", "server.", "fastify.", "@Get(", "export "]
        for (place, line) in lines.prefix(30).enumerated() {
            let code = line.drop { $0 == " " || $0 == "\t" }
            if place > 0, next.contains(where: code.hasPrefix) { return false }
            if code.contains("503") || code.contains("SERVICE_UNAVAILABLE") || code.contains("ServiceUnavailable") {
                return true
            }
        }
        return false
    }
}
