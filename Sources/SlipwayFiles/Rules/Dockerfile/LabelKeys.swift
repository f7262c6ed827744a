// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Label keys are lower-case words joined by dots or hyphens; some prefixes belong to Docker.
    static let labelKeys = Rule(
        "DF348", .info, "a label with an invalid key", alias: ["DL3048"],
        why: "Label keys are lower-case words joined by dots or hyphens; some prefixes belong to Docker.",
        catches: ["FROM debian:12\nLABEL Wrong_Key=1", "FROM debian:12\nONBUILD LABEL Wrong_Key=1"],
        passes: ["FROM debian:12\nLABEL org.example.key=1"]
    ) { file in
        LabelKeyGrammar.violations(file)
    }
}
