// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever the repository has that day.
    static let zypperVersions = Rule(
        "DF337", .info, "packages from zypper without versions", alias: ["DL3037"],
        why: "The build installs whatever the repository has that day.",
        catches: ["FROM opensuse/leap:15\nRUN zypper install -y curl && zypper clean"],
        passes: ["FROM opensuse/leap:15\nRUN zypper install -y curl=8.0.1 && zypper clean"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedZypper)
            return loose.first.map { "\($0) has no version; write \($0)=VERSION, or pin the base image by digest" }
        }
    }
}
