// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever the branch of Alpine has that day.
    static let apkVersions = Rule(
        "DF318", .info, "packages from apk without versions", alias: ["DL3018"],
        why: "The build installs whatever the branch of Alpine has that day.",
        catches: ["FROM alpine:3.20\nRUN apk add --no-cache curl"],
        passes: ["FROM alpine:3.20\nRUN apk add --no-cache curl=8.9.1-r1"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedApk)
            return loose.first.map { "\($0) has no version; write \($0)=VERSION, or pin the base image by digest" }
        }
    }
}
