// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Compose adds the lists of its files together (docs.docker.com/reference/compose-file/merge).
    static let emptyListInOverlay = Rule(
        "CO163", .error, "an empty list in a second file takes nothing away",
        why:
            "Compose adds the lists of several files together, and nothing added to something is the same: ports stay "
            + "published and the source stays mounted. Only !reset or !override takes away.",
        catches: [
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['127.0.0.1:5432:5432']\n",
                "compose.prod.yml": "services:\n  db:\n    ports: []\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['127.0.0.1:5432:5432']\n",
                "compose.prod.yml": "services:\n  db:\n    ports: !reset []\n",
            ],
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n",
                "compose.prod.yml": "services:\n  db:\n    ports: []\n",
            ],
            [
                "compose.yml": "services:\n  db:\n    image: postgres:17\n    ports: ['127.0.0.1:5432:5432']\n",
                "compose.prod.yml": "services:\n  db:\n    image: postgres:17\n    ports: []\n",
            ],
        ]
    ) { file in
        let others = file.repository.composeFiles.filter { $0.location != file.location && $0.folder == file.folder }
        guard !others.isEmpty else { return [] }
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
        return file.services.flatMap { service -> [Violation] in
            // What has an image of its own is complete, and the file may well stand alone.
            guard service.image == nil, service.node["build"] == nil,
                let base = others.lazy.compactMap({ other in other.services.first { $0.name == service.name } })
                    .first(where: { $0.image != nil || $0.node["build"] != nil })
            else { return [] }
            return ["ports", "volumes", "env_file", "secrets", "configs", "cap_add", "devices"].compactMap { key in
                guard let mine = service.node[key], mine.sequence?.isEmpty == true,
                    let theirs = base.node[key]?.sequence, !theirs.isEmpty, lines.indices.contains(mine.line - 1),
                    !lines[mine.line - 1].contains("!")
                else { return nil }
                return Violation(
                    line: mine.line,
                    "\(key) of \(service.name) stay as the other file has them; write: \(key): !reset []",
                    severity: key == "ports" ? .error : .warning)
            }
        }
    }
}
