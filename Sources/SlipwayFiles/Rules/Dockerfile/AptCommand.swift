// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// apt is for people: its output and its options change between versions.
    static let aptCommand = Rule(
        "DF327", .info, "apt instead of apt-get", alias: ["DL3027"],
        why: "apt is for people: its output and its options change between versions.",
        catches: ["FROM debian:12\nRUN apt install -y curl"],
        passes: ["FROM debian:12\nRUN apt-get install -y curl"]
    ) { file in
        file.runs("apt is for people; write: apt-get") { $0.name == "apt" }
    }
}
