// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A relative WORKDIR depends on what the base image left, and moves when that changes.
    static let absoluteWorkdir = Rule(
        "DF300", .warning, "WORKDIR is relative", alias: ["DL3000"],
        why: "A relative WORKDIR continues the one before it, in the base image too, and moves when that changes.",
        catches: ["FROM debian:12\nWORKDIR app"], passes: ["FROM debian:12\nWORKDIR /app"]
    ) { file in
        file.instructions.compactMap { instruction in
            guard instruction.keyword == "WORKDIR", let path = instruction.arguments.first, !path.hasPrefix("/") else {
                return nil
            }
            return Violation(line: instruction.line, "WORKDIR \(path) is relative; write: WORKDIR /\(path)")
        }
    }
}
