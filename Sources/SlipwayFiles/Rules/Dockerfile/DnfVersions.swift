// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever the repository has that day.
    static let dnfVersions = Rule(
        "DF341", .info, "packages from dnf without versions", alias: ["DL3041"],
        why: "The build installs whatever the repository has that day.",
        catches: ["FROM fedora:40\nRUN dnf install -y curl && dnf clean all"],
        passes: ["FROM fedora:40\nRUN dnf install -y curl-8.6.0 && dnf clean all"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedDnf)
            return loose.first.map { "\($0) has no version; write \($0)-VERSION, or pin the base image by digest" }
        }
    }
}
