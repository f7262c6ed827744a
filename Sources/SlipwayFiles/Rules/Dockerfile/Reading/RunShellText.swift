// SPDX-License-Identifier: Apache-2.0

/// The shell text of one RUN as a script of its own, and the way back from its places to the Dockerfile's.
package struct RunShellText: Sendable {
    /// The Dockerfile.
    package let file: String
    /// With the interpreter in the first line.
    package let text: String
    private let instruction: DockerfileInstruction
    private let heredoc: DockerfileHeredoc?
    /// Whether the heredoc alone is what the shell gets.
    private let isHeredocAlone: Bool

    /// `nil` for what no POSIX shell reads.
    init?(_ step: DockerfileStep, of file: String) {
        let instruction = step.instruction
        guard step.keyword == "RUN", !step.isTrigger, !instruction.isJSON, let shell = Self.shell(step.shell),
            let command = instruction.arguments.first, instruction.heredocs.count <= 1
        else { return nil }
        self.file = file
        self.instruction = instruction
        heredoc = instruction.heredocs.first
        isHeredocAlone = heredoc != nil && command.hasPrefix("<<") && !command.contains(" ")
        if let heredoc {
            guard isHeredocAlone else {
                text = "#!\(shell)\n\(command)\n\(heredoc.content)\(heredoc.name)\n"
                return
            }
            // The script's own interpreter may be another language's.
            guard !heredoc.content.hasPrefix("#!") else { return nil }
            text = "#!\(shell)\n" + heredoc.effectiveContent
        } else {
            text = "#!\(shell)\n\(command)\n"
        }
    }

    /// `/bin/sh` unless SHELL says another one that is read the same way.
    private static func shell(_ words: [String]?) -> String? {
        guard let program = words?.first else { return "/bin/sh" }
        let name = program.split(separator: "/").last.map(String.init) ?? program
        return ["sh", "bash", "dash", "ash", "ksh"].contains(name) ? "/bin/" + (name == "ash" ? "dash" : name) : nil
    }

    /// Where a place of the text stands.
    /// - Parameters:
    ///   - line: One-based, the interpreter's counted.
    ///   - column: One-based, in characters.
    package func position(line: Int, column: Int) -> SourcePosition {
        if let heredoc, isHeredocAlone || line > 2 {
            return SourcePosition(line: heredoc.line + max(0, line - (isHeredocAlone ? 2 : 3)), column: column)
        }
        let command = instruction.arguments.first ?? ""
        let offset = command.unicodeScalars.prefix(max(0, column - 1)).reduce(0) { $0 + UTF8.width($1) }
        return instruction.position(ofArgument: 0, offset: offset)
    }
}

extension CheckedDockerfile {
    /// What its RUN instructions give to a shell.
    package var runShellTexts: [RunShellText] { reading.steps.compactMap { RunShellText($0, of: location) } }
}
