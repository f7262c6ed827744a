// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// latest is whatever is newest that day, and yesterday's image cannot be made again.
    static let latestImage = Rule(
        "DF307", .warning, "an image tagged latest", alias: ["DL3007"],
        why: "latest is whatever is newest that day, and yesterday's image cannot be made again.",
        catches: ["FROM debian:latest"],
        passes: ["FROM debian:12", "FROM debian:latest@sha256:abc"]
    ) { file in
        file.stages.compactMap { stage in
            guard ImageText.tag(of: stage.base) == "latest", !stage.base.contains("@") else { return nil }
            return Violation(line: stage.from.line, "\(stage.base) moves; write a version instead of latest")
        }
    }
}
