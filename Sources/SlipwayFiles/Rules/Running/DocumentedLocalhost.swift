// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The guide's own words lead the container to itself.
    static let documentedLocalhost = Rule(
        "AP419", .warning, "a guide gives a container the address of the host's loopback",
        why: "Compose hands the value on, and 127.0.0.1 in a container is the container itself: connection refused.",
        catches: [
            [
                "SETUP.md":
                    "```bash\ncat > .env <<EOF\nDATABASE_URL=postgresql://a:b@127.0.0.1:6432/a\nEOF\ndocker compose up -d\n```\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
            ]
        ],
        passes: [
            [
                "SETUP.md":
                    "```bash\ncat > .env <<EOF\nDATABASE_URL=postgresql://a:b@host.docker.internal:6432/a\nEOF\ndocker compose up -d\n```\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n",
            ],
            [
                "SETUP.md":
                    "```bash\nexport DATABASE_URL=postgresql://a:b@localhost/a\ndocker compose up -d db\nuvicorn app:app\n```\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    environment:\n      DATABASE_URL: ${DATABASE_URL}\n  db:\n    image: postgres:17\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let receivers = Receivers.all(in: repository)
        guard !receivers.isEmpty else { return [] }
        return repository.documents.flatMap { entry -> [Violation] in
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("compose".utf8, in: bytes),
                ByteSearch.contains("localhost".utf8, in: bytes) || ByteSearch.contains("127.0.0.1".utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { return [] }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            // A guide that starts the application on the host means the host.
            let runsOnHost = lines.contains { line in
                !line.contains("compose") && HostPrograms.servers.contains(where: line.contains)
            }
            guard !runsOnHost, lines.contains(where: { $0.contains("compose") && $0.contains(" up") }) else {
                return []
            }
            return lines.enumerated().compactMap { index, line in
                let name = String(line.prefix { $0.isUppercase || $0.isNumber || $0 == "_" })
                guard let receiver = receivers[name], line.dropFirst(name.count).first == "=",
                    let assignment = Dotenv(parsing: String(line)).assignments.first,
                    StoreOnLocalhost.isNamed(assignment)
                else { return nil }
                return Violation(
                    file: entry.path, line: index + 1,
                    "\(receiver) gets \(name) and asks itself; write host.docker.internal for a server of the host, or the "
                        + "service's name")
            }
        }
    }
}

/// Services that are built here and get a variable's own value from Compose.
private enum Receivers {
    static func all(in repository: CheckedRepository) -> [String: String] {
        var found: [String: String] = [:]
        for file in repository.composeFiles where !file.isForDevelopment {
            for service in file.services where service.build != nil && service.node["network_mode"] == nil {
                let given = file.root?.at("services", service.name, "environment")
                let entries = given?.mapping?.entries.map { ($0.key, $0.value.text ?? "") } ?? []
                let items = (given?.texts ?? []).compactMap { item -> (String, String)? in
                    item.firstIndex(of: "=").map { (String(item[..<$0]), String(item[item.index(after: $0)...])) }
                }
                for (name, value) in entries + items where value == "${\(name)}" || value == "$\(name)" {
                    found[name] = service.name
                }
            }
        }
        return found
    }
}
