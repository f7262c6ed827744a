// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Without a tag the build takes whatever is newest that day, and yesterday's image cannot be made again.
    static let untaggedImage = Rule(
        "DF306", .warning, "an image without a tag", alias: ["DL3006"],
        why: "Without a tag the build takes whatever is newest that day, and yesterday's image cannot be made again.",
        catches: ["FROM debian"],
        passes: [
            "FROM debian:12", "FROM scratch", "FROM debian:12 AS base\nFROM base", "ARG IMAGE=debian:12\nFROM $IMAGE",
            "FROM debian@sha256:abc",
        ]
    ) { file in
        let firstOfName = Dictionary(file.stages.map { ($0.writtenName, $0.index) }) { first, _ in first }
        return file.stages.compactMap { stage in
            let isStage = firstOfName[stage.base].map { $0 < stage.index } ?? false
            guard !isStage, Int(stage.base) == nil, ImageText.isUntagged(stage.base) else { return nil }
            return Violation(
                line: stage.from.line, "\(stage.base) has no tag; write the version: FROM \(stage.base):VERSION")
        }
    }
}
