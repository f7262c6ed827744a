// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Backticks cannot be nested and are read differently inside quotes.
    static let backticks = Rule(
        "DF502", .info, "backticks", alias: ["SC2006"],
        why: "Backticks cannot be nested and are read differently inside quotes.",
        catches: ["FROM debian:12\nRUN A=`id -u`"],
        passes: ["FROM debian:12\nRUN A=$(id -u)"]
    ) { file in
        file.runPrograms { program in
            program.backticks.isEmpty ? nil : "backticks cannot be nested; write: $(...)"
        }
    }
}
