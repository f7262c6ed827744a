// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The platform asks for ever and ends what works.
    static let healthPathMissing = Rule(
        "AP115", .error, "a health check asks a path that the code does not have",
        why: "The application answers 404, the platform counts that as ill, restarts it for ever or stops the release.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8000/healthz\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\"]\n",
                "a.py": "@app.get('/health')\ndef health(): ...\n",
            ],
            [
                "fly.toml": "[http_service]\ninternal_port = 8000\n[[http_service.checks]]\npath = '/up'\n",
                "a.py": "x = '/health'\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8000/health\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\"]\n",
                "a.py": "@app.get('/health')\ndef health(): ...\n",
            ],
            ["fly.toml": "[http_service]\ninternal_port = 8000\n[[http_service.checks]]\npath = '/'\n"],
            [
                "compose.yml":
                    "services:\n  flower:\n    build: .\n    command: celery -A a flower --port=5555\n    healthcheck:\n      test: curl -f http://localhost:5555/healthcheck\n",
                "Dockerfile": "FROM python:3.13\n", "a.py": "x = '/health'\n",
            ],
        ]
    ) { repository in
        HealthClaims.of(repository).compactMap { claim in
            guard let word = HealthClaims.telling(claim.path), !RouteSearch.finds(word, claim.path, in: repository)
            else {
                return nil
            }
            let real = claim.app?.healthPath ?? repository.app?.services.compactMap(\.healthPath).first
            // The framework's own, which stands nowhere in the code: /_stcore/health of Streamlit.
            guard real != claim.path, !claim.path.hasPrefix("/_stcore/") else { return nil }
            return Violation(
                file: claim.file, line: claim.line,
                "no route of the code has \(claim.path)"
                    + (real.map { "; write: \($0)" } ?? "; write a path that answers 200"))
        }
    }

    /// A prefix is missing, or one too many.
    static let healthPathDiffers = Rule(
        "AP116", .warning, "a health check asks another path than the one that the code serves",
        why: "The route is mounted under a prefix, or with a trailing slash: the check gets 404 or a redirect.",
        catches: [
            RuleExample(
                [
                    "api/Dockerfile":
                        "FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8000/health\nCMD [\"x\"]\n",
                    "api/a.py": "router.get('/health')\napp.include_router(router, prefix='/api')\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "api", directory: "api", role: .backend, healthPath: "/api/health")],
                    origins: [
                        "services.api.healthPath": Origin(file: "api/a.py", line: 1, why: "route", confidence: 0.9)
                    ]))
        ],
        passes: [
            RuleExample(
                [
                    "api/Dockerfile":
                        "FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8000/api/health\nCMD [\"x\"]\n",
                    "api/a.py": "router.get('/health')\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "api", directory: "api", role: .backend, healthPath: "/api/health")],
                    origins: [
                        "services.api.healthPath": Origin(file: "api/a.py", line: 1, why: "route", confidence: 0.9)
                    ])),
            // The files' server answers for itself.
            RuleExample(
                [
                    "web/fly.toml":
                        "[http_service]\ninternal_port = 8080\n[[http_service.checks]]\npath = '/healthz'\n",
                    "api/a.py": "router.get('/healthz')\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "api", directory: "api", role: .backend, healthPath: "/api/healthz"),
                        Service(name: "web", directory: "web", role: .spa),
                    ],
                    origins: [
                        "services.api.healthPath": Origin(file: "api/a.py", line: 1, why: "route", confidence: 0.9)
                    ])),
        ]
    ) { repository in
        HealthClaims.of(repository).compactMap { claim in
            guard let service = claim.app, let path = service.healthPath, path != claim.path, claim.path != "/",
                path.hasSuffix(claim.path) || claim.path == path + "/" || path == claim.path + "/",
                let origin = repository.app?.origins["services.\(service.name).healthPath"], origin.confidence >= 0.7,
                let file = origin.file, FileFormat(path: file) == nil
            else { return nil }
            return Violation(
                file: claim.file, line: claim.line, "the code serves \(path) (\(origin.location)); write: \(path)")
        }
    }

    /// The route is there and nobody asks it.
    static let healthRouteUnused = Rule(
        "AP117", .info, "a health route exists and no check asks it",
        why: "Without a check the orchestrator sends requests to what does not answer, and never restarts what hangs.",
        catches: [
            RuleExample(
                ["Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\"]\n"],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, port: 8000, healthPath: "/health")]))
        ],
        passes: [
            RuleExample(
                ["Dockerfile": "FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8000/health\nCMD [\"u\"]\n"],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, port: 8000, healthPath: "/health")]))
        ]
    ) { repository in
        guard repository.flyFiles.allSatisfy({ $0.services.allSatisfy(\.checkPaths.isEmpty) }) else { return [] }
        return repository.deployedUnits.compactMap { unit in
            guard !unit.isForDevelopment, let app = unit.app, app.role.listens, let path = app.healthPath,
                unit.service?.healthcheck == nil, unit.server?.line.program != "celery",
                !unit.instructions.contains(where: { $0.keyword == "HEALTHCHECK" }),
                unit.service.map({ !$0.ports.isEmpty || !$0.exposed.isEmpty }) ?? true
            else { return nil }
            let line = unit.instructions.last { $0.keyword == "CMD" || $0.keyword == "ENTRYPOINT" }?.line
            return Violation(
                file: unit.dockerfile.location, line: line ?? unit.stage.from.line,
                "nothing asks \(path); add before the command: HEALTHCHECK CMD ... http://127.0.0.1:\(app.port ?? 8000)\(path)"
            )
        }
    }
}

/// Paths that deployment files ask for a sign of life.
enum HealthClaims {
    struct Claim {
        let path: String
        let file: String
        let line: Int
        /// The service that is asked, when that is certain.
        let app: Service?
    }

    static func of(_ repository: CheckedRepository) -> [Claim] {
        var found: [Claim] = []
        for unit in repository.deployedUnits {
            guard let request = HealthRequest.of(unit), isAnswered(request, by: unit) else { continue }
            // A check of a Dockerfile is met once for each service that is built from it.
            if found.contains(where: { $0.file == request.file && $0.line == request.line }) { continue }
            found.append(Claim(path: request.path, file: request.file, line: request.line, app: unit.app))
        }
        let only = repository.app.flatMap { app in
            app.services.filter(\.role.listens).count == 1 ? app.services.first(where: \.role.listens) : nil
        }
        // A file beside the code of one service is about that one.
        func service(of file: String) -> Service? {
            let folder = file.split(separator: "/").dropLast().joined(separator: "/")
            let beside = repository.app?.services.filter { $0.directory == folder } ?? []
            return beside.count == 1 ? beside[0] : only
        }
        for file in repository.flyFiles {
            for path in file.services.flatMap(\.checkPaths) {
                found.append(
                    Claim(path: path.text, file: file.location, line: path.line, app: service(of: file.location)))
            }
        }
        for file in repository.renderBlueprints {
            for service in file.services {
                if let path = service.healthPath {
                    found.append(Claim(path: path.text, file: file.location, line: path.line, app: only))
                }
            }
        }
        for file in repository.railwayConfigs {
            if let path = file.healthPath {
                found.append(
                    Claim(path: path.text, file: file.location, line: path.line, app: service(of: file.location)))
            }
        }
        return found
    }

    /// Whether the application itself listens on the port, and not a server beside it that has its own routes.
    private static func isAnswered(_ request: HealthRequest, by unit: DeployedUnit) -> Bool {
        // Celery's monitor has routes of its own.
        if unit.start?.text.split(whereSeparator: \.isWhitespace).contains("flower") == true { return false }
        guard let port = request.port else { return true }
        let known = unit.listeningPorts.union(unit.exposedPorts).union(
            [unit.environmentPort, unit.app?.port].compactMap { $0 })
        return known.isEmpty || known.contains(port)
    }

    /// The last component, when it tells one route from others.
    static func telling(_ path: String) -> String? {
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        guard last.count > 1, !last.contains("$"), !last.contains("{"), !last.contains(".") else { return nil }
        return last
    }
}

/// Looks for a route in source text; a framework's own routes count too.
enum RouteSearch {
    private static let endings = [
        "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "rb", "go", "rs", "java", "kt", "cs", "fs", "php", "ex", "exs",
        "swift",
        "conf", "template", "nginx", "vue", "svelte", "properties", "yml", "yaml", "toml", "json", "ru", "scala", "clj",
        "sh", "ini", "astro", "caddyfile", "erl", "hs", "dart", "cfm", "pl",
    ]
    /// Served by a library that the code only switches on.
    private static let builtIn = [
        "actuator": "spring", "up": "rails", "readiness": "health", "liveness": "health", "live": "health",
        "ready": "health", "docs": "FastAPI(", "redoc": "FastAPI(", "api-docs": "springdoc", "_health": "strapi",
        "q": "quarkus",
    ]

    static func finds(_ word: String, _ path: String, in repository: CheckedRepository) -> Bool {
        if let first = path.split(separator: "/").first.map(String.init), let library = builtIn[first] ?? builtIn[word]
        {
            if finds(library, in: repository) { return true }
        }
        // A front end answers every path with its page, and files answer under their own names.
        let isFile = repository.tree.entries.contains { entry in
            entry.name.hasPrefix(word) || entry.path.contains("/\(word)/")
        }
        return isFile || finds(word, in: repository)
    }

    private static func finds(_ word: String, in repository: CheckedRepository) -> Bool {
        let needle = Array(word.utf8)
        for entry in repository.tree.entries {
            guard let dot = entry.name.utf8.lastIndex(of: UInt8(ascii: ".")) else { continue }
            let ending = entry.name[entry.name.utf8.index(after: dot)...].lowercased()
            guard endings.contains(ending), FileFormat(path: entry.path).map({ $0 == .nginx }) ?? true,
                !entry.path.contains("node_modules/"), !entry.name.hasSuffix("lock.json"),
                let bytes = repository.tree.bytes(entry.path)
            else { continue }
            if contains(bytes, needle) { return true }
        }
        return false
    }

    /// The empty word stands nowhere.
    static func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        !needle.isEmpty && ByteSearch.contains(needle, in: bytes)
    }
}
