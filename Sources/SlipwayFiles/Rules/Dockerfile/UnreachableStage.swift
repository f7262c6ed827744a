// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// No image needs it; BuildKit skips it, and readers wonder.
    static let unreachableStage = Rule(
        "DF020", .info, "a stage that nothing uses",
        why: "No image needs it; BuildKit skips it, and readers wonder.",
        catches: ["FROM debian:12 AS build\nRUN make\nFROM debian:12\nCOPY . /app"],
        passes: ["FROM debian:12 AS build\nRUN make\nFROM debian:12\nCOPY --from=build /app /app"]
    ) { file in
        StageUse.unreachable(file)
    }
}
