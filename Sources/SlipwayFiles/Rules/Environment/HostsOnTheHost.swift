// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// lookup kafka: no such host
    static let containerNameOnHost = Rule(
        "EN439", .warning, "a program that runs on the host gets the name of a container",
        why:
            "The guide starts the databases and brokers with Compose and the program itself on the machine. Their names are "
            + "known on the containers' network alone: no such host.",
        catches: [
            [
                "README.md": "```bash\ndocker compose up -d kafka\n```\n\n```bash\ngo run ./cmd\n```\n",
                ".env": "PORT=8081\nKAFKA_BROKERS=kafka:9092\n",
                "compose.yml": "services:\n  kafka:\n    image: apache/kafka:4.0.0\n    ports: ['9092:9092']\n",
                "go.mod": "module a\n", "cmd/main.go": "godotenv.Load()\nb := os.Getenv(\"KAFKA_BROKERS\")\n",
            ]
        ],
        passes: [
            [
                "README.md": "```bash\ndocker compose up -d kafka\n```\n\n```bash\ngo run ./cmd\n```\n",
                ".env": "PORT=8081\nKAFKA_BROKERS=localhost:9092\n",
                "compose.yml": "services:\n  kafka:\n    image: apache/kafka:4.0.0\n    ports: ['9092:9092']\n",
                "go.mod": "module a\n", "cmd/main.go": "godotenv.Load()\n",
            ],
            [
                "README.md": "```bash\ndocker compose up -d\n```\n\n```bash\ngo run ./cmd\n```\n",
                ".env": "KAFKA_BROKERS=kafka:9092\n",
                "compose.yml":
                    "services:\n  kafka:\n    image: apache/kafka:4.0.0\n  web:\n    build: .\n    env_file: .env\n",
                "go.mod": "module a\n", "cmd/main.go": "godotenv.Load()\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.composeFiles.isEmpty else { return [] }
        let services = repository.composeFiles.flatMap(\.services)
        let stores = Set(services.filter { $0.build == nil }.map(\.name))
        let own = Set(services.filter { $0.build != nil }.map(\.name))
        var seen: Set<String> = []
        return repository.documents.filter { $0.name.lowercased().hasPrefix("readme") }.flatMap {
            entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), ByteSearch.contains("compose", in: text) else {
                return []
            }
            let steps = WalkedCommand.all(in: entry.path, repository)
            guard let start = steps.first(where: { isServer($0.command.words.map(\.text)) }) else { return [] }
            // Everything in containers is the other way, and its file the containers' file.
            let ups = steps.filter { $0.line < start.line }.compactMap { startedServices($0.command) }
            guard !ups.isEmpty, ups.allSatisfy({ !$0.isEmpty && $0.isDisjoint(with: own) }) else { return [] }
            return settings(of: entry.path, beside: start.folder, repository).compactMap { place in
                guard let host = ContainerHost.of(place.value), stores.contains(host),
                    seen.insert("\(place.file):\(place.line)").inserted
                else { return nil }
                return Violation(
                    file: place.file, line: place.line,
                    "\(entry.path):\(start.line) starts the program on the host, which does not know \(host); write: "
                        + "localhost, with the port that Compose publishes")
            }
        }
    }

    /// The services of `docker compose up -d db`; `nil` for another command.
    private static func startedServices(_ command: ShellCommand) -> Set<String>? {
        guard let call = ComposeCall(Array(command.words.map(\.text).drop { $0 == "sudo" })), call.verb == "up" else {
            return nil
        }
        return Set(call.after.filter { !$0.hasPrefix("-") })
    }

    private static func isServer(_ words: [String]) -> Bool {
        words.starts(with: ["go", "run"]) || words.first == "uvicorn" || words.starts(with: ["cargo", "run"])
            || words.starts(with: ["npm", "run", "dev"]) || words.starts(with: ["npm", "start"])
            || words.starts(with: ["npm", "run", "start:dev"]) || words.contains("spring-boot:run")
            || words.contains("runserver")
    }

    /// What the program finds: a file that is committed there, or one that the guide writes.
    private static func settings(
        of file: String, beside folder: String, _ repository: CheckedRepository
    ) -> [(value: String, file: String, line: Int)] {
        let told = repository.toldSettings.filter { $0.file == file && $0.folder == folder }.flatMap { told in
            told.assignments.map { ($0.value, told.file, $0.line) }
        }
        let path = GoPath.clean(folder + "/.env")
        let kept = repository.dotenvFiles.filter { $0.location == path }.flatMap { kept in
            kept.document.assignments.map { ($0.value ?? "", kept.location, $0.line) }
        }
        return told + kept
    }
}

private enum ContainerHost {
    /// The host of an address, of a lone name, or of `host:port`.
    static func of(_ value: String) -> String? {
        if let host = ServiceAddress.host(value) { return host }
        let parts = value.split(separator: ":")
        return parts.count == 2 && UInt16(parts[1]) != nil ? String(parts[0]) : nil
    }
}
