// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    static let sharedTargetCache = Rule(
        "DF026", .info, "what cargo has compiled is kept where every other application's is",
        why:
            "A cache mount without an id is known by its path, and that is the same in most images. cargo compares times only: another application's program of the same name that was built later is taken for up to date, and lands in this image.",
        catches: [
            "FROM rust:1.80\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/app/target cargo build --release"
        ],
        passes: [
            "FROM rust:1.80\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,id=shop-target,target=/app/target cargo build --release",
            "FROM rust:1.80\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo build --release",
        ]
    ) { file in
        file.steps("RUN").compactMap { step in
            let mounts = step.instruction.flags.filter { $0.field("type") == "cache" && $0.field("id") == nil }
            let target = mounts.lazy.compactMap { $0.field("target") ?? $0.field("dst") ?? $0.field("destination") }
                .first { $0.lastPathComponent == "target" }
            guard let target, step.program?.commands.contains(where: { $0.name == "cargo" }) == true else { return nil }
            return Violation(
                line: step.line,
                "\(target) is shared with every application that is built here under this path; write: type=cache,id=NAME-target,target=\(target), with the application's name"
            )
        }
    }
}
