// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever the repository has that day.
    static let dnfVersions = Rule(
        "DF341", .info, "packages from dnf without versions", alias: ["DL3041"],
        why: "The build installs whatever the repository has that day.",
        catches: [
            "FROM fedora:40\nRUN dnf install -y curl && dnf clean all", "FROM fedora:40\nRUN dnf install -y curl-$V",
        ],
        passes: [
            "FROM fedora:40\nARG V\nRUN dnf install -y curl-$V", "FROM fedora:40\nRUN V=8 && dnf install -y curl-${V}",
            "FROM fedora:40\nRUN dnf install -y curl-8.6.0 && dnf clean all",
        ]
    ) { file in
        PinnedPackages.violations(file, unpinned: PackageCommands.unpinnedDnf)
    }
}
