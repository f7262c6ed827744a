// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A class of a Python file: its bases, and the names that its body gives values or functions to.
struct PythonClass {
    let path: String
    let name: String
    /// Their last components.
    let bases: [String]
    /// Names of the body itself, those of classes in it left out.
    private(set) var members: Set<String> = []
    /// The lines of its body without blanks, and the one-based line of the first.
    private(set) var body: [String] = []
    let line: Int

    /// The classes at the left margin, in the file's order.
    static func all(in code: CodeText) -> [PythonClass] {
        code.lines.indices.filter { code.lines[$0].hasPrefix("class ") }.map { PythonClass(at: $0, in: code) }
    }

    private init(at index: Int, in code: CodeText) {
        path = code.path
        line = index + 1
        let head = code.bare[index...].prefix(6).joined().dropFirst("class".count)
        name = String(head.prefix { $0 != "(" && $0 != ":" })
        let inner = head.dropFirst(name.count).hasPrefix("(") ? head.dropFirst(name.count + 1).prefix { $0 != ")" } : ""
        bases = inner.split(separator: ",").filter { !$0.contains("=") }.map {
            String($0.split(separator: ".").last ?? "")
        }
        var depth: Int?
        for next in (index + 1)..<max(index + 1, code.lines.count) {
            let line = code.lines[next]
            let indent = line.prefix { $0 == " " || $0 == "\t" }.count
            guard indent < line.count else {
                body.append("")
                continue
            }
            // Brackets may close at the margin.
            if indent == 0, !")]}'\"".contains(line.first ?? "a") { break }
            body.append(code.bare[next])
            if depth == nil, indent > 0 { depth = indent }
            if indent == depth { take(line.dropFirst(indent)) }
        }
    }

    private mutating func take(_ line: Substring) {
        for opening in ["def ", "async def "] where line.hasPrefix(opening) {
            members.insert(String(line.dropFirst(opening.count).prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
        }
        let word = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = line.dropFirst(word.count).drop { $0 == " " }
        if !word.isEmpty, rest.hasPrefix("=") || rest.hasPrefix(":") { members.insert(String(word)) }
    }

    /// The texts of a list in the body, as in `fields = ['a', 'b']`, with their one-based lines.
    func texts(of name: String) -> [(text: String, line: Int)]? {
        guard let start = body.firstIndex(where: { $0.hasPrefix(name + "=[") || $0.hasPrefix(name + "=(") }) else {
            return nil
        }
        var found: [(String, Int)] = []
        for index in start..<body.count {
            let line = index == start ? body[index].dropFirst(name.count + 2) : body[index][...]
            let end = line.firstIndex { $0 == "]" || $0 == ")" }
            let parts = line[..<(end ?? line.endIndex)].prefix { $0 != "#" }
                .split(separator: "'", omittingEmptySubsequences: false)
            for (place, part) in parts.enumerated() where place % 2 == 1 {
                found.append((String(part), self.line + 1 + index))
            }
            guard let end else { continue }
            // What is added to the list is not read.
            return line[end...].dropFirst().hasPrefix("+") ? nil : found
        }
        return nil
    }
}
