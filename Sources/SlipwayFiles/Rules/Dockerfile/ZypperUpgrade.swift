// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A whole new release inside a layer makes the base image meaningless.
    static let zypperUpgrade = Rule(
        "DF335", .warning, "zypper dist-upgrade", alias: ["DL3035"],
        why: "A whole new release inside a layer makes the base image meaningless.",
        catches: ["FROM opensuse/leap:15\nRUN zypper dist-upgrade"],
        passes: ["FROM opensuse/leap:15\nRUN zypper -n patch"]
    ) { file in
        file.runs("zypper dist-upgrade replaces the base image; name a newer one in FROM") {
            $0.name == "zypper" && $0.hasArgument("dist-upgrade", "dup")
        }
    }
}
