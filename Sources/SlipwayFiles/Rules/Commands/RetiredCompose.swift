// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// docker-compose: command not found.
    static let composeNotInstalled = Rule(
        "AP266", .error, "docker-compose is not on the machine that runs it",
        why:
            "GitHub's machines have had no docker-compose since 2024, and Docker's own installer brings only the plugin: the "
            + "step ends with \"docker-compose: command not found\".",
        catches: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker-compose up -d\n"
            ],
            ["setup.sh": "#!/bin/sh\nset -e\ncurl -fsSL https://get.docker.com | sh\ndocker-compose up -d\n"],
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\non_server() {\n  ssh \"$SERVER\" \"$@\"\n}\non_server \"cd /srv/app && docker-compose pull\"\n",
                "setup.sh": "#!/bin/sh\nset -e\napt-get install -y docker-ce docker-compose-plugin\n",
            ],
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\nssh -i key.pem -o BatchMode=yes deploy@$SERVER << 'END'\ncd /srv/app\ndocker-compose pull\nEND\n",
                "DEPLOY.md": "```sh\ncurl -fsSL https://get.docker.com | sh\n```\n",
            ],
            ["DEPLOY.md": "```sh\nsudo apt install docker-ce docker-compose-plugin\ndocker-compose up -d\n```\n"],
        ],
        passes: [
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker compose up -d\n"
            ],
            [
                ".github/workflows/a.yml":
                    "on: push\njobs:\n  a:\n    runs-on: self-hosted\n    steps:\n      - run: docker-compose up -d\n"
            ],
            [
                "setup.sh":
                    "#!/bin/sh\ncurl -fsSL https://get.docker.com | sh\napt-get install -y docker-compose\ndocker-compose up -d\n"
            ],
        ]
    ) { repository in
        var seen: Set<String> = []
        return repository.toldCommands.compactMap { told in
            guard told.words.first == "docker-compose", told.words.count > 1, !told.command.isFollowedByOr,
                !told.command.isCondition,
                !seen.contains(told.file), let text = repository.tree.text(told.file),
                lacks(told, text) || told.teller == .remote && serverLacks(repository)
            else { return nil }
            seen.insert(told.file)
            return Violation(
                file: told.file, line: told.line, "there is no docker-compose; write: docker compose \(told.words[1])",
                severity: told.teller == .document ? .warning : nil)
        }
    }

    /// Whether what sets the server up brings the plugin alone.
    private static func serverLacks(_ repository: CheckedRepository) -> Bool {
        let texts =
            repository.scripts.map(\.text) + repository.documents.compactMap { repository.tree.text($0.path) }
        let plugin = texts.contains { $0.contains("docker-compose-plugin") || $0.contains("get.docker.com") }
        return plugin && !texts.contains(where: bringsOld)
    }

    private static func bringsOld(_ text: String) -> Bool {
        let brings = [
            "compose/releases", "install docker-compose", "install -y docker-compose", "docker-compose-action",
            "setup-docker-compose", "add docker-compose",
            "bin/docker-compose", "alias docker-compose", "docker.io docker-compose", "pip install docker-compose",
            "setup-compose", "isbang/compose", "install --yes docker-compose",
        ]
        // apt's docker-compose-plugin is the plugin.
        let plain = text.replacing("docker-compose-plugin", with: "")
        return brings.contains(where: plain.contains)
    }

    private static func lacks(_ told: ToldCommand, _ text: String) -> Bool {
        guard !bringsOld(text) else { return false }
        switch told.teller {
        case .workflow:
            return text.contains("ubuntu-") && !text.contains("self-hosted") && !text.contains("container:")
                && !text.contains("ssh ")
        case .script, .document: return text.contains("get.docker.com") || text.contains("docker-compose-plugin")
        default: return false
        }
    }
}
