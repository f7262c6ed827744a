// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Name or service not known
    static let toldUnknownHost = Rule(
        "AP382", .warning, "a document gives a host that no Compose file has",
        why:
            "On a Compose network a host is found by the name of its service. Who copies the lines gets an application "
            + "that waits for ever, or ends, because the name is not resolved.",
        catches: [
            [
                "DOCKER.md": "Start docker compose with:\n\n```env\nDB_HOST=db\nREDIS_HOST=redis\n```\n",
                "compose.yml": "services:\n  web:\n    build: .\n    env_file: .env\n",
            ],
            [
                "README.md": "With docker compose:\n\n```\nDATABASE_URL=postgres://a:b@postgres:5432/a\n```\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    env_file: .env\n  database:\n    image: postgres:17\n",
            ],
        ],
        passes: [
            [
                "DOCKER.md": "Start docker compose with:\n\n```env\nDB_HOST=db\n```\n",
                "compose.yml": "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n",
            ],
            [
                "DOCKER.md": "Start docker compose with:\n\n```env\nDB_HOST=your-host\n```\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
            ["README.md": "docker compose\n\n```env\nDB_HOST=db\n```\n"],
        ]
    ) { repository in
        guard repository.isWhole, repository.composeFiles.contains(where: { $0.services.contains { $0.build != nil } })
        else { return [] }
        var names: Set<String> = []
        for file in repository.composeFiles {
            // A network of another project can bring more.
            guard let own = NetworkNames.of(file) else { return [] }
            names.formUnion(own)
        }
        // Kubernetes has names of its own.
        guard repository.manifests.isEmpty else { return [] }
        return repository.documents.flatMap { violations(in: $0, names, repository) }
    }

    private static let usual: Set<String> = [
        "db", "database", "postgres", "postgresql", "mysql", "mariadb", "redis", "mongo", "mongodb", "rabbitmq",
    ]

    private static func violations(
        in entry: SourceTree.Entry, _ names: Set<String>, _ repository: CheckedRepository
    ) -> [Violation] {
        guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
            ByteSearch.contains("compose".utf8, in: bytes), let text = repository.tree.text(entry.path)
        else { return [] }
        var isOpen = false
        var seen: Set<String> = []
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, raw in
            let line = raw.trimmed
            if line.hasPrefix("```") { isOpen.toggle() }
            guard isOpen, let equals = line.firstIndex(of: "=") else { return nil }
            let name = line[..<equals]
            guard !name.isEmpty,
                name.utf8.allSatisfy({ (0x41...0x5A).contains($0) || $0 == 0x5F || (0x30...0x39).contains($0) }),
                ["_HOST", "_URL", "_URI", "_DSN"].contains(where: name.hasSuffix)
            else { return nil }
            let value = line[line.index(after: equals)...].prefix { !$0.isWhitespace && $0 != "#" }
            let host = name.hasSuffix("_HOST") ? String(value) : ServiceAddress.host(String(value)) ?? ""
            guard usual.contains(host), !names.contains(host), seen.insert(host).inserted else { return nil }
            return Violation(
                file: entry.path, line: index + 1,
                "no Compose file has a service \(host); write a name that one has, or add the service")
        }
    }
}
