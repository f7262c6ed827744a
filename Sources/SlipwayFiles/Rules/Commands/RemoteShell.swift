// SPDX-License-Identifier: Apache-2.0

/// What a shell sends to another machine by ssh.
struct RemoteShell {
    private static let valued: Set<String> = [
        "-B", "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p", "-Q", "-R",
        "-S", "-W", "-w",
    ]

    /// Functions of the text that pass their words on to ssh.
    private let wrappers: Set<String>
    private let lines: [Substring]

    /// - Parameter text: Of the whole script, recipe or block.
    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        wrappers = text.contains("ssh ") ? Self.wrappers(in: lines) : []
    }

    private static func wrappers(in lines: [Substring]) -> Set<String> {
        var found: Set<String> = []
        for (index, line) in lines.enumerated() {
            guard let mark = TextSearch.range(of: "()", in: line) else { continue }
            let name = line[..<mark.lowerBound].trimmed.split(separator: " ").last.map(String.init) ?? ""
            let body = lines[index..<min(lines.count, index + 8)]
            let passes = body.contains { line in
                line.contains("ssh ") && ["$@", "$*", "$1"].contains(where: line.contains)
            }
            if !name.isEmpty, passes { found.insert(name) }
        }
        return found
    }

    /// The text that runs there, with the line of this text that its first line stands on, from 0; `nil` for a command
    /// that sends nothing.
    /// - Parameter line: Of the command, from 0.
    func sent(by command: ShellCommand, at line: Int) -> (text: String, line: Int)? {
        var words = command.words.map(\.text)[...]
        if words.first == "sshpass" { words = words.drop { $0 != "ssh" } }
        guard let name = words.first else { return nil }
        words = words.dropFirst()
        if name == "ssh" {
            while let word = words.first, word.hasPrefix("-") {
                words = words.dropFirst(Self.valued.contains(word) ? 2 : 1)
            }
            // The machine's name.
            words = words.dropFirst()
        } else if !wrappers.contains(name) {
            return nil
        }
        let text = words.joined(separator: " ")
        if !text.isEmpty, !["bash", "bash -s", "sh", "sh -s", "/bin/bash"].contains(text) { return (text, line) }
        return heredoc(of: command, after: line)
    }

    private func heredoc(of command: ShellCommand, after line: Int) -> (text: String, line: Int)? {
        guard
            let mark = command.redirections.first(where: { $0.hasPrefix("<<") && !$0.hasPrefix("<<<") }),
            line + 1 < lines.count
        else { return nil }
        let name = mark.drop { $0 == "<" || $0 == "-" || $0 == " " }.filter { $0 != "'" && $0 != "\"" && $0 != "\\" }
        let rest = lines[(line + 1)...]
        guard let end = rest.firstIndex(where: { $0.trimmed == name }) else { return nil }
        return (rest[..<end].joined(separator: "\n"), line + 1)
    }
}
