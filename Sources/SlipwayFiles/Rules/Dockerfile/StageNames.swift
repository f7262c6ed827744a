// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// COPY --from means the last stage of a name, which is not what the reader of the first one expects.
    static let stageNames = Rule(
        "DF324", .warning, "two stages of one name", alias: ["DL3024", "DuplicateStageName"],
        why: "COPY --from means the last stage of a name, which is not what the reader of the first one expects.",
        catches: ["FROM debian:12 AS a\nFROM debian:11 AS a"],
        passes: ["FROM debian:12 AS a\nFROM debian:11 AS b"]
    ) { file in
        var seen: Set<String> = []
        return file.stages.compactMap { stage in
            guard let name = stage.writtenName, !seen.insert(name).inserted else { return nil }
            return Violation(
                line: stage.from.line, "another stage is called \(name) already; give this one its own name")
        }
    }
}
