// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// Its layer is cached for months, and the install after it asks for packages that are no longer there.
    static let updateAlone = Rule(
        "DF025", .warning, "apt-get update in a RUN of its own",
        why: "Its layer is cached for months, and the install after it asks for packages that are no longer there.",
        catches: ["FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl"],
        passes: ["FROM debian:12\nRUN apt-get update && apt-get install -y curl"]
    ) { file in
        file.steps("RUN").compactMap { step in
            guard let commands = step.program?.commands else { return nil }
            func calls(_ action: String, _ commands: [ShellCommand]) -> Bool {
                commands.contains { ["apt-get", "apt"].contains($0.name) && $0.hasArgument(action) }
            }
            guard calls("update", commands), commands.count == 1 else { return nil }
            let later = file.steps("RUN").contains { other in
                guard other.stage == step.stage, other.line > step.line, let commands = other.program?.commands else {
                    return false
                }
                return calls("install", commands) && !calls("update", commands)
            }
            return later
                ? Violation(line: step.line, "the cached lists grow old; write: RUN apt-get update && apt-get install")
                : nil
        }
    }
}
