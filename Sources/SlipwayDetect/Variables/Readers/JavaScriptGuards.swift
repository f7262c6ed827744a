// SPDX-License-Identifier: Apache-2.0

/// The checks by which a file refuses to work without a value: `if (!url) throw new Error()`.
struct JavaScriptGuards {
    /// How far into a block `throw` is looked for.
    private static let window = 40

    /// Local names that must hold something.
    private(set) var names: Set<String> = []
    /// Members of objects that must hold something.
    private(set) var members: Set<String> = []
    /// Conditions whose block throws.
    private var conditions: [Range<Int>] = []

    init(_ code: Code) {
        for index in 0..<code.count {
            if code.isWord(index, of: ["assert", "invariant"]), code.isMark(index + 1, "("),
                let name = code.word(index + 2)
            {
                names.insert(name)
            }
            guard code.isWord(index, "if"), code.isMark(index + 1, "("), let close = code.partner(index + 1),
                close - index < 60, Self.throwsNear(code, close)
            else { continue }
            for token in index + 2..<close {
                guard code.isMark(token, "!"), !code.isMark(token, "!=") else { continue }
                if let name = code.word(token + 1) { names.insert(name) }
                // `if (!config.databaseUrl) throw`
                if let member = code.afterDot(token + 2), let name = code.word(member) { members.insert(name) }
                // Up to the next operand of the condition.
                let end = (token..<close).first { code.isMark($0, "&&") || code.isMark($0, "||") } ?? close
                conditions.append(token..<min(end, token + 8))
            }
            for token in index + 2..<close
            where code.isMark(token, "==")
                && code.isWord(token + (code.isMark(token, "===") ? 3 : 2), of: ["undefined", "null"])
            {
                if let name = code.word(token - 1) { names.insert(name) }
                conditions.append(max(index + 2, token - 6)..<token)
            }
        }
    }

    /// Whether the statement after a condition's bracket throws or ends the process.
    static func throwsNear(_ code: Code, _ close: Int) -> Bool {
        let first = close + 1
        let isBlock = code.isMark(first, "{")
        let end = isBlock ? min(code.partner(first) ?? first, first + window) : min(code.count, first + 1)
        if !isBlock { return code.isWord(first, "throw") || code.path(first, "process", "exit") != nil }
        return (first..<end).contains { code.isWord($0, "throw") || code.path($0, "process", "exit") != nil }
    }

    /// Whether the rest of the block around a token throws, or what follows the condition that it stands in.
    static func throwsLater(_ code: Code, _ token: Int) -> Bool {
        guard let open = code.parent(token), let close = code.partner(open) else { return false }
        // `if (typeof process.env[key] === "undefined") throw …`
        if code.isMark(open, "("), code.isWord(open - 1, "if") { return throwsNear(code, close) }
        return (token..<min(close, token + window * 2)).contains { code.isWord($0, "throw") }
    }

    /// Whether a token stands negated in such a condition.
    func covers(_ token: Int) -> Bool { conditions.contains { $0.contains(token) } }
}
