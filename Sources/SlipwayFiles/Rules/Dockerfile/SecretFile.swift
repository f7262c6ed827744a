// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// It stays in its layer, also when a later instruction removes it.
    static let secretFile = Rule(
        "DF016", .error, "a file with secrets is copied",
        why: "It stays in its layer, also when a later instruction removes it.",
        catches: [
            "FROM python:3.12-slim\nCOPY .env /app/.env", "FROM python:3.12-slim\nCOPY id_rsa /root/.ssh/id_rsa",
            "FROM node:22 AS build\nCOPY . .\nRUN npm ci\nFROM node:22\nCOPY --from=build /app/.env ./.env\nCMD [\"node\", \"a.js\"]",
            "FROM node:22\nCOPY config/shop-firebase-adminsdk-x1y2z-0a1b2c3d4e.json config/key.json",
        ],
        passes: [
            "FROM python:3.12-slim\nCOPY .env.example /app/.env",
            "FROM node:22 AS build\nRUN touch .env\nFROM node:22\nCOPY --from=build /.env ./.env\nCMD [\"node\", \"a.js\"]",
            "FROM python:3.12-slim\nCOPY ca.pem /etc/ssl/certs/",
        ]
    ) { file in
        file.steps("COPY", "ADD").compactMap { step in
            let sources = step.instruction.arguments.dropLast()
            guard let found = sources.first(where: SecretValues.isSecretFile) else { return nil }
            guard step.instruction.flag("from") == nil else {
                // Another stage can make a file of this name; one for settings it takes from the folder that is built.
                guard SourceTree.Entry(path: found).name.hasPrefix(".env"), !isMade(found, before: step, in: file)
                else {
                    return nil
                }
                return Violation(
                    line: step.line,
                    "\(found) of the machine that builds enters the image with its secrets, and where git does not keep "
                        + "the file the build stops here; delete the line, and give the variables when the container starts"
                )
            }
            let isFinal = step.stage == file.stages.count - 1
            return Violation(
                line: step.line,
                "\(found) stays readable in its layer; pass it at run time, or for the build only: "
                    + "RUN --mount=type=secret,id=...,target=\(found)",
                severity: isFinal && !found.contains(".env.") ? nil : .warning)
        }
    }

    /// Whether a step before writes the file.
    private static func isMade(_ path: String, before step: DockerfileStep, in file: CheckedDockerfile) -> Bool {
        let name = SourceTree.Entry(path: path).name
        return file.reading.steps.contains { other in
            other.line < step.line && ["RUN", "COPY", "ADD"].contains(other.instruction.keyword)
                && other.instruction.text.contains(name)
        }
    }
}
