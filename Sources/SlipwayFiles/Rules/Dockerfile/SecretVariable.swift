// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// ARG and ENV stay in the image's history, where everyone who can pull it reads them.
    static let secretVariable = Rule(
        "DF364", .warning, "a variable that sounds like a secret", alias: ["DL3064", "SecretsUsedInArgOrEnv"],
        why: "ARG and ENV stay in the image's history, where everyone who can pull it reads them.",
        catches: ["FROM debian:12\nENV API_KEY=abc"],
        passes: [
            "FROM debian:12\nRUN --mount=type=secret,id=api_key cat /run/secrets/api_key",
            "FROM node:22\nARG VITE_MAPS_API_KEY\nRUN npm run build",
        ]
    ) { file in
        SecretVariables.violations(file)
    }
}
