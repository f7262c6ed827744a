// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// It reports healthy whatever the application answers.
    static let healthcheckCannotFail = Rule(
        "DF017", .warning, "a HEALTHCHECK that cannot fail",
        why: "It reports healthy whatever the application answers.",
        catches: [
            "FROM python:3.12-slim\nHEALTHCHECK CMD curl http://localhost:8000/health",
            "FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost:8000/health || true",
        ],
        passes: [
            "FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1",
            "FROM python:3.12-slim\nHEALTHCHECK NONE",
            "FROM python:3.12-slim\nHEALTHCHECK CMD wget -qO- http://localhost:8000/health",
        ]
    ) { file in
        HealthCommands.cannotFail(file)
    }
}
