// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// dnf asks before it installs, and a build cannot answer.
    static let dnfYes = Rule(
        "DF338", .warning, "dnf install without -y", alias: ["DL3038"],
        why: "dnf asks before it installs, and a build cannot answer.",
        catches: ["FROM fedora:40\nRUN dnf install curl"],
        passes: ["FROM fedora:40\nRUN dnf install -y curl"]
    ) { file in
        file.runs("dnf asks and nobody answers; write: dnf install -y") { PackageCommands.isDnfWithoutYes($0) }
    }
}
