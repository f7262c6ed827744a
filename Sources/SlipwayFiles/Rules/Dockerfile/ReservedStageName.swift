// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// scratch and context mean something of their own, so the stage can never be named.
    static let reservedStageName = Rule(
        "DF363", .warning, "a stage with a reserved name", alias: ["DL3063", "ReservedStageName"],
        why: "scratch and context mean something of their own, so the stage can never be named.",
        catches: ["FROM debian:12 AS scratch"],
        passes: ["FROM debian:12 AS build"]
    ) { file in
        file.stages.compactMap { stage in
            guard let name = stage.writtenName, ["scratch", "context"].contains(name.lowercased()) else { return nil }
            return Violation(line: stage.from.line, "\(name) is a reserved name; call the stage something else")
        }
    }
}
