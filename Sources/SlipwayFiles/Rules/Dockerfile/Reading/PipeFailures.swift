// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Pipes whose first commands may fail unseen.
enum PipeFailures {
    private static let shells = ["bash", "zsh", "ash"]

    static func violations(_ file: CheckedDockerfile) -> [Violation] {
        var isSafe = false
        return file.reading.steps.compactMap { step in
            switch step.keyword {
            case "FROM": isSafe = false
            case "SHELL": isSafe = setsPipefail(shell: step.instruction.arguments)
            case "RUN":
                guard !step.isTrigger, !step.hasForeignShell, !isSafe, let program = step.program,
                    program.pipeCount > 0,
                    !program.commands.contains(where: setsPipefail)
                else { return nil }
                return Violation(
                    line: step.line,
                    "a failure before the last | goes unseen; write before it: SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]"
                )
            default: break
            }
            return nil
        }
    }

    private static func setsPipefail(shell words: [String]) -> Bool {
        let text = words.joined(separator: " ")
        if text.hasPrefix("pwsh") || text.hasPrefix("powershell") { return true }
        let command = ShellProgram(parsing: text).commands.first
        guard let command, let name = command.name.split(separator: "/").last, shells.contains(String(name)) else {
            return false
        }
        return command.hasFlag("o") && command.hasArgument("pipefail")
    }

    private static func setsPipefail(_ command: ShellCommand) -> Bool {
        command.name == "set" && command.hasFlag("o") && command.hasArgument("pipefail")
    }
}
