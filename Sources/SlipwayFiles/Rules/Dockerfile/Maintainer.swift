// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Builders may stop to read it.
    static let maintainer = Rule(
        "DF400", .info, "MAINTAINER is deprecated", alias: ["DL4000", "MaintainerDeprecated"],
        why: "Builders may stop to read it.",
        catches: ["FROM debian:12\nMAINTAINER a@example.org"],
        passes: ["FROM debian:12\nLABEL org.opencontainers.image.authors=a@example.org"]
    ) { file in
        file.steps("MAINTAINER").map { step in
            let name = step.instruction.arguments.first ?? ""
            let line = "LABEL org.opencontainers.image.authors=\"\(name.filter { $0 != "\"" })\""
            let fix = Fix(
                "Write a label", line: step.line, count: step.instruction.endLine - step.line + 1, replacement: [line])
            return Violation(
                line: step.line, "MAINTAINER is deprecated; write: \(line)", fix: step.isTrigger ? nil : fix)
        }
    }
}
