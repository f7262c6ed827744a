// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever the archive has that day. A pinned base image with a snapshot date holds longer than versions, which the archive forgets.
    static let aptVersions = Rule(
        "DF308", .info, "packages from apt without versions", alias: ["DL3008"],
        why:
            "The build installs whatever the archive has that day. A pinned base image with a snapshot date holds longer than versions, which the archive forgets.",
        catches: ["FROM debian:12\nRUN apt-get install -y curl"],
        passes: ["FROM debian:12\nRUN apt-get install -y curl=7.88.1-10"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedApt)
            return loose.first.map { "\($0) has no version; write \($0)=VERSION, or pin the base image by digest" }
        }
    }
}
