// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever the repository has that day.
    static let yumVersions = Rule(
        "DF333", .info, "packages from yum without versions", alias: ["DL3033"],
        why: "The build installs whatever the repository has that day.",
        catches: ["FROM rockylinux:9\nRUN yum install -y curl && yum clean all"],
        passes: ["FROM rockylinux:9\nRUN yum install -y curl-7.76.1 && yum clean all"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedYum)
            return loose.first.map { "\($0) has no version; write \($0)-VERSION, or pin the base image by digest" }
        }
    }
}
