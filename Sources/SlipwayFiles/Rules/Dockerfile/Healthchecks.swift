// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Only the last HEALTHCHECK of a stage counts; the others mislead.
    static let healthchecks = Rule(
        "DF312", .warning, "more than one HEALTHCHECK", alias: ["DL3012"],
        why: "Only the last HEALTHCHECK of a stage counts; the others mislead.",
        catches: ["FROM debian:12\nHEALTHCHECK CMD a\nHEALTHCHECK CMD b"],
        passes: [
            "FROM debian:12\nHEALTHCHECK CMD a",
            "FROM debian:12 AS a\nHEALTHCHECK CMD a\nFROM debian:12\nHEALTHCHECK CMD b",
        ]
    ) { file in
        Repetition.violations(of: "HEALTHCHECK", in: file, reportsFirst: false)
    }
}
