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
        func calls(_ action: String, _ commands: [ShellCommand]) -> Bool {
            commands.contains { ["apt-get", "apt"].contains($0.name) && $0.hasArgument(action) }
        }
        let runs = file.steps("RUN")
        // The last line of each stage that installs from lists of another layer.
        var installs: [Int?: Int] = [:]
        for step in runs {
            guard let commands = step.program?.commands, calls("install", commands), !calls("update", commands) else {
                continue
            }
            installs[step.stage] = step.line
        }
        return runs.compactMap { step in
            guard let commands = step.program?.commands, commands.count == 1, calls("update", commands) else {
                return nil
            }
            return installs[step.stage] ?? 0 > step.line
                ? Violation(line: step.line, "the cached lists grow old; write: RUN apt-get update && apt-get install")
                : nil
        }
    }
}
