// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// compose up starts what has no profile.
    static let unchosenProfile = Rule(
        "AP499", .warning, "docker compose up without the profile of what answers requests",
        why:
            "Compose leaves out every service that has a profile unless the profile is chosen: the command succeeds, and "
            + "nothing of the application answers.",
        catches: [
            [
                "README.md": "```bash\ndocker compose -f docker-compose.prod.yml up -d --build\n```\n",
                "docker-compose.prod.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n    profiles: [postgres]\n  assets:\n    image: a/b:1\n",
            ]
        ],
        passes: [
            [
                "README.md":
                    "```bash\ndocker compose -f docker-compose.prod.yml --profile postgres up -d --build\n```\n",
                "docker-compose.prod.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n    profiles: [postgres]\n  assets:\n    image: a/b:1\n",
            ],
            [
                "README.md": "```bash\ndocker compose up -d\n```\n",
                "compose.yml":
                    "services:\n  web:\n    image: nginx:1.27\n    ports: ['80:80']\n  admin:\n    image: adminer:5\n    ports: ['8081:8080']\n    profiles: [tools]\n",
            ],
        ]
    ) { repository in
        guard
            !repository.tree.entries.contains(where: { entry in
                FileFormat(path: entry.path) == .dotenv
                    && ByteSearch.contains("COMPOSE_PROFILES", in: repository.tree.text(entry.path) ?? "")
            })
        else { return [] }
        return repository.toldCommands.compactMap { told in
            guard let call = ComposeCall(told.words), call.verb == "up", !call.before.contains("--profile"),
                call.after.allSatisfy({ $0.hasPrefix("-") }), call.files.count == 1, let path = call.files.first,
                !told.command.assignments.contains(where: { $0.text.hasPrefix("COMPOSE_PROFILES") }),
                let file = repository.composeFiles.first(where: { file in
                    told.places.contains { GoPath.clean($0 + "/" + path) == file.location }
                }), let service = hiddenDoor(of: file)
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "\(service.name) has the profile \(service.profiles[0]) and does not start; write: docker compose "
                    + "-f \(path) --profile \(service.profiles[0]) up -d", severity: told.severity)
        }
    }

    /// The published service, when all published ones have a profile.
    private static func hiddenDoor(of file: CheckedFile<ComposeFile>) -> ComposeService? {
        let published = file.services.filter { !$0.ports.isEmpty }
        guard published.allSatisfy({ !$0.profiles.isEmpty }) else { return nil }
        return published.first
    }
}
