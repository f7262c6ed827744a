// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// An ARG before FROM ends there: inside the stage the name is empty unless ARG repeats it.
    static let argumentOutOfSight = Rule(
        "DF205", .warning, "an ARG from before FROM is used inside a stage", alias: ["UndefinedVar"],
        why: "An ARG before FROM ends there: inside the stage the name is empty unless ARG repeats it.",
        catches: ["ARG VERSION=1\nFROM debian:12\nCOPY app-$VERSION /app"],
        passes: ["ARG VERSION=1\nFROM debian:12\nARG VERSION\nCOPY app-$VERSION /app"]
    ) { file in
        ArgumentScopes.violations(file)
    }
}
