// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ECONNREFUSED 127.0.0.1:5432
    static let unpublishedStore = Rule(
        "AP530", .warning, "the guide reaches the database on localhost, and Compose does not publish it",
        why:
            "The guide starts the database with Compose and the program on the machine. The database's port is known among "
            + "the containers alone: connection refused.",
        catches: [
            [
                "README.md":
                    "```bash\ndocker compose up -d\n```\n\n| PostgreSQL | localhost:5432 |\n\n```bash\ncd api\nnpm run start:dev\n```\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n",
            ]
        ],
        passes: [
            [
                "README.md":
                    "```bash\ndocker compose up -d\n```\n\n| PostgreSQL | localhost:5432 |\n\n```bash\ncd api\nnpm run start:dev\n```\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
            ],
            [
                "README.md":
                    "Install PostgreSQL locally.\n\n```bash\nnpm run start:dev\n```\n\nIt asks localhost:5432. For Docker:\n\n```bash\ndocker compose up -d\n```\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.composeFiles.isEmpty else { return [] }
        let services = repository.composeFiles.flatMap { file in file.services.map { (file, $0) } }
        guard !services.contains(where: { $0.1.node["network_mode"] != nil || $0.1.node["extends"] != nil }) else {
            return []
        }
        let all = services.flatMap { $0.1.ports.compactMap(\.published) }
        let hidden = services.compactMap { file, service -> (name: String, port: UInt16)? in
            guard let title = file.known(service)?.title, let port = ports[title], !all.contains(port),
                !services.contains(where: { other in
                    file.known(other.1)?.title == title && other.1.node["ports"] != nil
                })
            else { return nil }
            return (service.name, port)
        }
        guard !hidden.isEmpty else { return [] }
        return repository.documents.filter { $0.name.lowercased().hasPrefix("readme") }.flatMap {
            entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), ByteSearch.contains("compose", in: text),
                ![
                    "port-forward", "ssh -L", "brew ", "apt install", "apt-get install", "docker run", "createdb",
                ].contains(where: text.contains)
            else { return [] }
            let steps = WalkedCommand.all(in: entry.path, repository)
            guard let up = steps.first(where: { isUp($0.command.words.map(\.text)) }),
                steps.contains(where: { $0.line > up.line && isServer($0.command.words.map(\.text)) })
            else { return [] }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return hidden.compactMap { store in
                guard
                    let index = lines.indices.first(where: { index in
                        index + 1 > up.line
                            && ["localhost:\(store.port)", "127.0.0.1:\(store.port)"].contains(
                                where: lines[index].contains)
                    })
                else { return nil }
                return Violation(
                    file: entry.path, line: index + 1,
                    "no Compose file publishes \(store.port) of \(store.name), so the host cannot reach it; add to the "
                        + "service: ports: [\"127.0.0.1:\(store.port):\(store.port)\"]")
            }
        }
    }

    private static let ports: [String: UInt16] = [
        "PostgreSQL": 5432, "MySQL": 3306, "MariaDB": 3306, "MongoDB": 27017, "Redis": 6379, "RabbitMQ": 5672,
    ]

    private static func isUp(_ words: [String]) -> Bool {
        ComposeCall(Array(words.drop { $0 == "sudo" }))?.verb == "up"
    }

    private static func isServer(_ words: [String]) -> Bool {
        ["npm", "yarn", "pnpm"].contains(words.first ?? "")
            && words.contains { ["start", "dev", "start:dev"].contains($0) }
            || words.starts(with: ["go", "run"]) || words.first == "uvicorn" || words.contains("runserver")
            || words.contains("spring-boot:run") || words.starts(with: ["cargo", "run"])
    }
}
