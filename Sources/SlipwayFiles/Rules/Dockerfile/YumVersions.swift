// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever the repository has that day.
    static let yumVersions = Rule(
        "DF333", .info, "packages from yum without versions", alias: ["DL3033"],
        why: "The build installs whatever the repository has that day.",
        catches: [
            "FROM rockylinux:9\nRUN yum install -y curl && yum clean all",
            "FROM rockylinux:9\nRUN yum install -y curl-$V",
        ],
        passes: [
            "FROM rockylinux:9\nARG V\nRUN yum install -y curl-$V",
            "FROM rockylinux:9\nRUN V=8 && yum install -y curl-${V}",
            "FROM rockylinux:9\nRUN yum install -y curl-7.76.1 && yum clean all",
        ]
    ) { file in
        PinnedPackages.violations(file, unpinned: PackageCommands.unpinnedYum)
    }
}
