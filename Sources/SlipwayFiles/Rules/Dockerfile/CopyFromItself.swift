// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A stage cannot take files from itself; the build refuses it.
    static let copyFromItself = Rule(
        "DF323", .error, "COPY --from its own stage", alias: ["DL3023"],
        why: "A stage cannot take files from itself; the build refuses it.",
        catches: ["FROM debian:12 AS build\nCOPY --from=build /a /b"],
        passes: ["FROM debian:12 AS build\nFROM debian:12\nCOPY --from=build /a /b"]
    ) { file in
        file.steps("COPY").compactMap { step in
            guard let from = step.instruction.flag("from")?.value, let stage = step.stage,
                file.stages[stage].writtenName == from
            else { return nil }
            return Violation(
                line: step.line, "the stage \(from) copies from itself; write RUN cp, or name another stage")
        }
    }
}
