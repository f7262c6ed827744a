// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Without one, the engine takes a process that hangs for a healthy one.
    static let noHealthcheck = Rule(
        "DF357", .info, "no HEALTHCHECK", alias: ["DL3057"],
        why: "Without one, the engine takes a process that hangs for a healthy one.",
        catches: ["FROM debian:12\nCMD [\"a\"]"],
        passes: ["FROM debian:12\nHEALTHCHECK CMD a\nCMD [\"a\"]", "FROM debian:12\nHEALTHCHECK NONE"]
    ) { file in
        MissingHealthcheck.violations(file)
    }
}
