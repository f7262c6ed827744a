// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Ports end at 65535; the build or the start fails.
    static let portRange = Rule(
        "DF311", .error, "a port that does not exist", alias: ["DL3011"],
        why: "Ports end at 65535; the build or the start fails.",
        catches: ["FROM debian:12\nEXPOSE 80000"],
        passes: ["FROM debian:12\nEXPOSE 65535"]
    ) { file in
        file.steps("EXPOSE").compactMap { step in
            let wrong = step.instruction.arguments.first { argument in
                argument.prefix { $0 != "/" }.split(separator: "-").contains { Int($0).map { $0 > 65_535 } ?? false }
            }
            return wrong.map { Violation(line: step.line, "\($0) is no port; ports end at 65535") }
        }
    }
}
