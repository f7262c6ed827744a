// SPDX-License-Identifier: Apache-2.0

/// One instruction with what a rule must know of the place where it stands.
package struct DockerfileStep: Sendable {
    /// An ONBUILD's trigger stands for it.
    package let instruction: DockerfileInstruction
    /// The line of the ONBUILD when there is one.
    package let line: Int
    package let isTrigger: Bool
    /// Index of its stage; `nil` before the first FROM.
    package let stage: Int?
    /// Index among its stage's instructions.
    package let position: Int
    /// What a RUN, CMD, ENTRYPOINT or HEALTHCHECK runs, read as a POSIX shell does.
    package let program: ShellProgram?
    /// What SHELL says before it; `nil` for the default.
    package let shell: [String]?
    /// Whether that is no shell of the POSIX family.
    package let hasForeignShell: Bool

    package var keyword: String { instruction.keyword }
}

extension Dockerfile {
    /// Every instruction in file order.
    func steps() -> [DockerfileStep] {
        var steps: [DockerfileStep] = []
        var stage: Int?
        var position = 0
        var shell: [String]?
        var shells: [String: [String]] = [:]
        var stageName: String?
        for outer in instructions {
            let instruction = outer.trigger ?? outer
            if outer.keyword == "FROM" {
                stage = (stage ?? -1) + 1
                position = 0
                // A stage keeps the SHELL of the stage it starts from.
                if let stageName { shells[stageName] = shell }
                shell = shells[(outer.arguments.first ?? "").lowercased()]
                stageName = outer.arguments.count == 3 ? outer.arguments[2].lowercased() : nil
            }
            if instruction.keyword == "SHELL", !instruction.arguments.isEmpty { shell = instruction.arguments }
            let isForeign = shell.map(Self.isForeign) ?? false
            steps.append(
                DockerfileStep(
                    instruction: instruction, line: outer.line, isTrigger: outer.trigger != nil, stage: stage,
                    position: position, program: Self.program(of: instruction, heredocs: outer.heredocs), shell: shell,
                    hasForeignShell: isForeign))
            if outer.keyword != "FROM" { position += 1 }
        }
        return steps
    }

    private static func isForeign(_ shell: [String]) -> Bool {
        let name = (shell.first ?? "").lowercased()
        return ["powershell", "pwsh", "cmd"].contains { name.contains($0) }
    }

    private static func program(of instruction: DockerfileInstruction, heredocs: [DockerfileHeredoc]) -> ShellProgram? {
        guard ["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"].contains(instruction.keyword) else { return nil }
        let words = instruction.command
        if instruction.isJSON {
            guard instruction.keyword != "RUN" else { return ShellProgram(parsing: words.joined(separator: " ")) }
            // `sh -c TEXT` runs the text.
            if words.count >= 3, words[0].hasSuffix("sh"), words[1].hasPrefix("-"), words[1].hasSuffix("c") {
                return ShellProgram(parsing: words[2])
            }
            return ShellProgram(parsing: words.joined(separator: " "))
        }
        let text = words.joined(separator: " ")
        guard let heredoc = heredocs.first, text.drop(while: { $0 == " " }).hasPrefix("<<") else {
            return ShellProgram(parsing: text)
        }
        return ShellProgram(parsing: heredoc.effectiveContent)
    }
}

extension CheckedDockerfile {
    /// Steps of these instructions, triggers of ONBUILD left out.
    func steps(_ keywords: String...) -> [DockerfileStep] {
        reading.steps.filter { !$0.isTrigger && keywords.contains($0.keyword) }
    }

    /// One finding for each RUN that has such a command.
    func runs(_ message: String, where isWrong: (ShellCommand) -> Bool) -> [Violation] {
        runPrograms { program in program.commands.contains(where: isWrong) ? message : nil }
    }

    /// One finding for each RUN about which the closure says something.
    func runPrograms(_ message: (ShellProgram) -> String?) -> [Violation] {
        reading.steps.compactMap { step in
            guard step.keyword == "RUN", let program = step.program, let text = message(program) else { return nil }
            return Violation(line: step.line, text)
        }
    }
}
