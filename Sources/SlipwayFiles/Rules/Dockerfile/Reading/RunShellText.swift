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

    /// Whether a linter for shells can have nothing to say: programs with plain words, joined by `&&`.
    package var isPlain: Bool {
        let body = text.utf8.drop { $0 != UInt8(ascii: "\n") }
        guard heredoc == nil, body.allSatisfy(Self.isPlainByte) else { return false }
        let words = body.split { " \t\r\n".utf8.contains($0) }.map { String($0) ?? "" }.filter { $0 != "\\" }
        // A lone & or a backslash inside a word is something else.
        guard !words.contains(where: { $0.contains("\\") || ($0.contains("&") && $0 != "&&") }) else { return false }
        let commands = words.split(separator: "&&", omittingEmptySubsequences: false)
        return commands.enumerated().allSatisfy { index, command in
            guard let program = command.first else { return false }
            switch program {
            // Alone it changes nothing and its failure goes unseen (SC2164).
            case "cd": return index < commands.count - 1
            // SC2114 speaks of the system's folders.
            case "rm":
                return command.dropFirst().allSatisfy { word in
                    word.hasPrefix("-") || !word.hasPrefix("/") || word.hasPrefix("/tmp/")
                        || word.filter { $0 == "/" }.count > 2
                }
            // SC2174 speaks of the mode that -p leaves out.
            case "mkdir": return !command.contains { $0.hasPrefix("-") && $0.contains("m") }
            default: return Self.plainPrograms.contains(program)
            }
        }
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || " \t\r\n-_./:=@+,%&\\*".utf8.contains(byte)
    }

    /// Programs whose arguments ShellCheck has no rules about.
    private static let plainPrograms: Set<String> = [
        "apt-get", "apt", "apk", "yum", "dnf", "pip", "pip3", "npm", "yarn", "pnpm", "npx", "bun", "corepack", "poetry",
        "uv", "cp", "mv", "chmod", "chown", "useradd", "adduser", "groupadd", "addgroup", "ln", "touch", "go", "cargo",
        "dotnet", "bundle", "gem", "composer", "php", "mvn", "gradle", "./gradlew", "./mvnw", "make", "swift",
        "a2enmod",
        "docker-php-ext-install", "docker-php-ext-enable", "docker-php-ext-configure",
    ]

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
