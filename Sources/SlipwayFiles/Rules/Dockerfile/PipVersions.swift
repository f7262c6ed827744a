// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build installs whatever was released last, and tomorrow it installs something else.
    static let pipVersions = Rule(
        "DF313", .warning, "packages from pip without versions", alias: ["DL3013"],
        why: "The build installs whatever was released last, and tomorrow it installs something else.",
        catches: ["FROM debian:12\nRUN pip install flask"],
        passes: ["FROM debian:12\nRUN pip install flask==3.0.0", "FROM debian:12\nRUN pip install -r requirements.txt"]
    ) { file in
        file.runPrograms { program in
            let loose = program.commands.flatMap(PackageCommands.unpinnedPip)
            return loose.first.map { "\($0) has no version; write \($0)==VERSION, or: pip install -r requirements.txt" }
        }
    }
}
