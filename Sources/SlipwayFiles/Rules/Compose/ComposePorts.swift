// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The second of two services cannot bind the port.
    static let duplicateHostPort = Rule(
        "CO011", .error, "two services publish one port",
        why: "The service that starts second fails: the host's port is taken.",
        catches: [
            "services:\n  a:\n    image: a:1\n    ports: ['80:80']\n  b:\n    image: b:1\n    ports: ['80:8080']\n"
        ],
        passes: [
            "services:\n  a:\n    image: a:1\n    ports: ['80:80']\n  b:\n    image: b:1\n    ports: ['81:80']\n",
            RuleExample(
                "services:\n  a:\n    image: a:1\n    profiles: [x]\n    ports: ['80:80']\n"
                    + "  b:\n    image: b:1\n    profiles: [y]\n    ports: ['80:80']\n"),
            "services:\n  a:\n    image: a:1\n    ports: ['443:443', '443:443/udp']\n",
        ]
    ) { file in
        var taken: [(port: ComposePort, service: ComposeService)] = []
        var found: [Violation] = []
        for service in file.services {
            for port in service.ports {
                guard let published = port.published, published > 0 else { continue }
                let other = taken.first { Self.collide($0, (port, service)) }
                if let other {
                    found.append(
                        Violation(
                            line: port.position.line,
                            "\(service.name) and \(other.service.name) both publish \(published); "
                                + "write another one: \(published + 1):\(port.target)"))
                }
                taken.append((port, service))
            }
        }
        return found
    }

    private typealias Publication = (port: ComposePort, service: ComposeService)

    private static func collide(_ left: Publication, _ right: Publication) -> Bool {
        guard left.port.published == right.port.published, left.port.protocol == right.port.protocol else {
            return false
        }
        // The same line twice is the same publication.
        if left.service.name == right.service.name, left.port.target == right.port.target { return false }
        if let first = left.port.address, let second = right.port.address, first != second { return false }
        let (first, second) = (left.service.profiles, right.service.profiles)
        return first.isEmpty || second.isEmpty || !Set(first).isDisjoint(with: second)
    }

    /// Two containers of one service cannot share a name or a port.
    static let replicasCollide = Rule(
        "CO012", .error, "several containers share a name or a port",
        why: "container_name and a fixed host port can belong to one container only, so the second never starts.",
        catches: [
            "services:\n  web:\n    image: web:1\n    container_name: web\n    deploy:\n      replicas: 2\n",
            "services:\n  web:\n    image: web:1\n    ports: ['80:80']\n    scale: 3\n",
        ],
        passes: ["services:\n  web:\n    image: web:1\n    ports: ['80']\n    deploy:\n      replicas: 2\n"]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            guard let replicas = service.replicas, replicas > 1 else { return [] }
            var found: [Violation] = []
            if let name = service.node["container_name"] {
                found.append(
                    Violation(
                        line: name.line, "\(replicas) containers of \(service.name) cannot share a name; delete it"))
            }
            // Swarm's routing mesh shares published ports; Compose alone cannot.
            let isSwarm = service.node.at("deploy", "placement") != nil || file.location.contains("stack")
            if !isSwarm, let port = service.ports.first(where: { $0.published != nil }) {
                found.append(
                    Violation(
                        line: port.position.line,
                        "\(replicas) containers of \(service.name) cannot share the host's port; "
                            + "write: - '\(port.target)' and put a proxy in front"))
            }
            return found
        }
    }

    /// A database on every interface is found within minutes, and Docker's rules stand before the firewall's.
    static let publishedStore = Rule(
        "CO013", .warning, "a database, cache or broker is published",
        why: "A port without an address is open on every interface, and Docker's rules stand before the firewall's, so "
            + "everybody reaches it. Other services reach it by its name without any published port.",
        catches: [
            "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
            "services:\n  cache:\n    image: redis:7\n    ports: ['6379:6379']\n",
            "services:\n  db:\n    image: mysql:8.4\n    ports: ['${DB_PORT}:3306']\n",
            "services:\n  queue:\n    image: confluentinc/cp-kafka:7.5.0\n    ports: ['9092:9092']\n",
            "services:\n  queue:\n    image: confluentinc/cp-zookeeper:7.5.0\n    ports: ['2181:2181']\n",
            "services:\n  db:\n    image: bitnami/postgresql:16\n    ports: ['5432:5432']\n",
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    ports: ['127.0.0.1:5432:5432']\n",
            "services:\n  db:\n    image: postgres:17\n    ports: ['127.0.0.1:${DB_PORT}:5432']\n",
            "services:\n  web:\n    image: web:1\n    ports: ['80:80']\n",
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            guard let image = file.knownAnywhere(service), image.isStore else { return [] }
            return service.ports.compactMap { port in
                guard port.isOpen, let published = hostPort(port) else { return nil }
                let isUnprotected = !file.isForDevelopment && isWithoutPassword(service, image, in: file.textLines)
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "\(image.title) is published on every interface\(isUnprotected ? " and asks for no password" : "")"
                        + "; write: 127.0.0.1:\(published):\(port.target), or delete the port",
                    fix: loopback(port, in: file.textLines),
                    severity: isUnprotected ? .error : file.isForDevelopment ? .info : .warning)
            }
        }
    }

    /// Pages that can change everything belong behind a login that is not the default one.
    static let publishedAdministration = Rule(
        "CO014", .warning, "an administration page is published",
        why: "Pages for administrators and mail catchers show or change everything, often without a login.",
        catches: [
            "services:\n  admin:\n    image: adminer:4\n    ports: ['8080:8080']\n",
            "services:\n  topics:\n    image: obsidiandynamics/kafdrop:4.0.2\n    ports: ['9000:9000']\n",
        ],
        passes: ["services:\n  admin:\n    image: adminer:4\n    ports: ['127.0.0.1:8080:8080']\n"]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            let image = file.knownAnywhere(service)
            let isFlower = service.command?.text.contains("flower") == true
            guard image?.isForPeople == true || isFlower else { return [] }
            let logsIn = file.anywhere(service.name).contains(where: Consoles.logsIn)
            return service.ports.compactMap { port in
                guard port.isOpen, let published = hostPort(port) else { return nil }
                return Violation(
                    line: port.position.line, column: port.position.column,
                    "\(isFlower ? "Flower" : image?.title ?? service.name) is published on every interface"
                        + "\(logsIn ? " and logs in by itself with PMA_PASSWORD" : ""); "
                        + "write: 127.0.0.1:\(published):\(port.target)",
                    fix: loopback(port, in: file.textLines),
                    severity: file.isForDevelopment ? .info : logsIn ? .error : .warning)
            }
        }
    }

    /// The port of the host as one would write it; `nil` when Docker picks one.
    private static func hostPort(_ port: ComposePort) -> String? {
        port.published.map(String.init) ?? (port.isPublishedByVariable ? String(port.target) : nil)
    }

    private static func isRootPasswordGiven(_ service: ComposeService, in lines: [Substring]) -> Bool {
        service.environment.contains { variable in
            guard variable.name.hasSuffix("ROOT_PASSWORD") else { return false }
            let isOpen = lines.indices.contains(variable.line - 1) && lines[variable.line - 1].contains("$")
            return isOpen || variable.value?.isEmpty == false
        }
    }

    private static func isWithoutPassword(
        _ service: ComposeService, _ image: KnownImage, in lines: [Substring]
    ) -> Bool {
        let command = service.command?.text ?? ""
        let names = service.environment.map { $0.name.uppercased() }
        guard service.environmentFiles.isEmpty, !service.mounts.contains(where: { $0.target.hasSuffix(".conf") })
        else { return false }
        switch image.title {
        case "Redis", "Valkey", "Memcached":
            return !command.contains("requirepass") && !command.contains(".conf")
                && !names.contains { $0.contains("PASSWORD") || $0.contains("ARGS") }
        case "MongoDB": return !command.contains("--auth") && !names.contains { $0.contains("PASSWORD") }
        case "MySQL", "MariaDB":
            // With a password from outside, empty is only what it may be.
            return names.contains { $0.contains("ALLOW_EMPTY") } && !isRootPasswordGiven(service, in: lines)
        case "PostgreSQL":
            return service.environment.contains { $0.name.hasSuffix("AUTH_METHOD") && $0.value == "trust" }
        default: return false
        }
    }

    /// Only the short form on a line of its own is edited.
    private static func loopback(_ port: ComposePort, in lines: [Substring]) -> Fix? {
        guard port.address == nil, let published = port.published else { return nil }
        guard lines.indices.contains(port.position.line - 1) else { return nil }
        let line = lines[port.position.line - 1]
        let body = line.drop { $0 == " " }
        guard body.hasPrefix("- ") else { return nil }
        var rest = body.dropFirst(2).drop { $0 == " " }
        var head = String(line[..<rest.startIndex])
        if let quote = rest.first, quote == "\"" || quote == "'" {
            head.append(quote)
            rest = rest.dropFirst()
        }
        guard rest.hasPrefix("\(published):") else { return nil }
        let tail = rest.hasSuffix("\r") ? rest.dropLast() : rest
        return Fix(
            "publish on loopback only", line: port.position.line, count: 1, replacement: [head + "127.0.0.1:" + tail],
            isUnsafe: true)
    }
}
