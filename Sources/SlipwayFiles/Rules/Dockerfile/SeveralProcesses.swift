// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// When the one in the background ends, nobody notices and nobody starts it again.
    static let severalProcesses = Rule(
        "DF035", .warning, "several processes in one container",
        why: "When the one in the background ends, nobody notices and nobody starts it again.",
        catches: ["FROM python:3.12-slim\nCMD python worker.py & gunicorn app:app"],
        passes: [
            "FROM python:3.12-slim\nCMD [\"gunicorn\", \"app:app\"]",
            "FROM python:3.12-slim\nCMD python a.py > log 2>&1",
        ]
    ) { file in
        ServerCommands.background(file)
    }
}
