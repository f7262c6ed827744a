// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Stage names are compared in lower case, so capitals only suggest a difference.
    static let stageCasing = Rule(
        "DF201", .info, "a stage name with capitals", alias: ["StageNameCasing"],
        why: "Stage names are compared in lower case, so capitals only suggest a difference.",
        catches: ["FROM debian:12 AS Build"],
        passes: ["FROM debian:12 AS build"]
    ) { file in
        file.stages.compactMap { stage in
            guard let name = stage.writtenName, name != name.lowercased() else { return nil }
            return Violation(
                line: stage.from.line, "stage names are compared in lower case; write: \(name.lowercased())")
        }
    }
}
