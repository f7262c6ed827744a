// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Each container is a machine of its own.
    static let localhostInContainer = Rule(
        "AP111", .error, "a container looks for another service on localhost",
        why: "Inside a container localhost is the container itself, where no database runs: the connection is refused.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@localhost:5432/a\n"
                    + "  db:\n    image: postgres:17\n"
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    env_file: .env\n  db:\n    image: postgres:17\n",
                ".env": "DB_HOST=127.0.0.1\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n"
                    + "  db:\n    image: postgres:17\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    network_mode: host\n    environment:\n      DB_HOST: localhost\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    env_file: .env\n    environment: {DB_HOST: db}\n  db:\n    image: postgres:17\n",
                ".env": "DB_HOST=127.0.0.1\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    env_file: .env\n    environment: {DB_HOST: db}\n  front:\n    build: ./front\n    env_file: .env\n  db:\n    image: postgres:17\n",
                ".env": "DB_HOST=127.0.0.1\n",
            ],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            let stores = file.services.filter { file.known($0)?.isStore == true }
            guard !stores.isEmpty else { return [] }
            // Where one service is told otherwise, what a shared file says is for work outside of containers.
            let overridden = Set(file.services.flatMap { $0.environment.map(\.name) })
            return file.services.flatMap { service -> [Violation] in
                guard service.node["network_mode"] == nil, file.known(service)?.isStore != true else { return [] }
                return GivenToService.variables(service, in: file).compactMap { given in
                    guard given.file == file.location || !overridden.contains(given.name),
                        ServiceAddress.isOfStore(given.name, given.value),
                        let host = ServiceAddress.host(given.value),
                        ["localhost", "127.0.0.1", "::1"].contains(host)
                    else { return nil }
                    let store =
                        ServiceAddress.store(for: given.name, given.value, among: stores, in: file) ?? stores[0].name
                    return Violation(
                        file: given.file, line: given.line,
                        "\(given.name) means \(service.name)'s own container; write the service's name: \(store)",
                        severity: given.isTemplate ? .info : file.isForDevelopment ? .warning : .error)
                }
            }
        }
    }

    /// Names on a Compose network are the services' own.
    static let unknownHost = Rule(
        "AP112", .error, "an address names a host that does not exist",
        why: "On a Compose network a host is found by the name of its service; another name is not resolved.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@database:5432/a\n"
                    + "  db:\n    image: postgres:17\n"
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db:5432/a\n"
                    + "  db:\n    image: postgres:17\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:b@db.example.com/a\n"
            ],
            ["compose.yml": "services:\n  web:\n    build: .\n    environment:\n      MAILER_DSN: null://null\n"],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            guard !file.includesOthers, let names = NetworkNames.of(file) else { return [] }
            return file.services.flatMap { service -> [Violation] in
                service.environment.compactMap { variable in
                    guard let value = variable.value, ServiceAddress.isAddress(value),
                        let host = ServiceAddress.host(value), !host.contains("."), !host.contains(":"), host.count > 1,
                        !["localhost", "host", "hostname", "HOST", "example", "server"].contains(host),
                        host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }),
                        !names.contains(host),
                        !value.contains("/cloudsql/")
                    else { return nil }
                    let near =
                        NearestWord.of(host, among: names)
                        ?? ServiceAddress.store(
                            for: variable.name, value, among: file.services.filter { file.known($0)?.isStore == true },
                            in: file)
                    return Violation(
                        file: file.location, line: variable.line,
                        "\(variable.name) names the host \(host), which is no service"
                            + (near.map { "; write: \($0)" } ?? "; write the name of a service"),
                        // An application works without anybody who listens to its traces.
                        severity: Self.isTelemetry(variable.name) ? .warning : .error)
                }
            }
        }
    }

    private static func isTelemetry(_ name: String) -> Bool {
        let name = name.uppercased()
        return ["OTEL", "TELEMETRY", "TRACING", "TRACE", "JAEGER", "ZIPKIN", "METRICS"].contains { name.contains($0) }
    }

    /// `__API_HOST__`, `@API_HOST@`: what starts the container puts the name there.
    private static func isPlaceholder(_ host: String) -> Bool {
        ["__", "@", "%"].contains { host.hasPrefix($0) && host.hasSuffix($0) }
    }

    /// nginx does not start when it cannot resolve an upstream.
    static let unknownUpstream = Rule(
        "AP113", .warning, "nginx names an upstream that does not exist",
        why: "nginx resolves literal hosts when it starts and refuses to start when one is unknown: outside a Compose "
            + "project that has such a service it never comes up.",
        catches: [
            [
                "compose.yml":
                    "services:\n  vapor:\n    build: .\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n",
                "nginx.conf": "http {\n  upstream api { server app; }\n}\n",
            ],
            ["nginx.conf": "server {\n  location /api { proxy_pass http://server_app:9999; }\n}\n"],
            // The file for production stands alone.
            [
                "docker-compose.yml": "services:\n  app:\n    build: .\n  web:\n    build: ./web\n",
                "docker-compose.prod.yml":
                    "services:\n  app:\n    image: shop/app:1\n  nginx:\n    image: nginx:1.27\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n",
                "nginx.conf": "events {}\nhttp {\n  upstream pages { server web:3000; }\n}\n",
            ],
        ],
        passes: [
            [
                "compose.yml": "services:\n  app:\n    build: .\n  web:\n    image: nginx:1.27\n",
                "nginx.conf": "http {\n  upstream api { server app; }\n}\n",
            ],
            ["nginx.conf": "server {\n  location /api { proxy_pass http://${API_HOST}; }\n}\n"],
            ["nginx.conf": "server {\n  location /api { proxy_pass http://api.example.com; }\n}\n"],
            ["nginx.conf": "server {\n  location /api { proxy_pass http://__API_UPSTREAM__; }\n}\n"],
        ]
    ) { repository in
        let projects = repository.composeFiles.compactMap { file in NetworkNames.of(file) }
        let isOpen = projects.count < repository.composeFiles.count
        guard !isOpen else { return [] }
        let names = projects.reduce(into: Set<String>()) { $0.formUnion($1) }
        // In Kubernetes the names are those of its Services.
        let cluster = Set(
            repository.manifests.flatMap { file in
                file.document.objects.filter { $0["kind"]?.text == "Service" }.compactMap {
                    $0.at("metadata", "name")?.text
                }
            })
        return repository.nginxFiles.flatMap { file in
            ProxyTargets.of(file).compactMap { target -> Violation? in
                let host = target.host
                guard !host.contains("."), host != "localhost", !cluster.contains(host),
                    !host.contains("_PLACEHOLDER"), !isPlaceholder(host), host.contains(where: \.isLetter)
                else { return nil }
                if names.contains(host) {
                    // Another project has it; this one's nginx asks its own network.
                    guard
                        let lacking = users(of: file).first(where: {
                            NetworkNames.ofProduction($0)?.contains(host) == false
                        })
                    else { return nil }
                    return Violation(
                        file: file.location, line: target.line,
                        "\(lacking.location) starts nginx with this file and has no service \(host), so nginx ends with: host not "
                            + "found in upstream; add the service there, or give that file a configuration of its own",
                        severity: .error)
                }
                let isUsed =
                    repository.deployedUnits.contains { unit in
                        unit.compose != nil && NginxConfigurations.of(unit).contains { $0.location == file.location }
                    }
                    || repository.composeFiles.contains { compose in
                        compose.services.contains { service in
                            service.mounts.contains { $0.source.flatMap(compose.resolve) == file.location }
                        }
                    }
                let near = NearestWord.of(host, among: names)
                return Violation(
                    file: file.location, line: target.line,
                    "no service is called \(host), so nginx does not start; write "
                        + (near ?? names.sorted().first.map { "one of the services: \($0)" }
                            ?? "a variable and a resolver"),
                    severity: isUsed ? .error : .warning)
            }
        }
    }

    /// Compose files for production that start nginx with a configuration.
    private static func users(of file: CheckedFile<NginxFile>) -> [CheckedFile<ComposeFile>] {
        let repository = file.repository
        return repository.composeFiles.filter { compose in
            guard !compose.isForDevelopment, DevelopmentPath.isProduction(SourceTree.Entry(path: compose.location).name)
            else { return false }
            let mounts = compose.services.contains { service in
                service.node["profiles"] == nil
                    && service.mounts.contains { $0.source.flatMap(compose.resolve) == file.location }
            }
            return mounts
                || repository.deployedUnits.contains { unit in
                    unit.compose?.location == compose.location && unit.service?.node["profiles"] == nil
                        && NginxConfigurations.of(unit).contains { $0.location == file.location }
                }
        }
    }

    /// Two services on different networks do not see each other.
    static let separateNetworks = Rule(
        "AP114", .error, "a service names another that shares no network with it",
        why: "Services reach each other only on a network that both are on; elsewhere the name is not resolved.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    networks: [front]\n    environment: {REDIS_URL: 'redis://cache:6379'}\n"
                    + "  cache:\n    image: redis:7\n    networks: [back]\nnetworks: {front: {}, back: {}}\n"
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    networks: [front, back]\n    environment: {REDIS_URL: 'redis://cache:6379'}\n"
                    + "  cache:\n    image: redis:7\n    networks: [back]\nnetworks: {front: {}, back: {}}\n"
            ]
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            file.services.flatMap { service -> [Violation] in
                guard service.node["network_mode"] == nil else { return [] }
                let own = NetworkNames.networks(of: service)
                return service.environment.compactMap { variable in
                    guard let value = variable.value, let host = ServiceAddress.host(value), let other = file[host],
                        other.name != service.name, other.node["network_mode"] == nil,
                        own.isDisjoint(with: NetworkNames.networks(of: other)),
                        file.siblings.allSatisfy({ $0[service.name]?.node["networks"] == nil })
                    else { return nil }
                    let network = NetworkNames.networks(of: other).sorted().first ?? "default"
                    return Violation(
                        file: file.location, line: variable.line,
                        "\(service.name) is on no network of \(host); add to its networks: \(network)")
                }
            }
        }
    }
}

/// Reads hosts out of addresses.
enum ServiceAddress {
    private static let stores = [
        "postgres", "mysql", "mariadb", "mongodb", "redis", "amqp", "valkey", "sqlserver", "memcached",
    ]

    /// Schemes that say where something goes without any server (symfony.com/doc/current/mailer.html, messenger.html).
    private static let hostless: Set<String> = [
        "null", "doctrine", "sync", "in-memory", "memory", "sendmail", "native", "array", "log",
    ]

    /// Whether the text is an address with a scheme and a host.
    static func isAddress(_ value: String) -> Bool {
        guard let scheme = scheme(value), !hostless.contains(scheme) else { return false }
        return !value.hasPrefix("sqlite") && !value.hasPrefix("file:")
    }

    static func scheme(_ value: String) -> String? {
        var text = value[...]
        if text.hasPrefix("jdbc:") { text = text.dropFirst(5) }
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "+" || $0 == "-" || $0 == "." }
        return !name.isEmpty && text[name.endIndex...].hasPrefix("://") ? String(name) : nil
    }

    /// The host of an address, or the whole text when it is a lone host name.
    static func host(_ value: String) -> String? {
        guard let scheme = scheme(value) else {
            let isName =
                !value.isEmpty && value.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" }
            return isName && value.contains(where: \.isLetter) || value == "127.0.0.1" ? value : nil
        }
        var rest = value[...]
        if rest.hasPrefix("jdbc:") { rest = rest.dropFirst(5) }
        rest = rest.dropFirst(scheme.count + 3).prefix { $0 != "/" && $0 != "?" && $0 != "," }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.hasPrefix("[") { return String(rest.dropFirst().prefix { $0 != "]" }) }
        let host = String(rest.prefix { $0 != ":" })
        return host.isEmpty || host.contains("$") ? nil : host
    }

    /// Whether the variable is the address or the host of a database, cache or broker.
    static func isOfStore(_ name: String, _ value: String) -> Bool {
        if let scheme = scheme(value) { return stores.contains { scheme.hasPrefix($0) } }
        let upper = name.uppercased()
        guard upper.hasSuffix("HOST") || upper.hasSuffix("HOSTNAME") || upper.hasSuffix("SERVER") else { return false }
        return [
            "DB", "DATABASE", "POSTGRES", "PG", "MYSQL", "MARIADB", "MONGO", "REDIS", "RABBIT", "CACHE", "BROKER",
            "SQL",
        ]
        .contains { upper.contains($0) }
    }

    /// The service that was probably meant.
    static func store(
        for name: String, _ value: String, among stores: [ComposeService], in file: CheckedFile<ComposeFile>
    ) -> String? {
        let text = (name + " " + (scheme(value) ?? "")).lowercased()
        return stores.first { service in
            guard let title = file.known(service)?.title.lowercased() else { return false }
            return text.contains(title.prefix(5)) || (text.contains("amqp") && title == "rabbitmq")
                || (text.contains("mongo") && title == "mongodb")
        }?.name ?? (stores.count == 1 ? stores[0].name : nil)
    }
}

/// Names by which containers of one project find each other.
enum NetworkNames {
    /// The names in a file that can be started without its neighbours; `nil` when it cannot, or when more is possible.
    static func ofProduction(_ file: CheckedFile<ComposeFile>) -> Set<String>? {
        guard file.services.allSatisfy({ $0.image != nil || $0.build != nil }),
            file.document.root?["include"] == nil, file.services.allSatisfy({ $0.node["extends"] == nil })
        else { return nil }
        return names(in: [file])
    }

    /// - Returns: `nil` when a network of another project can bring more.
    static func of(_ file: CheckedFile<ComposeFile>) -> Set<String>? { names(in: file.family) }

    private static func names(in family: [CheckedFile<ComposeFile>]) -> Set<String>? {
        var names: Set<String> = ["host.docker.internal", "gateway.docker.internal"]
        for member in family {
            let networks = member.document.root?["networks"]?.mapping?.entries ?? []
            if networks.contains(where: { $0.value["external"] != nil }) { return nil }
            for service in member.services {
                names.insert(service.name)
                for key in ["container_name", "hostname"] {
                    if let name = service.node[key]?.text { names.insert(name) }
                }
                for (_, value) in (service.node["networks"]?.mapping?.entries ?? []).map({ ($0.key, $0.value) }) {
                    names.formUnion(value["aliases"]?.texts ?? [])
                }
                for link in service.node["links"]?.texts ?? [] {
                    names.formUnion(link.split(separator: ":").map(String.init))
                }
                for host in service.node["extra_hosts"]?.texts ?? [] {
                    names.insert(String(host.prefix { $0 != ":" && $0 != "=" }))
                }
                for host in service.node["extra_hosts"]?.mapping?.keys ?? [] { names.insert(host) }
            }
        }
        return names
    }

    static func networks(of service: ComposeService) -> Set<String> {
        guard let node = service.node["networks"] else { return ["default"] }
        return Set(node.mapping?.keys ?? node.texts ?? ["default"])
    }
}
