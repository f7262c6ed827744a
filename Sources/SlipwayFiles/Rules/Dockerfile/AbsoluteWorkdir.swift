// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A relative WORKDIR continues the one before it, in the base image too, and moves when that changes.
    static let absoluteWorkdir = Rule(
        "DF300", .warning, "WORKDIR is relative", alias: ["DL3000", "WorkdirRelativePath"],
        why: "A relative WORKDIR continues the one before it, in the base image too, and moves when that changes.",
        catches: ["FROM debian:12\nWORKDIR app"],
        passes: [
            "FROM debian:12\nWORKDIR /app", "FROM debian:12\nWORKDIR ${HOME}", "FROM debian:12\nWORKDIR \"/app\"",
            "FROM debian:12\nWORKDIR C:\\\\app",
        ]
    ) { file in
        file.steps("WORKDIR").compactMap { step in
            let path = (step.instruction.arguments.first ?? "").filter { $0 != "\"" && $0 != "'" }
            guard !path.hasPrefix("/"), !path.hasPrefix("$"), !path.dropFirst().hasPrefix(":") else { return nil }
            return Violation(line: step.line, "WORKDIR \(path) is relative; write: WORKDIR /\(path)")
        }
    }
}
