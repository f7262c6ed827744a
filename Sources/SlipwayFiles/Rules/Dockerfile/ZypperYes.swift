// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// zypper asks before it installs, and a build cannot answer.
    static let zypperYes = Rule(
        "DF334", .warning, "zypper without -n", alias: ["DL3034"],
        why: "zypper asks before it installs, and a build cannot answer.",
        catches: ["FROM opensuse/leap:15\nRUN zypper install curl"],
        passes: ["FROM opensuse/leap:15\nRUN zypper install -y curl"]
    ) { file in
        file.runs("zypper asks and nobody answers; write: zypper --non-interactive install") {
            PackageCommands.isZypperWithoutYes($0)
        }
    }
}
