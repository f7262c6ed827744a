// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// ardanlabs/conf: names made of the prefix and the path of the fields, `conf:"default:8080,required,env:NAME"`.
struct GoConfReader: VariableReader {
    let summary = "Go struct tags of ardanlabs/conf: names from the prefix and the fields"
    let languages: Set<CodeLanguage> = [.go]

    /// Deeper nesting than settings have; ends types that hold themselves.
    private static let deepest = 6

    func read(_ code: Code, into file: inout FileReads) {
        let calls = (0..<code.count).filter { code.path($0, "conf", "Parse") != nil && code.isMark($0 + 3, "(") }
        guard !calls.isEmpty else { return }
        let structs = code.goStructs
        var done: Set<[String]> = []
        for index in calls {
            let arguments = code.arguments(index + 3)
            guard arguments.count >= 2, let last = arguments.last, let name = last.last.flatMap({ code.word($0) })
            else { continue }
            let prefix = prefix(code, arguments[arguments.count - 2])
            guard done.insert([prefix, name]).inserted, let body = code.goStruct(of: name, among: structs) else {
                continue
            }
            fields(code, body, structs, prefix.isEmpty ? "" : prefix + "_", depth: 0, into: &file)
        }
    }

    /// The literal, or the constant of the same file.
    private func prefix(_ code: Code, _ range: Range<Int>) -> String {
        let token = range.lowerBound
        return (code.string(token) ?? code.name(token) ?? "").uppercased()
    }

    private func fields(
        _ code: Code, _ open: Int, _ structs: [String: Int], _ prefix: String, depth: Int, into file: inout FileReads
    ) {
        guard depth < Self.deepest, let close = code.partner(open) else { return }
        var index = open + 1
        while index < close {
            guard let field = code.word(index) else {
                index += 1
                continue
            }
            let line = code.line(index)
            var end = index + 1
            while end < close, code.line(end) == line { end = max(end, code.partner(end) ?? end) + 1 }
            let tag = code.string(end - 1).flatMap { Self.tag($0) } ?? ""
            let key = prefix + EnvironmentName.screaming(field)
            if code.isWord(index + 1, "struct"), code.isMark(index + 2, "{") {
                fields(code, index + 2, structs, key + "_", depth: depth + 1, into: &file)
            } else if let type = code.word(index + 1), let inner = structs[type] {
                fields(code, inner, structs, key + "_", depth: depth + 1, into: &file)
            } else if tag != "-", code.kind(index + 1) != nil, end > index + 1 {
                add(code, index, key, tag, into: &file)
            }
            index = end
        }
    }

    private func add(_ code: Code, _ index: Int, _ key: String, _ tag: String, into file: inout FileReads) {
        let parts = tag.split(separator: ",").map(String.init)
        let name = parts.first { $0.hasPrefix("env:") }.map { String($0.dropFirst(4)) } ?? key
        let value = parts.first { $0.hasPrefix("default:") }.map { String($0.dropFirst(8)) }
        let isHidden = parts.contains("mask") || parts.contains("noprint")
        file.add(
            name, at: index, required: parts.contains("required"), default: value.map { .text($0, nil) } ?? .nothing,
            secretBecause: isHidden ? "the program never prints it" : nil)
    }

    /// The value of `conf:"…"` in a struct tag.
    private static func tag(_ text: String) -> String? {
        guard let start = text.firstRange(of: "conf:\"") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }
}
