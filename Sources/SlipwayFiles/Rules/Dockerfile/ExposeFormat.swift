// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// EXPOSE names a port of the container; addresses and host ports belong to docker run.
    static let exposeFormat = Rule(
        "DF212", .warning, "EXPOSE with an address or a mapping", alias: ["ExposeInvalidFormat"],
        why: "EXPOSE names a port of the container; addresses and host ports belong to docker run.",
        catches: ["FROM python:3.12-slim\nEXPOSE 127.0.0.1:80:80"],
        passes: ["FROM python:3.12-slim\nEXPOSE 80/tcp"]
    ) { file in
        file.steps("EXPOSE").compactMap { step in
            let wrong = step.instruction.arguments.first { $0.contains(":") && !$0.contains("$") }
            return wrong.map {
                Violation(line: step.line, "\($0) is more than a port; write the container's port alone")
            }
        }
    }
}
