// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The next step of a guide, and the data is gone.
    static let documentedDataLoss = Rule(
        "AP500", .warning, "a guide for the server deletes the data on the way",
        why:
            "Whoever follows the steps to update or to repair loses the database and the uploads, and the text does not "
            + "say so.",
        catches: [
            [
                "UPDATE-SERVER.md":
                    "# Update\n\n```bash\ngit pull\ndocker compose down -v\ndocker compose up -d --build\n```\n",
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['data:/var/lib/postgresql/data']\nvolumes: {data: {}}\n",
            ]
        ],
        passes: [
            [
                "UPDATE-SERVER.md":
                    "# Update\n\n```bash\ngit pull\ndocker compose down\ndocker compose up -d --build\n```\n",
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['data:/var/lib/postgresql/data']\nvolumes: {data: {}}\n",
            ],
            [
                "DEPLOY.md": "Remove everything, the data too:\n\n```bash\ndocker compose down -v\n```\n",
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['data:/var/lib/postgresql/data']\nvolumes: {data: {}}\n",
            ],
        ]
    ) { repository in
        guard repository.composeFiles.contains(where: { file in file.services.contains { !$0.mounts.isEmpty } }) else {
            return []
        }
        return repository.toldCommands.compactMap { told in
            guard told.teller == .document, isForTheServer(told.file),
                let loss = DataLoss.of(told.command), loss.subject == .containers,
                let text = repository.tree.text(told.file), !isSaid(around: told.line, in: text)
            else { return nil }
            return Violation(file: told.file, line: told.line, loss.message)
        }
    }

    private static func isForTheServer(_ path: String) -> Bool {
        let name = path.lowercased()
        return ["deploy", "update", "upgrade", "prod", "server", "vps", "fix", "hosting", "release"].contains(
            where: name.contains)
    }

    /// Whether the lines around it say that something is deleted.
    private static func isSaid(around line: Int, in text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let near = lines[max(0, line - 8)..<min(lines.count, line + 3)].joined(separator: "\n").lowercased()
        return [
            "delet", "remove", "reset", "clean", "wipe", "fresh", "data", "danger", "warning", "volume", "scratch",
            "tear",
            "destro", "lose", "lost", "erase", "uninstall", "test", "⚠", "dev",
        ].contains(where: near.contains)
    }
}
