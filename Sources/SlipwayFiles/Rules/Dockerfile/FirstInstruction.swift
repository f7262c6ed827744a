// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Only ARG may stand before FROM; the build refuses the rest.
    static let firstInstruction = Rule(
        "DF361", .error, "the file does not begin with FROM", alias: ["DL3061"],
        why: "Only ARG may stand before FROM; the build refuses the rest.",
        catches: ["RUN a\nFROM debian:12"],
        passes: ["ARG A\nFROM debian:12"]
    ) { file in
        file.reading.steps.compactMap { step in
            guard step.stage == nil, step.keyword != "ARG" else { return nil }
            return Violation(line: step.line, "\(step.keyword) stands before FROM; only ARG may")
        }
    }
}
