// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Within one ENV, references see the values from before it, so the new one is not there yet.
    static let ownVariable = Rule(
        "DF344", .warning, "ENV uses a variable that it sets itself", alias: ["DL3044"],
        why: "Within one ENV, references see the values from before it, so the new one is not there yet.",
        catches: ["FROM debian:12\nENV A=1 B=$A"],
        passes: ["FROM debian:12\nENV A=1\nENV B=$A", "FROM debian:12\nENV PATH=/app/bin:$PATH"]
    ) { file in
        OwnVariables.violations(file)
    }
}
