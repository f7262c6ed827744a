// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Each RUN is a layer; what one removes stays in the layer before it.
    static let consecutiveRuns = Rule(
        "DF359", .info, "RUN after RUN", alias: ["DL3059"],
        why: "Each RUN is a layer; what one removes stays in the layer before it.",
        catches: ["FROM debian:12\nRUN a\nRUN b"],
        passes: ["FROM debian:12\nRUN a && b"]
    ) { file in
        RunChains.violations(file)
    }
}
