// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// The build refuses ONBUILD, FROM and MAINTAINER as triggers.
    static let forbiddenTrigger = Rule(
        "DF343", .error, "ONBUILD with an instruction that it cannot hold", alias: ["DL3043"],
        why: "The build refuses ONBUILD, FROM and MAINTAINER as triggers.",
        catches: ["FROM debian:12\nONBUILD FROM debian:12"],
        passes: ["FROM debian:12\nONBUILD RUN true"]
    ) { file in
        file.reading.steps.filter { ["ONBUILD", "FROM", "MAINTAINER"].contains($0.keyword) }.compactMap { step in
            guard step.isTrigger else { return nil }
            return Violation(line: step.line, "\(step.keyword) cannot be a trigger; remove it")
        }
    }
}
