// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Only root may look into /root.
    static let closedHome = Rule(
        "DF058", .error, "programs stand in /root, and another account starts them",
        why:
            "/root is open to root alone: the account of USER finds neither the programs nor the packages in it, and the "
            + "container ends with \"not found\" or \"permission denied\".",
        catches: [
            "FROM python:3.13-slim AS build\nRUN pip install --user gunicorn==23.0.0\nFROM python:3.13-slim\nCOPY --from=build /root/.local /root/.local\nENV PATH=/root/.local/bin:$PATH\nRUN useradd -m app\nUSER app\nCMD [\"gunicorn\", \"a:app\"]"
        ],
        passes: [
            "FROM python:3.13-slim AS build\nRUN pip install --user gunicorn==23.0.0\nFROM python:3.13-slim\nRUN useradd -m app\nCOPY --from=build --chown=app /root/.local /home/app/.local\nENV PATH=/home/app/.local/bin:$PATH\nUSER app\nCMD [\"gunicorn\", \"a:app\"]",
            "FROM python:3.13-slim\nENV PATH=/root/.local/bin:$PATH\nRUN pip install --user gunicorn==23.0.0\nCMD [\"gunicorn\", \"a:app\"]",
            "FROM python:3.13-slim\nENV PATH=/root/.local/bin:$PATH\nRUN pip install --user gunicorn==23.0.0 && chmod 755 /root\nUSER 1000\nCMD [\"gunicorn\", \"a:app\"]",
        ]
    ) { file in
        guard let last = file.stages.last else { return [] }
        let instructions = file.lineage(of: last)
        guard let user = instructions.last(where: { $0.keyword == "USER" })?.arguments.first,
            !["root", "0"].contains(String(user.prefix { $0 != ":" })), !user.contains("$"),
            !instructions.contains(where: {
                $0.keyword == "RUN" && $0.text.contains("chmod") && $0.text.contains("/root")
            }),
            instructions.contains(where: { instruction in
                instruction.keyword == "ENV"
                    && instruction.pairs.contains {
                        $0.name == "PATH" && $0.value?.contains("/root/.local/bin") == true
                    }
            })
        else { return [] }
        let place =
            instructions.first { copy in
                copy.keyword == "COPY" && copy.arguments.last?.hasPrefix("/root/") == true
            } ?? instructions.first { $0.keyword == "RUN" && $0.text.contains("--user") }
        return place.map { instruction in
            [
                Violation(
                    line: instruction.line,
                    "\(user) may not look into /root; write /home/\(user)/.local with --chown=\(user), and PATH to match"
                )
            ]
        } ?? []
    }
}
