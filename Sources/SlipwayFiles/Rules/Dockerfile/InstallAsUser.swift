// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// apt-get, apk and their kin need root, and only root gives files away; the build stops here.
    static let installAsUser = Rule(
        "DF048", .error, "a step needs root and runs as another account",
        why: "apt-get, apk and their kin need root, and only root gives files away; the build stops here.",
        catches: [
            "FROM python:3.12-slim\nUSER 1000\nRUN apt-get update && apt-get install -y curl",
            "FROM python:3.12-slim\nUSER app\nCOPY . /app\nRUN chown -R app:app /app",
        ],
        passes: [
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl\nUSER 1000",
            "FROM python:3.12-slim\nUSER app\nUSER root\nRUN apt-get update",
            "FROM python:3.12-slim\nCOPY . /app\nRUN chown -R 1000 /app\nUSER 1000",
        ]
    ) { file in
        var users: [Int: String] = [:]
        return file.reading.steps.compactMap { step in
            guard let stage = step.stage, !step.isTrigger else { return nil }
            if step.keyword == "USER" { users[stage] = step.instruction.arguments.first }
            guard step.keyword == "RUN", let program = step.program, let user = users[stage],
                !["root", "0"].contains(user.prefix { $0 != ":" }), !user.contains("$")
            else { return nil }
            let found = program.commands.first { command in
                ["apt-get", "apt", "apk", "yum", "dnf", "microdnf"].contains(command.name)
                    && command.hasArgument("install", "add", "update", "upgrade")
            }
            if let found {
                return Violation(line: step.line, "\(found.name) needs root and USER is \(user); move USER behind it")
            }
            let isGiven = program.commands.contains { command in
                command.name == "chown" && !command.isFollowedByOr && command.operands().count > 1
            }
            return isGiven
                ? Violation(
                    line: step.line, "only root may give files away and USER is \(user); move USER behind it",
                    severity: .warning) : nil
        }
    }
}
