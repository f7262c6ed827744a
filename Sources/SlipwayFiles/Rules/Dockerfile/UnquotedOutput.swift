// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A shell cuts unquoted output at its blanks and expands the stars in it.
    static let unquotedOutput = Rule(
        "DF501", .info, "an unquoted command substitution", alias: ["SC2046"],
        why: "A shell cuts unquoted output at its blanks and expands the stars in it.",
        catches: ["FROM debian:12\nRUN kill $(cat pid)"],
        passes: ["FROM debian:12\nRUN kill \"$(cat pid)\"", "FROM debian:12\nRUN PID=$(cat pid)"]
    ) { file in
        UnquotedWords.outputs(file)
    }
}
