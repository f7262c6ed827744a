// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// In shell form a shell is process 1 and passes no signals on: the application never hears SIGTERM and is killed after the grace period.
    static let jsonCommands = Rule(
        "DF325", .warning, "a shell is process 1", alias: ["DL3025", "JSONArgsRecommended"],
        why:
            "In shell form a shell is process 1 and passes no signals on: the application never hears SIGTERM and is killed after the grace period.",
        catches: [
            "FROM debian:12\nCMD python app.py", "FROM debian:12\nHEALTHCHECK CMD /app/check",
            "FROM debian:12\nENTRYPOINT app\nCMD [\"--help\"]",
        ],
        passes: [
            "FROM debian:12\nCMD [\"python\", \"app.py\"]",
            // Who sets the shell wants it.
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nCMD python app.py",
            "FROM debian:12 AS a\nSHELL [\"/bin/bash\", \"-c\"]\nFROM a\nCMD python app.py",
            "FROM debian:12\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1", "FROM debian:12\nHEALTHCHECK NONE",
        ]
    ) { file in
        file.steps("CMD", "ENTRYPOINT", "HEALTHCHECK").compactMap { step in
            guard !step.instruction.isJSON, step.shell == nil else { return nil }
            let text = step.instruction.command.first ?? ""
            let fix = ShellForm.fix(of: step, in: file)
            if step.keyword == "HEALTHCHECK" {
                // A shell is in order where it is made use of.
                return fix.map {
                    Violation(
                        line: step.line, "a shell runs this for nothing; write: \($0.replacement[0])", fix: fix,
                        severity: .info)
                }
            }
            let advice =
                fix.map { "write: \($0.replacement[0])" } ?? "write the words as JSON: \(step.keyword) [\"...\"]"
            let isExec = text.hasPrefix("exec ")
            return Violation(
                line: step.line, "a shell runs this and keeps signals from it; \(advice)", fix: fix,
                severity: isExec ? .info : nil)
        }
    }
}
