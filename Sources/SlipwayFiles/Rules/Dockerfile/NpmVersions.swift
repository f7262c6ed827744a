// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever was released last, and tomorrow it installs something else.
    static let npmVersions = Rule(
        "DF316", .warning, "packages from npm without versions", alias: ["DL3016"],
        why: "The build installs whatever was released last, and tomorrow it installs something else.",
        catches: ["FROM debian:12\nRUN npm install -g pm2"],
        passes: ["FROM debian:12\nRUN npm install -g pm2@5.4.0", "FROM debian:12\nRUN npm install"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedNpm)
            return loose.first.map { "\($0) has no version; write \($0)@VERSION" }
        }
    }
}
