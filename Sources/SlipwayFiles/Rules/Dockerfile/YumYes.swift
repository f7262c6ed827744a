// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// yum asks before it installs, and a build cannot answer.
    static let yumYes = Rule(
        "DF330", .warning, "yum install without -y", alias: ["DL3030"],
        why: "yum asks before it installs, and a build cannot answer.",
        catches: ["FROM rockylinux:9\nRUN yum install curl"],
        passes: ["FROM rockylinux:9\nRUN yum install -y curl"]
    ) { file in
        file.runs("yum asks and nobody answers; write: yum install -y") { PackageCommands.isYumWithoutYes($0) }
    }
}
