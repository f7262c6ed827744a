// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Two containers want the same thing.
    static let scaledWithFixedPort = Rule(
        "AP496", .error, "a command scales a service that can only run once",
        why:
            "The second container cannot have the host port or the name that the first one holds, so Compose ends with "
            + "port is already allocated, or refuses to scale.",
        catches: [
            [
                "DEPLOY.md": "```bash\ndocker compose up -d --scale api=3\n```\n",
                "compose.yml": "services:\n  api:\n    image: a/b:1\n    ports: ['5000:5000']\n",
            ],
            [
                "scale.sh": "#!/bin/sh\nset -e\ndocker compose up -d --scale api=2\n",
                "compose.yml": "services:\n  api:\n    image: a/b:1\n    container_name: api\n",
            ],
        ],
        passes: [
            [
                "DEPLOY.md": "```bash\ndocker compose up -d --scale api=3\n```\n",
                "compose.yml": "services:\n  api:\n    image: a/b:1\n    ports: ['5000']\n",
            ],
            [
                "DEPLOY.md": "```bash\ndocker compose up -d --scale api=1\n```\n",
                "compose.yml": "services:\n  api:\n    image: a/b:1\n    ports: ['5000:5000']\n",
            ],
        ]
    ) { repository in
        repository.toldCommands.compactMap { told in
            let words = told.words
            guard words.first?.hasPrefix("docker") == true, words.contains(where: { $0.hasSuffix("compose") }),
                let item = scaled(words)
            else { return nil }
            let named = words.indices.dropLast().filter { ["-f", "--file"].contains(words[$0]) }.map { words[$0 + 1] }
            // Without -f Compose reads the file of one of these names.
            let names = named.isEmpty ? defaultNames : Set(named.map { SourceTree.Entry(path: $0).name })
            let files = repository.composeFiles.filter { names.contains(SourceTree.Entry(path: $0.location).name) }
            let services = files.compactMap { file in file.services.first { $0.name == item.service }.map { (file, $0) }
            }
            guard let (file, service) = services.first, let reason = single(service),
                services.allSatisfy({ single($0.1) != nil })
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "\(item.service) cannot run \(item.count) times: \(file.location) \(reason)", severity: told.severity)
        }
    }

    private static let defaultNames: Set<String> = [
        "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml",
    ]

    private static func scaled(_ words: [String]) -> (service: String, count: Int)? {
        let texts = words.indices.compactMap { index -> String? in
            if words[index].hasPrefix("--scale=") { return String(words[index].dropFirst(8)) }
            return words[index] == "--scale" && index + 1 < words.count ? words[index + 1] : nil
        }
        return texts.lazy.compactMap { text in
            let parts = text.split(separator: "=")
            guard parts.count == 2, let count = Int(parts[1]), count > 1 else { return nil }
            return (String(parts[0]), count)
        }.first
    }

    /// Why there can be one container alone, and what to do.
    private static func single(_ service: ComposeService) -> String? {
        let isRange = service.node["ports"]?.texts?.contains { $0.contains("-") } ?? false
        if let port = service.ports.first(where: { $0.published != nil }), !isRange {
            return "gives it a fixed port of the host; write \"\(port.target)\" there, behind a proxy"
        }
        return service.node["container_name"] != nil ? "gives it a container_name; delete that line" : nil
    }
}
