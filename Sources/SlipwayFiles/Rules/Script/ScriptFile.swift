// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A script for a shell: its interpreter, its lines and its commands.
package struct ScriptFile: CheckedDocument {
    /// What the first line asks for.
    enum Interpreter: Equatable {
        /// Nothing: whoever calls the script decides.
        case none
        /// A shell that has what POSIX has.
        case plain(String)
        /// bash, zsh or ksh.
        case rich(String)
        /// No shell at all.
        case other(String)
    }

    package let lines: [Substring]
    let text: String
    let program: ShellProgram
    let interpreter: Interpreter
    private let lineStarts: [Int]

    package var diagnostics: [Diagnostic] { [] }

    package init(parsing text: String) {
        self.text = text
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        interpreter = Self.interpreter(of: lines.first ?? "")
        if case .other = interpreter {
            program = ShellProgram()
        } else {
            program = ShellProgram(parsing: text)
        }
        var starts = [0]
        for (offset, byte) in text.utf8.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
        lineStarts = starts
    }

    var commands: [ShellCommand] { program.commands }

    /// One-based.
    func line(of offset: Int) -> Int { lineStarts.partitioningIndex { $0 > offset } }
    func line(of command: ShellCommand) -> Int {
        line(of: (command.words.first ?? command.assignments.first)?.offset ?? 0)
    }
    /// One-based, in UTF-8 code units.
    func column(of offset: Int) -> Int { offset - (lineStarts[line(of: offset) - 1]) + 1 }

    /// Where a command's last word ends.
    func end(of command: ShellCommand) -> Int {
        (command.words + command.assignments).map { $0.offset + $0.source.utf8.count }.max() ?? 0
    }

    /// What follows a command on its line, redirections and comments included.
    func rest(after command: ShellCommand) -> Substring {
        let start = end(of: command)
        let line = line(of: start)
        let body = lines[line - 1]
        let index = body.utf8.index(
            body.startIndex, offsetBy: start - lineStarts[line - 1], limitedBy: body.utf8.endIndex)
        return index.map { body[$0...] } ?? ""
    }

    /// Whether the shell goes on while the command runs.
    func isInBackground(_ command: ShellCommand) -> Bool {
        let rest = GoPath.trimSpace(String(rest(after: command).prefix { $0 != "#" }))
        return rest.hasSuffix("&") && !rest.hasSuffix("&&")
    }

    /// The options that `set` turns on anywhere, and those on the first line.
    var options: Set<String> {
        var found: Set<String> = []
        let first = (lines.first ?? "").split(separator: " ").dropFirst().joined(separator: " ")
        let settings = commands.filter { $0.name == "set" || $0.name == "shopt" }.map(\.arguments)
        for words in settings + [first.split(separator: " ").map(String.init)] {
            for (index, word) in words.enumerated() where word.hasPrefix("-") {
                if word.hasSuffix("o"), index + 1 < words.count { found.insert(words[index + 1]) }
                found.formUnion(word.dropFirst().map(String.init))
            }
        }
        return found
    }

    /// Whether the script ends at the first command that fails.
    var stopsAtFailure: Bool { !options.isDisjoint(with: ["e", "errexit"]) }

    private static func interpreter(of line: Substring) -> Interpreter {
        guard line.hasPrefix("#!") else { return .none }
        var words = line.dropFirst(2).split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
        if words.first?.hasSuffix("/env") == true {
            words = words.dropFirst().drop { $0.hasPrefix("-") }
        }
        let path = words.first.map(String.init) ?? ""
        switch path.split(separator: "/").last ?? "" {
        case "sh", "dash", "ash", "busybox": return .plain(path)
        case "bash", "zsh", "ksh": return .rich(path)
        default: return .other(path)
        }
    }
}

extension CheckedFile<ScriptFile> {
    /// The file's name without its ending, in lower case.
    private var stem: String {
        (location.split(separator: "/").last ?? "").lowercased().split(separator: ".").first.map(String.init) ?? ""
    }
    private var words: Set<String> { Set(stem.split { "-_.".contains($0) }.map(String.init)) }

    /// Whether a container or a machine starts with it.
    var isStart: Bool {
        guard !isForDevelopment else { return false }
        return !words.isDisjoint(with: [
            "entrypoint", "start", "boot", "entry", "launch", "prestart", "startup", "serve",
        ]) || ["run", "init"].contains(stem) || stem.hasSuffix("entrypoint") || !startingDockerfiles.isEmpty
    }

    /// Whether it changes what runs somewhere.
    var isDeployment: Bool {
        guard !isForDevelopment else { return false }
        return !words.isDisjoint(with: [
            "deploy", "deployment", "release", "migrate", "migration", "migrations", "migrator", "backup", "restore",
            "provision", "rollback", "upgrade", "publish", "rollout",
        ]) || words.contains("update") && location.contains("deploy")
    }

    /// Whether it helps developers or tests.
    var isForDevelopment: Bool {
        DevelopmentPath.isLikely(location) && !DevelopmentPath.isProduction(location)
            || location.split(separator: "/").contains {
                ["node_modules", "vendor", "hack", "examples", "third_party", ".husky", ".devcontainer"].contains($0)
            }
    }

    /// Dockerfiles whose ENTRYPOINT or CMD names it.
    var startingDockerfiles: [CheckedDockerfile] {
        let name = "/" + (location.split(separator: "/").last ?? "")
        return repository.dockerfiles.filter { file in
            file.finalStage.contains { instruction in
                guard ["ENTRYPOINT", "CMD"].contains(instruction.keyword) else { return false }
                return instruction.command.contains { word in
                    ("/" + word).split { " \"';&|".contains($0) }.contains { ("/" + $0).hasSuffix(name) }
                }
            }
        }
    }

    /// Whether a service of a Compose file that deploys starts it.
    var isStartedByCompose: Bool {
        let name = "/" + (location.split(separator: "/").last ?? "")
        return repository.composeFiles.contains { file in
            !file.isForDevelopment
                && file.services.contains { service in
                    [service.command?.text, service.entrypoint?.text].compactMap { $0 }.contains { text in
                        text.split { " \"';&|".contains($0) }.contains { ("/" + $0).hasSuffix(name) }
                    }
                }
        }
    }

    /// Whether every start of it that the deployment files show names the shell that reads it.
    var isHandedToShell: Bool {
        let name = String(location.split(separator: "/").last ?? "")
        let texts =
            repository.dockerfiles.flatMap { file in
                file.reading.file.instructions.filter { ["ENTRYPOINT", "CMD", "RUN"].contains($0.keyword) }.map {
                    $0.arguments.joined(separator: " ")
                }
            }
            + repository.composeFiles.flatMap { file in
                file.services.flatMap { [$0.command?.text, $0.entrypoint?.text].compactMap { $0 } }
            } + repository.scripts.filter { $0.location != location }.map { $0.document.text }
        var isHanded = false
        for text in texts where text.contains(name) {
            let words = text.split { $0.isWhitespace || "\"'[],;&|()".contains($0) }
            for (index, word) in words.enumerated() where ("/" + word).hasSuffix("/" + name) {
                guard index > 0, !["chmod", "+x", "cp", "mv", "dos2unix", "COPY"].contains(words[index - 1]) else {
                    if index == 0 { return false }
                    continue
                }
                let before = words[..<index].last { !$0.hasPrefix("-") } ?? ""
                if ["sh", "bash", "ash", "dash"].contains(before.split(separator: "/").last.map(String.init) ?? "") {
                    isHanded = true
                } else if words[index - 1] != "-i" && !words[..<index].suffix(4).contains("chmod") {
                    return false
                }
            }
        }
        return isHanded
    }

    /// Findings for commands, at the place of the command's name.
    func findings(_ check: (ShellCommand) -> String?) -> [Violation] {
        document.commands.compactMap { command in
            check(command).map { violation(at: command, $0) }
        }
    }

    func violation(at command: ShellCommand, _ message: String, fix: Fix? = nil, severity: Severity? = nil)
        -> Violation
    {
        let offset = (command.words.first ?? command.assignments.first)?.offset ?? 0
        return Violation(
            line: document.line(of: offset), column: document.column(of: offset), message, fix: fix,
            severity: severity)
    }

    /// Replaces a range of UTF-8 offsets that lies within one line.
    func fix(_ title: String, _ range: Range<Int>, with text: String, isUnsafe: Bool = false) -> Fix? {
        let line = document.line(of: range.lowerBound)
        guard line == document.line(of: range.upperBound), document.lines.indices.contains(line - 1) else { return nil }
        let bytes = Array(document.lines[line - 1].utf8)
        let start = document.column(of: range.lowerBound) - 1
        let end = start + range.count
        guard end <= bytes.count else { return nil }
        let replaced = Array(bytes[..<start]) + Array(text.utf8) + Array(bytes[end...])
        return Fix(
            title, line: line, count: 1, replacement: [String(decoding: replaced, as: UTF8.self)], isUnsafe: isUnsafe)
    }
}
