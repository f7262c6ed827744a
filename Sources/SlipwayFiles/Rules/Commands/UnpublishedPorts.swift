// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The check fails for ever, or the page asks nobody.
    static let unpublishedPort = Rule(
        "AP418", .warning, "a step asks a port that no Compose file publishes",
        why:
            "The application runs in containers, and the host has their published ports alone: the check reports a failure "
            + "whatever runs, and a page that is built with the address reaches nobody.",
        catches: [
            [
                "check.sh": "#!/bin/sh\nset -e\ndocker compose ps\ncurl -f http://localhost:8000/health\n",
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8002:8002']\n",
            ],
            [
                "DEPLOY.md":
                    "```bash\ndocker compose up -d\n```\n\n```bash\nALLOWED_ORIGINS=http://YOUR_SERVER_IP:8080,http://YOUR_SERVER_IP:8002\n```\n",
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8002:8002']\n",
            ],
            [
                "DEPLOY.md":
                    "```bash\ndocker compose up -d\n```\n\n```bash\nVITE_API_URL=http://YOUR_SERVER_IP:8000\n```\n",
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8002:8002']\n",
            ],
        ],
        passes: [
            [
                "check.sh": "#!/bin/sh\nset -e\ndocker compose ps\ncurl -f http://localhost:8002/health\n",
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8002:8002']\n",
            ],
            [
                "check.sh": "#!/bin/sh\nset -e\ndocker compose exec api curl -f http://localhost:8000/health\n",
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['8002:8000']\n",
            ],
            [
                "README.md":
                    "```bash\ndocker compose up -d db\nuvicorn app:app\ncurl http://localhost:8000/health\n```\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
            ],
            [
                "DEPLOY.md": "```bash\ndocker compose up -d\ncurl http://localhost:8000/health\n```\n",
                "compose.yml": "services:\n  api:\n    build: .\n    ports: ['${PORT}:8002']\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, let published = HostPorts(repository) else { return [] }
        let scripts = repository.scripts.filter { !$0.isForDevelopment }.flatMap { file in
            AskedPort.all(in: file.location, file.textLines)
        }
        let documents = repository.documents.flatMap { entry -> [AskedPort] in
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("compose".utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return [] }
            return AskedPort.all(in: entry.path, text.split(separator: "\n", omittingEmptySubsequences: false))
        }
        var seen: Set<String> = []
        return (scripts + documents).compactMap { asked in
            guard !published.contains(asked.port), seen.insert("\(asked.file):\(asked.port)").inserted else {
                return nil
            }
            return Violation(
                file: asked.file, line: asked.line,
                "nothing publishes \(asked.port); write a port that Compose publishes: \(published.list)")
        }
    }
}

/// The ports of the host that lead to a container.
private struct HostPorts {
    private let ports: Set<UInt16>
    private let repository: CheckedRepository

    /// - Returns: `nil` when other things than Compose files may publish something.
    init?(_ repository: CheckedRepository) {
        let services = repository.composeFiles.flatMap(\.services)
        let all = services.flatMap(\.ports)
        guard !all.isEmpty, !all.contains(where: { $0.published == nil }),
            !services.contains(where: { $0.node["network_mode"] != nil }),
            !repository.composeFiles.contains(where: \.includesOthers),
            services.allSatisfy({ ($0.node["ports"]?.sequence ?? []).count == $0.ports.count })
        else { return nil }
        // A range is known by its first port alone.
        guard
            !repository.composeFiles.contains(where: { file in
                file.services.contains { service in
                    (service.node["ports"]?.texts ?? []).contains { $0.contains("-") && !$0.contains("$") }
                }
            })
        else { return nil }
        ports = Set(all.compactMap(\.published))
        self.repository = repository
    }

    var list: String { ports.sorted().prefix(5).map(String.init).joined(separator: ", ") }

    /// Whether a Compose file publishes it, or anything else than a text for people names it.
    func contains(_ port: UInt16) -> Bool {
        if ports.contains(port) { return true }
        let needle = "\(port)"
        let aside = [".lock", "lock.json", "lock.yaml", ".svg", ".css", ".csv", ".sql", ".sum", ".map", ".html"]
        return repository.tree.entries.contains { entry in
            guard !aside.contains(where: entry.name.hasSuffix), !entry.name.contains(".env"), !isInside(entry),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains(needle.utf8, in: bytes)
            else { return false }
            // Of texts that people follow, only a port that they publish: -p 8081:8080.
            let isTold = entry.name.hasSuffix(".md") || entry.name.hasSuffix(".sh")
            return Self.names(needle, in: bytes, published: isTold)
        }
    }

    /// Whether what the file says of ports is true in a container alone: what an image exposes, what a proxy in front of
    /// the others asks, and where a program listens that Compose starts.
    private func isInside(_ entry: SourceTree.Entry) -> Bool {
        let name = entry.name.lowercased()
        if name.contains("dockerfile") || [".conf", ".template"].contains(where: name.hasSuffix) { return true }
        if name.contains("config.") || entry.path.contains("script") { return false }
        return [".py", ".go", ".java", ".rb", ".php", ".cs", ".rs", ".properties"].contains(where: name.hasSuffix)
            || repository.composeFiles.contains { $0.location == entry.path }
    }

    /// Whether the number stands anywhere but in an address, which others are to open.
    private static func names(_ number: String, in bytes: [UInt8], published: Bool) -> Bool {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: number, omittingEmptySubsequences: false)
        return zip(parts, parts.dropFirst()).contains { before, after in
            if published {
                let isPublished = after.first == ":" && after.dropFirst().first?.isNumber == true
                return isPublished && before.last?.isNumber != true
            }
            return !before.hasSuffix("localhost:") && !before.hasSuffix("127.0.0.1:") && before.last?.isNumber != true
                && after.first?.isNumber != true
        }
    }
}

/// An address of the host that a script or a document asks or builds a page with.
private struct AskedPort {
    let port: UInt16
    let file: String
    let line: Int

    static func all(in file: String, _ lines: [Substring]) -> [AskedPort] {
        var isComposed = false
        var asked: [AskedPort] = []
        for (index, line) in lines.enumerated() {
            guard line.utf8.count < 400 else { continue }
            let text = line.trimmed
            if text.hasPrefix("#") || text.hasPrefix("//") { continue }
            if text.contains("docker compose") || text.contains("docker-compose") {
                isComposed = true
                if text.contains(" exec ") || text.contains(" run ") { continue }
            }
            if !file.hasSuffix(".sh"), HostPrograms.servers.contains(where: text.contains) { return [] }
            if file.hasSuffix(".sh"), HostPrograms.servers.contains(where: text.hasPrefix) { return [] }
            let ports = port(in: text, isScript: file.hasSuffix(".sh")).map { [$0] } ?? origins(in: text)
            asked += ports.map { AskedPort(port: $0, file: file, line: index + 1) }
        }
        return isComposed ? asked : []
    }

    /// Ports of the server's own address among the origins that may ask.
    private static func origins(in text: String) -> [UInt16] {
        guard let equals = text.firstIndex(of: "="), text[..<equals].contains("ORIGIN"), !text.hasPrefix("-") else {
            return []
        }
        return text[text.index(after: equals)...].split { ",\"'[] ".contains($0) }.compactMap { address in
            guard let mark = TextSearch.range(of: "://", in: address) else { return nil }
            let place = address[mark.upperBound...].prefix { $0 != "/" }.split(separator: ":")
            guard place.count == 2, place[0].uppercased() == place[0], place[0].contains("IP") else { return nil }
            return UInt16(place[1])
        }
    }

    private static func port(in text: String, isScript: Bool) -> UInt16? {
        let isCall = text.hasPrefix("curl ") || text.hasPrefix("wget ") || text.hasPrefix("if curl ")
        let isPage = BrowserVariables.contains(text) && text.contains("=")
        let isHeld = isScript && text.contains("URL=") && text.contains("localhost:")
        guard isCall || isPage || isHeld, let mark = TextSearch.range(of: "://", in: text[...]) else { return nil }
        let place = text[mark.upperBound...].prefix { !"/ \"'`}?".contains($0) }.split(separator: ":")
        guard place.count == 2, let port = UInt16(place[1]) else { return nil }
        let host = place[0]
        // A machine of this project, and no other service of the network.
        let isOwn = ["localhost", "127.0.0.1"].contains(host) || host.uppercased() == host && host.contains("IP")
        return isOwn ? port : nil
    }
}

/// Words of commands that run an application without a container.
enum HostPrograms {
    /// Programs that listen on the host by themselves.
    static let servers = [
        "npm run", "npm start", "yarn ", "pnpm ", "bun ", "uvicorn ", "runserver", "flask run", "go run", "gunicorn ",
        "php artisan", "php -S", "rails s", "cargo run", "mvn", "gradle", "dotnet run", "port-forward", "ssh -L",
        "docker run", "node ", "python ", "python3 ", "air", "http.server", "kubectl", "minikube", "make dev",
        "make run", "make start", "make serve",
    ]
}
