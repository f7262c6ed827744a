// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The check fails forever, so the container is never healthy and everything that waits for it never starts.
    static let healthcheckTool = Rule(
        "DF018", .error, "a HEALTHCHECK whose program is not in the image",
        why:
            "The check fails forever, so the container is never healthy and everything that waits for it never starts.",
        catches: [
            "FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1",
            "FROM node:22-alpine\nHEALTHCHECK CMD curl -f http://localhost:3000/",
        ],
        passes: [
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl\nHEALTHCHECK CMD curl -f http://localhost:8000/health",
            "FROM node:22-alpine\nHEALTHCHECK CMD wget -qO- http://localhost:3000/",
            "FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost:8000/",
        ]
    ) { file in
        HealthCommands.missingTool(file)
    }
}
