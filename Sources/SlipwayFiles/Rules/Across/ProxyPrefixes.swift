// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// 404 for every request
    static let prefixLost = Rule(
        "AP383", .error, "a proxy passes another path on than the one that the application answers",
        why:
            "With a path behind the address nginx puts it in the place of the location's prefix; without one it passes the "
            + "request on as it is. When the application does not agree, every request of the API ends with 404.",
        catches: [
            RuleExample(
                [
                    "ops/nginx.conf.example":
                        "server {\n  location /api/ {\n    proxy_pass http://127.0.0.1:8080/;\n  }\n}\n",
                    "api/routes.go": "api := r.Group(\"/api\")\napi.GET(\"/users\", users)\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 8080)])),
            RuleExample(
                [
                    "nginx.conf":
                        "server {\n  location /api/ {\n    proxy_pass http://api:3000/;\n  }\n}\n",
                    "api/main.ts": "app.setGlobalPrefix('api');\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3000)])),
            RuleExample(
                [
                    "nginx.conf":
                        "server {\n  location /api/ {\n    proxy_pass http://api:3000;\n  }\n}\n",
                    "api/server.js": "app.get('/users', users)\napp.post('/login', login)\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3000)])),
            RuleExample(
                [
                    "nginx.conf":
                        "server {\n  location /api/ {\n    proxy_pass http://api:3000/;\n  }\n}\n",
                    "api/main.ts":
                        "app.enableVersioning({\n  type: VersioningType.URI,\n  defaultVersion: '1',\n});\n",
                    "web/a.ts": "fetch('/api/users')\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3000)])),
        ],
        passes: [
            RuleExample(
                [
                    "nginx.conf":
                        "server {\n  location /api/ {\n    proxy_pass http://api:3000/;\n  }\n}\n",
                    "api/main.ts":
                        "app.enableVersioning({\n  type: VersioningType.URI,\n  defaultVersion: '1',\n});\n",
                    "web/a.ts": "fetch('/api/v1/users')\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3000)])),
            RuleExample(
                [
                    "nginx.conf":
                        "server {\n  location /api/ {\n    proxy_pass http://127.0.0.1:8080;\n  }\n}\n",
                    "api/routes.go": "api := r.Group(\"/api\")\napi.GET(\"/users\", users)\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 8080)])),
            RuleExample(
                [
                    "nginx.conf":
                        "server {\n  location /api/ {\n    proxy_pass http://api:3000/;\n  }\n}\n",
                    "api/server.js": "app.get('/users', users)\napp.post('/login', login)\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3000)])),
            RuleExample(
                [
                    "nginx.conf":
                        "server {\n  location /api/ {\n    proxy_pass http://api:3000/;\n  }\n}\n",
                    "api/server.js": "app.use('/api/users', users)\napp.use('/auth', auth)\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3000)])),
        ]
    ) { repository in
        guard repository.isWhole, !repository.nginxFiles.isEmpty,
            let backends = repository.app?.services.filter({ $0.role == .backend }), backends.count == 1
        else { return [] }
        let asked = repository.nginxFiles.flatMap { file in
            file.servers.flatMap(\.locations).compactMap { location in request(location).map { (file, $0) } }
        }
        guard !asked.isEmpty else { return [] }
        guard let answers = AnsweredPrefix(of: backends[0], in: repository) else { return [] }
        return asked.compactMap { file, request in
            guard isOwn(request.host, backends[0], repository) else { return nil }
            if let version = answers.version {
                return Violation(
                    file: file.location, line: request.line,
                    "every route begins with \(version.prefix) (\(version.place)), and what is passed on does not; write: "
                        + "proxy_pass \(request.address)\(version.prefix)/;")
            }
            if request.isCut, answers.hasPrefixAlone {
                return Violation(
                    file: file.location, line: request.line,
                    "/api is cut off here, and \(answers.place) answers /api/...; write: proxy_pass \(request.address);"
                )
            }
            if !request.isCut, answers.hasNoPrefix {
                return Violation(
                    file: file.location, line: request.line,
                    "/api stays in front, and no route of \(backends[0].directory) begins with it; write: "
                        + "proxy_pass \(request.address)/;")
            }
            return nil
        }
    }

    private typealias Request = (host: String, address: String, isCut: Bool, line: Int)

    /// What a location for /api passes on.
    private static func request(_ location: NginxLocation) -> Request? {
        guard ["/api", "/api/"].contains(location.pattern), location.modifier == nil || location.modifier == "^~",
            location.directive.all("rewrite").isEmpty, let pass = location.proxyPass,
            let target = pass.parameters.first,
            target.hasPrefix("http://"), !target.contains("$")
        else { return nil }
        let rest = target.dropFirst(7)
        let address = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(address.count)
        guard path.isEmpty || path == "/" && location.pattern == "/api/" else { return nil }
        return (String(address.prefix { $0 != ":" }), "http://\(address)", !path.isEmpty, pass.line)
    }

    /// Whether requests to the host reach the back end.
    private static func isOwn(_ host: String, _ backend: Service, _ repository: CheckedRepository) -> Bool {
        if ["127.0.0.1", "localhost", backend.name].contains(host) { return true }
        return repository.deployedUnits.contains { $0.service?.name == host && $0.app?.name == backend.name }
            || repository.nginxFiles.contains { $0.document.upstreams.contains { $0.name == host } }
    }
}

/// Whether the routes of a back end begin with /api.
private struct AnsweredPrefix {
    /// Every route does.
    let hasPrefixAlone: Bool
    /// None does, and routes were found.
    let hasNoPrefix: Bool
    /// The first route that does.
    let place: String
    /// What Nest's versions put before every route, when no page asks for it.
    private(set) var version: (prefix: String, place: String)?

    init?(of service: Service, in repository: CheckedRepository) {
        let folder = service.directory == "." ? "" : service.directory + "/"
        let endings = [".py", ".js", ".ts", ".mjs", ".go", ".java", ".kt", ".cs", ".rs"]
        let files = repository.programFiles.lazy.filter { entry in
            entry.path.hasPrefix(folder) && endings.contains(where: entry.path.hasSuffix)
        }.compactMap { entry in repository.tree.text(entry.path).map { CodeText(path: entry.path, text: $0) } }
        var with = ""
        var others = 0
        var isGlobal = false
        var mentions = false
        for file in files {
            for (index, line) in file.bare.enumerated() where line.contains("'") {
                if Self.isGlobal(line) { isGlobal = true }
                if line.contains("/api") || line.contains("'api") { mentions = true }
                // A server that is told of the prefix by the proxy answers both.
                if line.contains("root_path=") || line.contains("UsePathBase") { return nil }
                guard let path = Self.mounted(line) else { continue }
                if path == "/api" || path.hasPrefix("/api/") {
                    if with.isEmpty { with = "\(file.path):\(index + 1)" }
                } else if !Self.isAside(path) {
                    others += 1
                }
                if Self.isGlobal(line), with.isEmpty { with = "\(file.path):\(index + 1)" }
            }
            if isGlobal, with.isEmpty, let index = file.bare.firstIndex(where: Self.isGlobal) {
                with = "\(file.path):\(index + 1)"
            }
        }
        let isConfigured = repository.tree.files(under: service.directory).contains { entry in
            guard entry.name.hasPrefix("application"), let text = repository.tree.text(entry.path) else { return false }
            return text.contains("context-path") || text.contains("base-path")
        }
        guard !isConfigured else { return nil }
        if !isGlobal, !Self.asksForVersion(outside: folder, repository) {
            version = files.lazy.compactMap(Self.version).first
        }
        hasPrefixAlone = isGlobal || !with.isEmpty && others == 0
        hasNoPrefix = !mentions && others > 1
        place = with
    }

    /// `enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })`
    private static func version(_ file: CodeText) -> (prefix: String, place: String)? {
        guard let call = file.body(after: ".enableVersioning("), call.text.contains("VersioningType.URI"),
            !call.text.contains("prefix:"),
            let range = TextSearch.range(of: "defaultVersion:'", in: call.text[...])
        else { return nil }
        return ("/v" + call.text[range.upperBound...].prefix { $0 != "'" }, "\(file.path):\(call.line)")
    }

    /// Whether a page writes the version into the paths that it asks.
    private static func asksForVersion(outside folder: String, _ repository: CheckedRepository) -> Bool {
        guard !folder.isEmpty else { return true }
        return repository.code([".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte"], with: ["/v1", "/v2"]).contains {
            file in
            !file.path.hasPrefix(folder) && !file.path.contains(".config.")
                && file.lines.contains { $0.contains("/v1") || $0.contains("/v2") }
        }
    }

    private static func isGlobal(_ line: String) -> Bool {
        line.contains("setGlobalPrefix('api'") || line.contains("setGlobalPrefix('/api'")
            || line.contains("setGlobalPrefix('api/")
    }

    /// The path that a line gives to a route or a router of the application itself.
    private static func mounted(_ line: String) -> String? {
        let openings = [
            "app.use('", "app.get('", "app.post('", "app.put('", "app.delete('", "app.route('", "server.use('",
            "e.Group('", "r.Group('", "router.Group('", "app.Group('", "engine.Group('", "mux.HandleFunc('", "r.GET('",
            "r.POST('", "r.Route('", "http.HandleFunc('", "include_router(", "APIRouter(prefix='", "@RequestMapping('",
            "url_prefix='", "@app.get('", "@app.post('", "PathPrefix('", "MapGroup('", "MapGet('", "MapPost('",
        ]
        for opening in openings {
            guard let range = TextSearch.range(of: opening, in: line[...]) else { continue }
            let rest = line[range.upperBound...]
            if opening == "include_router(" {
                guard let prefix = TextSearch.range(of: "prefix='", in: rest) else { continue }
                return String(rest[prefix.upperBound...].prefix { $0 != "'" })
            }
            let path = rest.prefix { $0 != "'" }
            return path.hasPrefix("/") ? String(path) : nil
        }
        return nil
    }

    /// Paths that are asked without the proxy, or are no part of the API.
    private static func isAside(_ path: String) -> Bool {
        path == "/" || path.contains("*")
            || [
                "/health", "/ping", "/ready", "/live", "/metrics", "/docs", "/swagger", "/static", "/uploads",
                "/assets",
                "/public", "/media", "/openapi", "/ws", "/socket", "/favicon", "/robots", "/images", "/files",
                "/version",
                "/bot", "/webhook", "/stripe", "/admin", "/debug", "/redoc", "/status", "/sse",
            ].contains(where: path.hasPrefix)
    }
}
