// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The lists are put together, and an empty one adds nothing.
    static let emptiedList = Rule(
        "CO180", .error, "an override empties a list, and Compose keeps what the base has",
        why:
            "Compose puts the lists of both files together (docs.docker.com/reference/compose-file/merge): ports: [] takes no port "
            + "away, and volumes: [] leaves the developer's folder mounted. The tag !reset takes them away.",
        catches: [
            [
                "docker-compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n  web:\n    build: .\n    volumes: ['./src:/app']\n",
                "docker-compose.prod.yml": "services:\n  db:\n    ports: []\n  web:\n    restart: always\n",
            ]
        ],
        passes: [
            [
                "docker-compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
                "docker-compose.prod.yml": "services:\n  db:\n    ports: !reset []\n",
            ],
            [
                "docker-compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
                "docker-compose.prod.yml": "services:\n  db:\n    image: postgres:17\n    ports: []\n",
            ],
            [
                "docker-compose.yml": "services:\n  db:\n    image: postgres:17\n",
                "docker-compose.prod.yml": "services:\n  db:\n    ports: []\n",
            ],
        ]
    ) { file in
        let bases = ["compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"]
        let name = SourceTree.Entry(path: file.location).name
        // A file in which every service says what runs can be one that stands alone.
        guard !bases.contains(name), file.services.contains(where: { $0.image == nil && $0.build == nil }),
            let base = file.siblings.first(where: { bases.contains(SourceTree.Entry(path: $0.location).name) })
        else { return [] }
        return file.services.flatMap { service -> [Violation] in
            guard let below = base[service.name] else { return [] }
            return ["ports", "volumes", "env_file"].compactMap { key in
                guard let node = service.node[key], node.sequence?.isEmpty == true,
                    let kept = below.node[key]?.sequence, let first = kept.first,
                    file.textLines.indices.contains(node.line - 1),
                    !file.textLines[node.line - 1].contains("!")
                else { return nil }
                let shown = first.text.map { " (\($0))" } ?? ""
                return Violation(
                    line: node.line,
                    "\(service.name) keeps the \(key) of \(base.location):\(first.line)\(shown); write: \(key): !reset []",
                    severity: file.isForDevelopment ? .warning : nil)
            }
        }
    }
}
