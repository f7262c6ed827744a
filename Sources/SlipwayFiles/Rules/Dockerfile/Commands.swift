// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Only the last CMD of a stage counts; the others mislead.
    static let commands = Rule(
        "DF403", .warning, "more than one CMD", alias: ["DL4003", "MultipleInstructionsDisallowed"],
        why: "Only the last CMD of a stage counts; the others mislead.",
        catches: ["FROM debian:12\nCMD [\"a\"]\nCMD [\"b\"]"],
        passes: ["FROM debian:12\nCMD [\"a\"]"]
    ) { file in
        Repetition.violations(of: "CMD", in: file, reportsFirst: false)
    }
}
