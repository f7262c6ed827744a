// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A configuration file of supervisord (supervisord.org/configuration.html), read as its own reader does: names in
/// lower case, a line that starts with a blank goes on with the value before it, ` ;` and ` #` begin a comment.
package struct SupervisorFile: CheckedDocument {
    /// One `name = value`.
    package struct Option: Equatable, Sendable {
        /// In lower case.
        package let name: String
        /// Without comments; lines that go on are joined by line ends.
        package let value: String
        /// From 1.
        package let line: Int
    }

    /// `[program:web]` and what stands below it.
    package struct Section: Equatable, Sendable {
        /// `program`, `supervisord`, `include`, ...
        package let kind: String
        /// After the colon; empty without one.
        package let name: String
        /// From 1.
        package let line: Int
        package var options: [Option] = []

        /// The last one of a name, in lower case, counts.
        package subscript(name: String) -> Option? { options.last { $0.name == name } }
    }

    /// In file order.
    package let sections: [Section]
    package let diagnostics: [Diagnostic]

    /// The processes it keeps running.
    package var programs: [Section] { sections.filter { $0.kind == "program" } }

    package init(parsing text: String) {
        var sections: [Section] = []
        var diagnostics: [Diagnostic] = []
        var open: (name: String, value: String, line: Int)?
        func close() {
            guard let option = open, !sections.isEmpty else { return }
            sections[sections.count - 1].options.append(
                Option(name: option.name, value: option.value, line: option.line))
            open = nil
        }
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let body = Self.withoutComment(line)
            guard !body.isEmpty else { continue }
            if line.first?.isWhitespace == true, open != nil {
                open?.value += "\n" + body
                continue
            }
            close()
            if body.first == "[", let end = body.firstIndex(of: "]") {
                let words = body[body.index(after: body.startIndex)..<end].split(separator: ":", maxSplits: 1)
                sections.append(
                    Section(
                        kind: words.first.map { $0.trimmed } ?? "", name: words.count > 1 ? words[1].trimmed : "",
                        line: index + 1))
                continue
            }
            guard let mark = body.firstIndex(where: { $0 == "=" || $0 == ":" }), !sections.isEmpty else {
                diagnostics.append(
                    Diagnostic(
                        "SV000", .error, line: index + 1, column: 1,
                        sections.isEmpty
                            ? "stands before any section; write [program:NAME] above it"
                            : "supervisord does not start with a line without =; write name=value"))
                continue
            }
            open = (body[..<mark].trimmed.lowercased(), body[body.index(after: mark)...].trimmed, index + 1)
        }
        close()
        self.sections = sections
        self.diagnostics = diagnostics
    }

    private static func withoutComment(_ line: Substring) -> String {
        let body = line.trimmed
        if body.hasPrefix(";") || body.hasPrefix("#") { return "" }
        var before: Character = "x"
        for index in body.indices {
            if before.isWhitespace, body[index] == ";" || body[index] == "#" { return body[..<index].trimmed }
            before = body[index]
        }
        return body
    }
}
