// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A Procfile: every byte of the text, and its process types.
public struct Procfile: Equatable, Sendable {
    /// One `name: command`.
    public struct Process: Equatable, Sendable {
        package let name: String
        /// Shell text, trimmed.
        public let command: String
        package let position: SourcePosition
        /// Where the command starts.
        public let commandPosition: SourcePosition
        package var line: Int { position.line }
    }

    /// The file's text.
    public let text: String
    /// In file order.
    public let processes: [Process]
    /// Lines that are no process type, and names that stand twice.
    public let diagnostics: [Diagnostic]

    /// Reads any text (devcenter.heroku.com/articles/procfile); what cannot be read is kept and reported.
    public init(parsing text: String) {
        let lines = TextLines(text)
        var processes: [Process] = []
        var diagnostics: [Diagnostic] = []
        var seen: Set<String> = []
        for index in lines.ranges.indices {
            let body = lines.body(index)
            guard let first = body.first(where: { !$0.isSpace }), first != UInt8(ascii: "#") else { continue }
            guard let process = Self.process(body, line: index + 1) else {
                diagnostics.append(
                    Diagnostic("PF000", .error, line: index + 1, column: 1, "not a process; write name: command"))
                continue
            }
            if !seen.insert(process.name).inserted {
                diagnostics.append(
                    Diagnostic(
                        "PF000", .warning, line: index + 1, column: process.position.column,
                        "\(process.name) stands twice; the last one wins"))
            }
            processes.append(process)
        }
        self.text = text
        self.processes = processes
        self.diagnostics = diagnostics
    }

    /// The command that counts for a process type.
    public subscript(name: String) -> Process? { processes.last { $0.name == name } }

    private static func process(_ body: ArraySlice<UInt8>, line: Int) -> Process? {
        var body = body
        let start = body.startIndex
        if line == 1, body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        body = body.drop(while: \.isBlank)
        let name = body.prefix { $0.isNameByte || $0 == UInt8(ascii: "-") }
        guard !name.isEmpty, body.dropFirst(name.count).first == UInt8(ascii: ":") else { return nil }
        var command = body.dropFirst(name.count + 1).drop(while: \.isBlank)
        while command.last?.isSpace == true { command.removeLast() }
        guard !command.isEmpty else { return nil }
        return Process(
            name: String(decoding: name, as: UTF8.self), command: String(decoding: command, as: UTF8.self),
            position: SourcePosition(line: line, column: name.startIndex - start + 1),
            commandPosition: SourcePosition(line: line, column: command.startIndex - start + 1))
    }
}
