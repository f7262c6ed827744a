// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// apt asks before it installs, and a build cannot answer: it ends there.
    static let aptYes = Rule(
        "DF314", .warning, "apt-get install without -y", alias: ["DL3014"],
        why: "apt asks before it installs, and a build cannot answer: it ends there.",
        catches: ["FROM debian:12\nRUN apt-get install curl"],
        passes: ["FROM debian:12\nRUN apt-get install -y curl"]
    ) { file in
        file.runs("apt-get asks and nobody answers; write: apt-get install -y") { PackageCommands.isAptWithoutYes($0) }
    }
}
