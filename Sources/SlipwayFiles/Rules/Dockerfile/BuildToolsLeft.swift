// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Compilers and headers are needed once; in the image that runs they only add size and attack surface.
    static let buildToolsLeft = Rule(
        "DF013", .warning, "build tools in the final image",
        why: "Compilers and headers are needed once; in the image that runs they only add size and attack surface.",
        catches: [
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc && pip install -r requirements.txt && rm -rf /var/lib/apt/lists/*"
        ],
        passes: [
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc && pip install -r requirements.txt && apt-get purge -y gcc && rm -rf /var/lib/apt/lists/*",
            "FROM python:3.12 AS build\nRUN apt-get install -y gcc\nFROM python:3.12-slim\nCOPY --from=build /venv /venv",
        ]
    ) { file in
        BuildTools.violations(file)
    }
}
