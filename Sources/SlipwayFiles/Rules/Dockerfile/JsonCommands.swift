// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// In shell form a shell is process 1 and passes no signals on: the application never hears SIGTERM and is killed after the grace period.
    static let jsonCommands = Rule(
        "DF325", .warning, "a shell is process 1", alias: ["DL3025", "JSONArgsRecommended"],
        why:
            "In shell form a shell is process 1 and passes no signals on: the application never hears SIGTERM and is killed after the grace period.",
        catches: ["FROM debian:12\nCMD python app.py"],
        passes: ["FROM debian:12\nCMD [\"python\", \"app.py\"]"]
    ) { file in
        file.steps("CMD", "ENTRYPOINT").compactMap { step in
            guard !step.instruction.isJSON else { return nil }
            let text = step.instruction.arguments.first ?? ""
            let fix = ShellForm.fix(of: step.instruction)
            let advice =
                fix.map { "write: \($0.replacement[0])" } ?? "write the words as JSON: \(step.keyword) [\"...\"]"
            let isExec = text.hasPrefix("exec ")
            return Violation(
                line: step.line, "a shell runs this and keeps signals from it; \(advice)", fix: fix,
                severity: isExec ? .info : nil)
        }
    }
}
