// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A relative WORKDIR continues the one before it, in the base image too, and moves when that changes.
    static let absoluteWorkdir = Rule(
        "DF300", .warning, "WORKDIR is relative", alias: ["DL3000", "WorkdirRelativePath"],
        why: "A relative WORKDIR continues the one before it, in the base image too, and moves when that changes.",
        catches: ["FROM debian:12\nWORKDIR app"],
        passes: [
            "FROM debian:12\nWORKDIR /app", "FROM debian:12\nWORKDIR ${HOME}", "FROM debian:12\nWORKDIR \"/app\"",
            "FROM debian:12\nWORKDIR C:\\\\app",
            "FROM debian:12\nWORKDIR /srv\nWORKDIR app", "FROM debian:12 AS a\nWORKDIR /srv\nFROM a\nWORKDIR app",
        ]
    ) { file in
        // Stages in which an absolute one stands already, as in BuildKit: the rest is plain from the file alone.
        var settled: Set<Int> = []
        return file.reading.steps.compactMap { step in
            if step.keyword == "FROM", let stage = step.stage, let parent = file.stages[stage].parent,
                settled.contains(parent)
            {
                settled.insert(stage)
            }
            guard step.keyword == "WORKDIR", !step.isTrigger else { return nil }
            let path = (step.instruction.arguments.first ?? "").filter { $0 != "\"" && $0 != "'" }
            if path.hasPrefix("/") || path.hasPrefix("$") || path.dropFirst().hasPrefix(":") {
                if let stage = step.stage { settled.insert(stage) }
                return nil
            }
            guard !settled.contains(step.stage ?? -1) else { return nil }
            return Violation(line: step.line, "WORKDIR \(path) is relative; write: WORKDIR /\(path)")
        }
    }
}
