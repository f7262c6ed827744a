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
            ],
            [
                "FIX-502.md":
                    "## Complete reset\n\nIf nothing else works:\n\n```bash\n# Stop all services\ndocker compose down -v\n# Remove all containers and images\ndocker system prune -a -f\n```\n",
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['data:/var/lib/postgresql/data']\nvolumes: {data: {}}\n",
            ],
            [
                "README.md":
                    "### Rebuild\n\n```bash\ndocker compose -f docker-compose.prod.yml down -v\ndocker compose -f docker-compose.prod.yml up -d --build\n```\n",
                "docker-compose.prod.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['data:/var/lib/postgresql/data']\nvolumes: {data: {}}\n",
            ],
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
            guard told.teller == .document, isForTheServer(told),
                let loss = DataLoss.of(told.command), loss.subject == .containers,
                let text = repository.tree.text(told.file), !isSaid(around: told.line, in: text)
            else { return nil }
            return Violation(file: told.file, line: told.line, loss.message)
        }
    }

    /// Whether the document is about a server, or the command names the Compose file of production.
    private static func isForTheServer(_ told: ToldCommand) -> Bool {
        let name = told.file.lowercased()
        return [
            "deploy", "update", "upgrade", "prod", "server", "vps", "fix", "hosting", "release", "troubleshoot",
        ].contains(where: name.contains)
            || told.words.contains { $0.contains("prod") && ($0.hasSuffix(".yml") || $0.hasSuffix(".yaml")) }
    }

    private static let warnings = [
        "danger", "warning", "careful", "caution", "⚠", "wipe", "destro", "lose", "lost", "erase", "uninstall", "tear",
        "data loss", "осторожно", "удал", "очист", "vorsicht", "lösch", "cuidado", "elimin", "borra", "apaga",
        "supprim",
        "attention", "dikkat", "sil", "削除", "消", "删除", "清",
    ]
    private static let verbs = ["delet", "remove", "reset", "clean", "fresh", "scratch", "purge", "drop", "start over"]
    private static let objects = ["data", "volume", "database", " db", "everything", "table"]

    /// Whether the lines around it say that data is deleted, or that nobody's data is there.
    private static func isSaid(around line: Int, in text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let near = lines[max(0, line - 8)..<min(lines.count, line + 3)].map { $0.lowercased() }
        return near.contains { line in
            warnings.contains(where: line.contains) || line.contains("develop") || line.contains(" local")
                || line.contains(" test")
                || verbs.contains(where: line.contains) && objects.contains(where: line.contains)
        }
    }
}
