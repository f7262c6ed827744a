// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Recommended packages make the image larger and are rarely needed.
    static let aptRecommends = Rule(
        "DF315", .info, "apt-get install brings recommended packages", alias: ["DL3015"],
        why: "Recommended packages make the image larger and are rarely needed.",
        catches: ["FROM debian:12\nRUN apt-get install -y curl"],
        passes: ["FROM debian:12\nRUN apt-get install -y --no-install-recommends curl"]
    ) { file in
        file.runs("recommended packages come along; write: apt-get install -y --no-install-recommends") {
            PackageCommands.isAptWithRecommends($0)
        }
    }
}
