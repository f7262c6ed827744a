// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// It stays in its layer, also when a later instruction removes it.
    static let secretFile = Rule(
        "DF016", .error, "a file with secrets is copied",
        why: "It stays in its layer, also when a later instruction removes it.",
        catches: [
            "FROM python:3.12-slim\nCOPY .env /app/.env", "FROM python:3.12-slim\nCOPY id_rsa /root/.ssh/id_rsa",
            "FROM node:22\nCOPY config/shop-firebase-adminsdk-x1y2z-0a1b2c3d4e.json config/key.json",
        ],
        passes: [
            "FROM python:3.12-slim\nCOPY .env.example /app/.env", "FROM python:3.12-slim\nCOPY ca.pem /etc/ssl/certs/",
        ]
    ) { file in
        file.steps("COPY", "ADD").compactMap { step in
            guard step.instruction.flag("from") == nil else { return nil }
            let sources = step.instruction.arguments.dropLast()
            guard let found = sources.first(where: SecretValues.isSecretFile) else { return nil }
            let isFinal = step.stage == file.stages.count - 1
            return Violation(
                line: step.line,
                "\(found) stays readable in its layer; pass it at run time, or for the build only: "
                    + "RUN --mount=type=secret,id=...,target=\(found)",
                severity: isFinal && !found.contains(".env.") ? nil : .warning)
        }
    }
}
