// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Without a cache mount, each change of the source compiles every dependency again.
    static let compileWithoutCache = Rule(
        "DF011", .info, "a compiler starts from nothing in every build",
        why: "Without a cache mount, each change of the source compiles every dependency again.",
        catches: ["FROM rust:1.80 AS build\nWORKDIR /src\nCOPY . .\nRUN cargo build --release"],
        passes: [
            "FROM rust:1.80 AS build\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo build --release",
            "FROM swift:6.1 AS build\nWORKDIR /src\nCOPY Package.swift .\nRUN swift package resolve",
        ]
    ) { file in
        file.steps("RUN").compactMap { step in
            guard let program = step.program, !step.instruction.flags.contains(where: { $0.field("type") == "cache" })
            else {
                return nil
            }
            let places = [
                "cargo": "/usr/local/cargo/registry", "go": "/root/.cache/go-build", "mvn": "/root/.m2",
                "gradle": "/root/.gradle", "swift": "/src/.build",
            ]
            for command in program.commands where command.hasArgument("build", "package", "install") {
                // `swift package` looks after packages, it compiles none.
                guard let place = places[command.name], command.name != "swift" || command.hasArgument("build") else {
                    continue
                }
                return Violation(
                    line: step.line, "each build compiles everything; write: RUN --mount=type=cache,target=\(place)")
            }
            return nil
        }
    }
}
