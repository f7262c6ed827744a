// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A fixed platform makes the image run under emulation, or not at all, on other machines.
    static let platformInFrom = Rule(
        "DF329", .info, "FROM with a fixed platform", alias: ["DL3029", "FromPlatformFlagConstDisallowed"],
        why: "A fixed platform makes the image run under emulation, or not at all, on other machines.",
        catches: ["FROM --platform=linux/amd64 debian:12"],
        passes: [
            "FROM debian:12", "FROM --platform=$BUILDPLATFORM debian:12",
            "FROM --platform=linux/amd64 debian:12 AS build-amd64",
        ]
    ) { file in
        file.stages.compactMap { stage in
            guard let platform = stage.platform, !platform.contains("BUILDPLATFORM"),
                !platform.contains("TARGETPLATFORM")
            else { return nil }
            // A stage that is named for its platform is one of several.
            let parts = platform.split(separator: "/").map { $0.lowercased() }
            if let name = stage.name, parts.contains(where: name.contains) { return nil }
            return Violation(line: stage.from.line, "--platform=\(platform) binds the image to one platform; remove it")
        }
    }
}
