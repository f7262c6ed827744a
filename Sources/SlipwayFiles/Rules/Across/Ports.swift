// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The document says one port and the process listens on another.
    static let exposedPort = Rule(
        "AP101", .warning, "EXPOSE names a port that nothing listens on",
        why: "Platforms and proxies read EXPOSE to know where to send requests; nothing answers there.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nEXPOSE 5000\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n"
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nEXPOSE 8000\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n"
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nENV PORT=5000\nEXPOSE 5000\nCMD uvicorn a:app --host 0.0.0.0 --port $PORT\n"
            ],
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard let start = unit.imageStart, let command = ServerCommandLine(start.text), command.hasExplicitPort,
                let port = command.port, !start.text.contains("$"), unit.service?.command == nil,
                let expose = unit.instructions.last(where: { $0.keyword == "EXPOSE" }),
                !unit.exposedPorts.isEmpty, !unit.exposedPorts.contains(port),
                !expose.arguments.contains(where: { $0.contains("$") })
            else { return nil }
            return Violation(
                file: unit.dockerfile.location, line: expose.line,
                "\(command.program) listens on \(port) (\(start.file):\(start.line)); write: EXPOSE \(port)",
                fix: expose.line == expose.endLine && expose.arguments.count == 1
                    ? Fix(
                        "expose the port that is listened on", line: expose.line, count: 1,
                        replacement: ["EXPOSE \(port)"])
                    : nil)
        }
    }

    /// The host forwards to a port where nobody answers.
    static let publishedPort = Rule(
        "AP102", .error, "Compose publishes a port that nothing listens on",
        why: "The host accepts the connection and the container refuses it: nobody listens on the container's port.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    ports: ['8080:8080']\n",
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
            [
                "compose.yml": "services:\n  php:\n    build: .\n    ports: ['8000:8000']\n",
                "Dockerfile": "FROM php:8.3-fpm\nRUN docker-php-ext-install pdo_mysql\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    ports: ['3000:80']\n",
                "Dockerfile": "FROM node:22\nENV PORT=8080\nCMD [\"serve\", \"-s\", \"dist\", \"-l\", \"8080\"]\n",
            ],
            [
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8000:8000']\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"a:app\", \"-c\", \"conf.py\"]\n",
                "conf.py":
                    "import os\nPORT = os.getenv(\"PORT\", \"8080\")  # Cloud Run says 8080\nbind = f\"0.0.0.0:{PORT}\"\n",
            ],
            RuleExample(
                [
                    "compose.yml": "services:\n  api:\n    build: .\n    ports: ['3001:3001']\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                    "server.js": "const port = parseInt(process.env.PORT || '4000', 10)\napp.listen(port)\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "api", directory: ".", role: .backend, language: "javascript")])
            ),
            [
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['5000:80']\n",
                "Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENTRYPOINT [\"dotnet\", \"a.dll\"]\n",
            ],
            ["compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['5433:5433']\n"],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    command: -p 5433\n    ports: ['5433:5433']\n"
            ],
            // The file that people make of the template moves the port.
            [
                "compose.yml": "services:\n  web:\n    build: .\n    env_file: .env\n    ports: ['8000:8008']\n",
                ".env.example": "APP_PORT=8008\n", "app.py": "",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"sh\", \"-c\", \"gunicorn app:app --bind 0.0.0.0:${APP_PORT:-8000}\"]\n",
            ],
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  api:\n    build: .\n    environment:\n      PORT: 3001\n    ports: ['3001:3001']\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
                    "server.js": "const port = parseInt(process.env.PORT || '4000', 10)\napp.listen(port)\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "api", directory: ".", role: .backend, language: "javascript")])
            ),
            [
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['5000:8080']\n",
                "Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENTRYPOINT [\"dotnet\", \"a.dll\"]\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    ports: ['8080:80']\n",
                "Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n",
                "nginx.conf": "server {\n  listen 80;\n}\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    ports: ['3000:3000']\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
            ],
        ]
    ) { repository in
        repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose else { return [] }
            var listening = unit.listeningPorts
            let base = unit.dockerfile.finalBase.map(ImageName.init)
            let isBare = unit.server == nil && service.command == nil
            let isGuess =
                listening.isEmpty && isBare && base?.name == "php" && base?.tag?.contains("fpm") == true
            if isGuess { listening = [9000] }
            guard !listening.isEmpty else { return [] }
            let tcp = service.ports.filter { $0.protocol == "tcp" }
            // When one of them is right the others can belong to a second listener.
            guard !tcp.contains(where: { listening.contains($0.target) }), unit.exposedPorts.count < 2 else {
                return []
            }
            return tcp.prefix(1).map { port in
                let ports = listening.sorted().map(String.init).joined(separator: ", ")
                return Violation(
                    file: compose.location, line: port.position.line,
                    "\(service.name) listens on \(ports), not on \(port.target); "
                        + "write: \(port.published.map { "\($0):" } ?? "")\(listening.sorted()[0])",
                    severity: isGuess || isMoved(unit) ? .warning : nil)
            }
        } + repository.composeFiles.flatMap { file in file.services.compactMap { storePort($0, in: file) } }
    }

    /// A database's image listens on its own port, whatever port of the host leads to the container.
    private static func storePort(_ service: ComposeService, in file: CheckedFile<ComposeFile>) -> Violation? {
        let single = ["PostgreSQL", "MySQL", "MariaDB", "MongoDB", "Redis", "Valkey", "Memcached"]
        guard service.build == nil, let image = file.known(service), single.contains(image.title),
            let own = image.ports.first,
            file.anywhere(service.name).allSatisfy({ member in
                member.command == nil && member.entrypoint == nil && member.environmentFiles.isEmpty
                    && member.node["network_mode"] == nil && member.node["extends"] == nil
                    && !member.environment.contains(where: { $0.name.contains("PORT") })
                    && !member.mounts.contains(where: { $0.target.contains("conf") || $0.target.hasSuffix(".cnf") })
            }), let wrong = service.ports.first(where: { $0.protocol == "tcp" }),
            !service.ports.contains(where: { image.ports.contains($0.target) || $0.target == 33060 })
        else { return nil }
        return Violation(
            file: file.location, line: wrong.position.line,
            "\(image.title) listens on \(own), not on \(wrong.target); write: "
                + "\(wrong.published.map { "\($0):" } ?? "")\(own)",
            severity: file.isForDevelopment ? .warning : nil)
    }

    /// Whether a file that nobody sees may give another PORT.
    private static func isMoved(_ unit: DeployedUnit) -> Bool {
        guard let service = unit.service, let compose = unit.compose, unit.server?.line.hasExplicitPort != true else {
            return false
        }
        return service.environmentFiles.contains { given in
            compose.resolve(given.path).map { !compose.repository.tree.contains($0) } ?? true
        }
    }

    /// The proxy asks where nobody answers.
    static let upstreamPort = Rule(
        "AP103", .error, "nginx sends requests to a port that nothing listens on",
        why: "Every request through the proxy ends as 502: the service listens on another port.",
        catches: [
            [
                "compose.yml": "services:\n  api:\n    build: ./api\n  web:\n    image: nginx:1.27\n",
                "api/Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n",
                "nginx.conf": "server {\n  location /api { proxy_pass http://api:5000; }\n}\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  api:\n    build: ./api\n  web:\n    image: nginx:1.27\n",
                "api/Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n",
                "nginx.conf": "server {\n  location /api { proxy_pass http://api:8000; }\n}\n",
            ]
        ]
    ) { repository in
        let units = repository.deployedUnits
        return repository.nginxFiles.flatMap { file in
            // The same name can be two services: one for development, and one behind this very proxy.
            let users = Set(
                repository.composeFiles.filter { compose in
                    compose.services.contains { service in
                        service.mounts.contains { $0.source.flatMap(compose.resolve) == file.location }
                    }
                }.map(\.location))
            return ProxyTargets.of(file).compactMap { target -> Violation? in
                let named = units.filter { unit in
                    unit.service?.name == target.host
                        && (users.isEmpty || unit.compose.map { users.contains($0.location) } == true)
                }
                guard let unit = named.first, let port = target.port else { return nil }
                let ports = named.reduce(into: Set<UInt16>()) { $0.formUnion($1.listeningPorts) }
                guard !ports.isEmpty, !ports.contains(port), named.allSatisfy({ !$0.listeningPorts.isEmpty }) else {
                    return nil
                }
                return Violation(
                    file: file.location, line: target.line,
                    "\(target.host) listens on \(ports.sorted().map(String.init).joined(separator: ", ")) "
                        + "(\(unit.start.map { "\($0.file):\($0.line)" } ?? unit.dockerfile.location)); "
                        + "write: http://\(target.host):\(ports.sorted()[0])",
                    severity: named.contains(where: isMoved) ? .warning : nil)
            }
        }
    }

    /// A port of the code that the deployment does not know.
    static let hostGatewayPort = Rule(
        "AP104", .warning, "a proxy names a local port that no service has",
        why: "The proxy forwards to a process on the machine itself, and no service of the application listens there.",
        catches: [
            RuleExample(
                ["nginx.conf": "server {\n  location /api/ { proxy_pass http://host.docker.internal:5002/; }\n}\n"],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3001)]))
        ],
        passes: [
            RuleExample(
                ["nginx.conf": "server {\n  location /api/ { proxy_pass http://host.docker.internal:3001/; }\n}\n"],
                app: AppSpec(name: "a", services: [Service(name: "api", directory: "api", role: .backend, port: 3001)])),
            RuleExample(
                [
                    "composer.json": "{}",
                    "nginx.conf": "server {\n  location ~ \\.php$ { fastcgi_pass 127.0.0.1:9000; }\n}\n",
                ],
                app: AppSpec(name: "a", services: [Service(name: "web", directory: ".", role: .backend, port: 80)])),
        ]
    ) { repository in
        guard let services = repository.app?.services.filter({ !$0.role.isServedFromFiles }) else { return [] }
        var ports = Set(services.compactMap(\.port))
        guard !ports.isEmpty, services.allSatisfy({ $0.port != nil || $0.role == .worker }) else { return [] }
        // What containers publish and other proxies listen on answers on the machine too.
        for service in repository.composeFiles.flatMap(\.services) {
            for port in service.ports {
                guard let published = port.published else { return [] }
                ports.insert(published)
            }
        }
        for file in repository.nginxFiles { ports.formUnion(file.servers.flatMap(\.ports)) }
        // PHP-FPM listens there unless somebody moves it.
        if repository.tree.contains("composer.json") { ports.insert(9000) }
        return repository.nginxFiles.flatMap { file in
            ProxyTargets.of(file).compactMap { target -> Violation? in
                guard ["host.docker.internal", "localhost", "127.0.0.1"].contains(target.host), let port = target.port,
                    !ports.contains(port), port > 1023
                else { return nil }
                return Violation(
                    file: file.location, line: target.line,
                    "no service listens on \(port); the code's ports are "
                        + ports.sorted().map(String.init).joined(separator: ", "))
            }
        }
    }

    /// The check asks where nobody answers.
    static let checkPort = Rule(
        "AP105", .error, "a health check asks a port that nothing listens on",
        why: "The check never succeeds: the container is unhealthy for ever, and whoever waits for it never starts.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8080/health\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n"
            ],
            [
                "compose.yml":
                    "services:\n  a:\n    build: .\n    healthcheck:\n      test: curl -f http://localhost:3000/\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nHEALTHCHECK CMD curl -f http://localhost:8000/health\nCMD [\"uvicorn\", \"a:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"]\n"
            ]
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            let ports = unit.listeningPorts
            guard !ports.isEmpty, let check = HealthRequest.of(unit), let port = check.port, !ports.contains(port)
            else {
                return nil
            }
            return Violation(
                file: check.file, line: check.line,
                "\(unit.name) listens on \(ports.sorted().map(String.init).joined(separator: ", ")), not on \(port); "
                    + "write: http://127.0.0.1:\(ports.sorted()[0])\(check.path)")
        }
    }

    /// Inside a container loopback is the container alone.
    static let loopbackInContainer = Rule(
        "AP106", .error, "a server in a container binds loopback",
        why:
            "127.0.0.1 inside a container is reached from that container alone: published ports and other services get "
            + "no answer.",
        catches: [
            ["Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"app.main:app\", \"--port\", \"8000\"]\n"],
            ["Dockerfile": "FROM python:3.13\nCMD gunicorn -b 127.0.0.1:8000 app:app\n"],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: python manage.py runserver\n    ports: ['8000:8000']\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
        ],
        passes: [
            ["Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0\"]\n"],
            ["Dockerfile": "FROM python:3.13\nENV GUNICORN_CMD_ARGS=--bind=0.0.0.0\nCMD [\"gunicorn\", \"app:app\"]\n"],
            ["Dockerfile": "FROM node:22\nCMD [\"node\", \"server.js\"]\n"],
            ["Dockerfile": "FROM python:3.13\nENV PORT=8000\nCMD gunicorn shop.wsgi:application\n"],
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard let server = unit.server, server.line.isOnLoopback, !isMoved(server.line, unit) else { return nil }
            // A second process of the container, or a proxy in it, can be the only one that asks.
            let hasProxy = ["caddy", "nginx", "supervisord"].contains { unit.start?.text.contains($0) == true }
            guard !hasProxy else { return nil }
            let line = server.line
            let advice: String
            switch line.program {
            case "gunicorn", "hypercorn": advice = "--bind 0.0.0.0:\(line.port ?? 8000)"
            case "daphne": advice = "-b 0.0.0.0"
            default:
                advice = line.words.contains("runserver") ? "runserver 0.0.0.0:\(line.port ?? 8000)" : "--host 0.0.0.0"
            }
            let how = line.hasExplicitHost ? "binds \(line.host ?? "")" : "binds 127.0.0.1 when nothing is said"
            return Violation(file: server.file, line: server.number, "\(line.program) \(how); write: \(advice)")
        }
    }

    /// Whether a variable or a configuration file can say where it binds.
    private static func isMoved(_ line: ServerCommandLine, _ unit: DeployedUnit) -> Bool {
        guard !line.hasExplicitHost else { return false }
        if unit.isConfigured(line) { return true }
        let names =
            unit.instructions.filter { $0.keyword == "ENV" }.flatMap { $0.pairs.map(\.name) }
            + (unit.service?.environment.map(\.name) ?? [])
        let moving = [
            "GUNICORN_CMD_ARGS", "UVICORN_HOST", "FLASK_RUN_HOST", "LITESTAR_HOST", "HOST", "HOSTNAME", "GRANIAN_HOST",
        ]
        // Its default is 0.0.0.0 and that port where the environment has one (docs.gunicorn.org/en/stable/settings.html#bind).
        if line.program == "gunicorn", names.contains("PORT") { return true }
        let configured = line.words.contains { word in
            ["-c", "--config", "--fd", "--uds"].contains { word == $0 || word.hasPrefix($0 + "=") }
        }
        let hasFile =
            line.program == "gunicorn"
            && !unit.dockerfile.repository.tree.files(named: "gunicorn.conf.py").isEmpty
        return configured || hasFile || names.contains { moving.contains($0) }
            || unit.service?.environmentFiles.isEmpty == false
                && ["flask", "uvicorn", "litestar"].contains(line.program)
                && line.program != "uvicorn"
    }
}
