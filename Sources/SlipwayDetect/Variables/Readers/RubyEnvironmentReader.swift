// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `ENV["X"]`, `ENV.fetch("X")` in Ruby and between the brackets of ERB templates.
struct RubyEnvironmentReader: VariableReader {
    let summary = "Ruby: ENV[...], ENV.fetch with a default or a block, ENV.key?, also in ERB and database.yml"
    let languages: Set<CodeLanguage> = [.ruby, .erb, .yaml]

    func read(_ code: Code, into file: inout FileReads) {
        guard code.language == .ruby else { return template(code, into: &file) }
        scan(code, lineOffset: 0, into: &file)
    }

    /// Reads each `<% ... %>` as Ruby.
    private func template(_ code: Code, into file: inout FileReads) {
        let bytes = code.bytes
        var line = 1
        var index = 0
        while index + 1 < bytes.count {
            if bytes[index] == Byte.newline { line += 1 }
            guard bytes[index] == Byte.less, bytes[index + 1] == Byte.percent else {
                index += 1
                continue
            }
            var end = index + 2
            while end + 1 < bytes.count, !(bytes[end] == Byte.percent && bytes[end + 1] == Byte.greater) { end += 1 }
            if code.language == .yaml, Self.isComment(bytes, index) {
                index = end
                continue
            }
            let inner = Code(
                path: code.path + ".rb", language: .ruby, bytes: Array(bytes[(index + 2)..<min(end, bytes.count)]))
            scan(inner, lineOffset: line - 1, into: &file)
            line += bytes[index..<min(end, bytes.count)].count { $0 == Byte.newline }
            index = end + 2
        }
    }

    /// Whether the line up to here is an example in a comment, as in the settings that Rails generates.
    private static func isComment(_ bytes: [UInt8], _ index: Int) -> Bool {
        let start = bytes[..<index].lastIndex(of: Byte.newline).map { $0 + 1 } ?? 0
        return bytes[start..<index].first { $0 != Byte.space && $0 != Byte.tab } == Byte.hash
    }

    private func scan(_ code: Code, lineOffset: Int, into file: inout FileReads) {
        var handed: Set<String> = []
        for index in 0..<code.count where code.isWord(index, "ENV") && !code.isMark(index - 1, ".") {
            let line = code.line(index) + lineOffset
            if code.isMark(index + 1, "["), let close = code.partner(index + 1) {
                guard let name = code.string(index + 2), close == index + 3 else {
                    if close == index + 3, let wrapper = EnvironmentWrapper(code, name: index + 2, required: false) {
                        file.wrappers.append(wrapper)
                    }
                    continue
                }
                subscripted(code, name, close + 1, line, into: &file)
                if isHanded(code, index) { handed.insert(name) }
            } else if code.isMark(index + 1, "."), code.isWord(index + 2, "fetch"), code.isMark(index + 3, "(") {
                fetch(code, index + 3, line, into: &file)
            } else if code.isMark(index + 1, "."), code.isWord(index + 2, of: ["key", "has_key", "include", "member"]),
                let name = code.string(index + 5)
            {
                file.add(name, line: line)
            }
        }
        // Where some of the mail's account is looked at first, mail is a part that can be off.
        let asks = file.reads.contains { !$0.isBare && Self.isMail($0.name) }
        file.hand(handed.filter { !asks || !Self.isMail($0) })
    }

    private static func isMail(_ name: String) -> Bool { name.contains("MAIL") || name.contains("SMTP") }

    /// `default from: ENV["X"]`, `config.mailer_sender = ENV["X"]`, `Resend.api_key = ENV["X"]`, the account of
    /// `smtp_settings`: without a value every letter and every call is refused.
    private func isHanded(_ code: Code, _ index: Int) -> Bool {
        if code.isMark(index - 1, ":"), code.isWord(index - 2, "from"), code.isWord(index - 3, "default") {
            return true
        }
        if code.isMark(index - 1, "="), code.isMark(index - 3, ".") {
            return code.isWord(index - 2, of: ["mailer_sender", "api_key"])
        }
        guard let open = code.parent(index), code.isMark(open - 1, "="), code.isWord(open - 2, "smtp_settings") else {
            return false
        }
        let keys = ["user_name", "password", "address"]
        return code.isMark(index - 1, ":") && code.isWord(index - 2, of: keys)
            || code.isMark(index - 2, "=>") && code.isWord(index - 3, of: keys)
    }

    /// `raise "…" unless ENV["X"]`, `abort "…" if ENV["X"].nil?`
    private func isInsisted(_ code: Code, _ after: Int) -> Bool {
        let isMissing =
            code.isWord(after - 5, "unless")
            || code.isWord(after - 5, "if") && code.isWord(after + 1, of: ["blank", "nil", "empty"])
        guard isMissing else { return false }
        let line = code.line(after - 5)
        return stride(from: after - 5, to: max(-1, after - 40), by: -1).contains {
            code.line($0) == line && code.isWord($0, of: ["raise", "abort", "fail", "exit"])
        }
    }

    private func subscripted(_ code: Code, _ name: String, _ after: Int, _ line: Int, into file: inout FileReads) {
        if code.isMark(after, "||") {
            let isAssignment = code.isMark(after + 2, "=")
            let value = after + (isAssignment ? 3 : 2)
            if code.isWord(value, of: ["raise", "abort", "fail", "exit"]) {
                return file.add(name, line: line, required: true)
            }
            let isLast =
                code.kind(value + 1) != .mark || code.tokens[value + 1].startsLine
                || [")", ",", "]", "}", "|", "?", ";"].contains { code.isMark(value + 1, $0) }
            file.add(name, line: line, default: isLast ? code.literal(value..<value + 1) : .computed)
        } else if code.isMark(after, "="), !code.isMark(after, "=="), !code.isMark(after, "=~"),
            !code.isMark(after, "=>")
        {
            file.assign(name, line: line)
        } else {
            let isBoolean = code.isMark(after, "==") && ["true", "1", "false"].contains(code.string(after + 2) ?? "")
            let fails = code.isWord(after, "or") && code.isWord(after + 1, of: ["raise", "abort", "fail", "exit"])
            let isTested =
                code.isMark(after, "==") || code.isMark(after, "!=") || code.isMark(after, "&&")
                || code.isMark(after, "?") || code.isMark(after, "&.")
                || code.isWord(after, of: ["if", "unless", "and"])
                || code.isWord(after + 1, of: ["present", "blank", "nil", "empty"])
                || code.isWord(after - 5, of: ["if", "unless", "elsif", "and", "or"]) || code.isMark(after - 5, "!")
            file.add(
                name, line: line, required: fails || isInsisted(code, after), kind: isBoolean ? .boolean : nil,
                bare: !isTested)
        }
    }

    private func fetch(_ code: Code, _ open: Int, _ line: Int, into file: inout FileReads) {
        guard let close = code.partner(open) else { return }
        let arguments = code.arguments(open)
        guard let name = code.string(open + 1) else {
            if let wrapper = EnvironmentWrapper(code, name: open + 1, required: arguments.count == 1) {
                file.wrappers.append(wrapper)
            }
            return
        }
        if arguments.count > 1 {
            file.add(name, line: line, default: code.literal(arguments[1]))
        } else if code.isMark(close + 1, "{"), let end = code.partner(close + 1) {
            let raises = (close + 2..<end).contains { code.isWord($0, "raise") }
            file.add(name, line: line, required: raises, default: raises ? .nothing : code.literal(close + 2..<end))
        } else {
            file.add(name, line: line, required: !code.isWord(close + 1, "do"))
        }
    }
}
