// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A shell cuts an unquoted value at its blanks and expands the stars in it.
    static let unquotedVariable = Rule(
        "DF500", .info, "an unquoted variable", alias: ["SC2086"],
        why: "A shell cuts an unquoted value at its blanks and expands the stars in it.",
        catches: ["FROM debian:12\nRUN DIR=$(pwd) && rm -r $DIR"],
        passes: [
            "FROM debian:12\nRUN DIR=$(pwd) && rm -r \"$DIR\"", "FROM debian:12\nARG DIR=/a\nRUN rm -r $DIR",
            "FROM debian:12\nRUN DIR=/a && rm -r $DIR",
        ]
    ) { file in
        UnquotedWords.variables(file)
    }
}
