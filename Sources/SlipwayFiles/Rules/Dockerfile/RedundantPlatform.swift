// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// It says what the build does anyway.
    static let redundantPlatform = Rule(
        "DF365", .info, "--platform=$TARGETPLATFORM is the default", alias: ["DL3065", "RedundantTargetPlatform"],
        why: "It says what the build does anyway.",
        catches: ["FROM --platform=$TARGETPLATFORM debian:12"],
        passes: ["FROM --platform=$BUILDPLATFORM debian:12"]
    ) { file in
        file.stages.compactMap { stage in
            guard let platform = stage.platform, ["$TARGETPLATFORM", "${TARGETPLATFORM}"].contains(platform) else {
                return nil
            }
            return Violation(line: stage.from.line, "$TARGETPLATFORM is the default; remove --platform")
        }
    }
}
