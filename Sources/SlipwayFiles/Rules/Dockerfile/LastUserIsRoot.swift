// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// A process that runs as root is root on the host after an escape from the container.
    static let lastUserIsRoot = Rule(
        "DF302", .warning, "the last USER is root", alias: ["DL3002"],
        why: "A process that runs as root is root on the host after an escape from the container.",
        catches: ["FROM debian:12\nUSER root", "FROM debian:12\nUSER app\nUSER root:root", "FROM debian:12\nUSER 0"],
        passes: ["FROM debian:12\nUSER root\nUSER app"]
    ) { file in
        let users = file.reading.steps.filter { $0.keyword == "USER" && !$0.isTrigger }
        let lastOfStage = Dictionary(users.map { ($0.stage, $0) }) { $1 }
        return file.stages.indices.compactMap { index in
            guard let last = lastOfStage[index] else { return nil }
            let name = (last.instruction.arguments.first ?? "").prefix { $0 != ":" }
            guard name == "root" || name == "0" else { return nil }
            let isFinal = index == file.stages.count - 1
            return Violation(
                line: last.line, "the stage ends as root; write behind it: USER 1000", severity: isFinal ? nil : .info)
        }
    }
}
