// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Compilers and headers come along: several hundred megabytes that the running program never uses.
    static let toolchainImage = Rule(
        "DF022", .warning, "the final image is a toolchain",
        why: "Compilers and headers come along: several hundred megabytes that the running program never uses.",
        catches: ["FROM golang:1.23\nCOPY . /src\nRUN go build -o /app\nCMD [\"/app\"]"],
        passes: [
            "FROM golang:1.23 AS build\nRUN go build -o /app\nFROM gcr.io/distroless/static:nonroot\nCOPY --from=build /app /app\nCMD [\"/app\"]"
        ]
    ) { file in
        StageUse.toolchain(file)
    }
}
