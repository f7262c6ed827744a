// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Only the last ENTRYPOINT of a stage counts; the others mislead.
    static let entrypoints = Rule(
        "DF404", .warning, "more than one ENTRYPOINT", alias: ["DL4004"],
        why: "Only the last ENTRYPOINT of a stage counts; the others mislead.",
        catches: ["FROM debian:12\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]"],
        passes: ["FROM debian:12\nENTRYPOINT [\"a\"]"]
    ) { file in
        Repetition.violations(of: "ENTRYPOINT", in: file, reportsFirst: false)
    }
}
