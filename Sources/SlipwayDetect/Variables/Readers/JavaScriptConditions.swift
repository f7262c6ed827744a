// SPDX-License-Identifier: Apache-2.0

/// The blocks of a file that only run when the environment asks for them: `if (process.env.SMTP_HOST) { … }`, and the
/// entries of a list that are made when they are chosen: `[{ make: () => … }, …]`. What they need, nobody else needs.
struct JavaScriptConditions {
    private var ranges: [Range<Int>] = []
    /// Local names that hold a variable's value.
    private var locals: [String: String] = [:]

    init(_ code: Code, _ aliases: JavaScriptAliases) {
        for index in 0..<code.count where code.isMark(index - 1, "=") && code.isWord(index - 3, of: ["const", "let"]) {
            guard let (end, _) = aliases.object(at: index), let after = Self.member(code, end) else { continue }
            locals[code.text(index - 2)] = after.name
        }
        for index in 0..<code.count {
            if code.isWord(index, "if"), code.isMark(index + 1, "("), let close = code.partner(index + 1),
                close - index < 60, asks(code, aliases, index + 2..<close)
            {
                addBlock(code, close + 1)
            } else if let (end, _) = aliases.object(at: index), let after = Self.member(code, end),
                code.isMark(after.index, "?") || code.isMark(after.index, "&&"), !code.isMark(after.index, "?."),
                !code.isMark(after.index, "??"), !EnvironmentName.isMode(after.name)
            {
                addValue(code, after.index)
            } else if code.isMark(index, "[") {
                addChoices(code, index)
            }
        }
    }

    /// Functions that each of several objects of a list has, so that none of them runs by itself.
    private mutating func addChoices(_ code: Code, _ list: Int) {
        guard let end = code.partner(list), end - list > 20 else { return }
        let entries = (list + 1..<end).filter { code.parent($0) == list && code.isMark($0, "{") }
        guard entries.count >= 3 else { return }
        for open in entries {
            guard let close = code.partner(open) else { continue }
            var index = open + 1
            while index < close {
                if code.isMark(index, ":"), code.isMark(index + 1, "("), let after = code.partner(index + 1),
                    code.isMark(after + 1, "=>")
                {
                    let value = (after + 2..<close).first { code.isMark($0, ",") && code.parent($0) == open } ?? close
                    ranges.append(after + 2..<value)
                    index = value
                } else {
                    index = max(index, code.partner(index) ?? index) + 1
                }
            }
        }
    }

    /// The block after a condition, and the one after `else`.
    private mutating func addBlock(_ code: Code, _ open: Int) {
        guard code.isMark(open, "{"), let close = code.partner(open) else { return }
        ranges.append(open..<close)
        if code.isWord(close + 1, "else"), code.isMark(close + 2, "{"), let end = code.partner(close + 2) {
            ranges.append(close + 2..<end)
        }
    }

    /// `process.env.X ? { … } : null`, `process.env.X && f(…)`: up to the end of the argument or statement.
    private mutating func addValue(_ code: Code, _ start: Int) {
        var index = start
        let parent = code.parent(start)
        while index < min(code.count, start + 200), code.parent(index) == parent {
            if index > start + 2, code.tokens[index].startsLine, code.kind(index) == .word,
                code.kind(index - 1) != .mark
            {
                break
            }
            if code.isMark(index, ",") || code.isMark(index, ";") || code.partner(index).map({ $0 < index }) == true {
                break
            }
            index = max(index, code.partner(index) ?? index) + 1
        }
        ranges.append(start..<index)
    }

    /// Whether a condition reads a variable that is no mode of the whole program.
    private func asks(_ code: Code, _ aliases: JavaScriptAliases, _ range: Range<Int>) -> Bool {
        range.contains { index in
            if let local = code.word(index).flatMap({ locals[$0] }), !code.isMember(index) {
                return !EnvironmentName.isMode(local) && !code.isMark(index - 1, "!")
            }
            guard let (end, _) = aliases.object(at: index), let after = Self.member(code, end) else { return false }
            return !EnvironmentName.isMode(after.name) && !code.isMark(index - 1, "!")
                && !code.isMark(index - 2, "!(")
        }
    }

    private static func member(_ code: Code, _ end: Int) -> (name: String, index: Int)? {
        guard let member = code.afterDot(end), let name = code.word(member) else { return nil }
        return (name, member + 1)
    }

    func contains(_ index: Int) -> Bool { ranges.contains { $0.contains(index) } }
}
