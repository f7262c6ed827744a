// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// When the folder is missing, the commands behind it run in the wrong one.
    static let uncheckedChange = Rule(
        "DF503", .warning, "cd that may fail unseen", alias: ["SC2164"],
        why: "When the folder is missing, the commands behind it run in the wrong one.",
        catches: ["FROM debian:12\nRUN cd /srv; rm -rf data"],
        passes: [
            "FROM debian:12\nRUN cd /srv && rm -rf data", "FROM debian:12\nRUN (cd /srv && make)",
            "FROM debian:12\nRUN set -e; cd /srv; make",
        ]
    ) { file in
        file.runPrograms { program in
            let stops = program.commands.contains { command in
                command.name == "set" && command.hasFlag("e") || command.name == "set" && command.hasArgument("errexit")
            }
            let found = program.commands.contains { command in
                command.name == "cd" && !command.isFollowedByAnd && !command.isFollowedByOr && !command.isInSubshell
                    && !command.isCondition
            }
            return found && !stops ? "the folder may be missing; write: cd FOLDER && ..., or WORKDIR" : nil
        }
    }
}
