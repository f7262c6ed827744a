// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What follows an expression that read a variable: `!`, `?? "x"`, `=== "true"`, `.split(",")`.
struct JavaScriptSuffix {
    private(set) var required = false
    private(set) var fallback: Literal?
    private(set) var kind: Variable.Kind?

    private static let casts: [String: Variable.Kind] = [
        "parseInt": .integer, "Number": .number, "parseFloat": .number, "Boolean": .boolean, "URL": .url,
        "BigInt": .integer, "parse": .json,
    ]
    private static let checks: Set<String> = ["assert", "invariant", "ok", "nonNull", "assertExists"]
    private static let ending: Set<String> = ["if", "return", "const", "let", "var", "throw"]

    init(_ code: Code, after index: Int, from start: Int) {
        var index = index
        var isOptional = false
        for _ in 0..<12 {
            if code.isMark(index, "!"), !code.isMark(index, "!=") {
                required = true
                index += 1
            } else if code.isWord(index, "as"), code.kind(index + 1) == .word {
                // `as string` says that it is there; `as string | undefined` does not.
                if code.isWord(index + 1, "string"), !code.isMark(index + 2, "|") { required = true }
                index += 2
                while code.isMark(index, "|") || code.isMark(index, "[") || code.isMark(index, ".") { index += 2 }
            } else if code.isMark(index, "??") || code.isMark(index, "||") {
                isOptional = true
                index += 2
                if code.isMark(index, "=") { index += 1 }
                readFallback(code, index)
                break
            } else if code.isMark(index, "=="), !code.isMark(index, "=>") {
                compare(code, index + (code.isMark(index, "===") ? 3 : 2))
                isOptional = true
                break
            } else if code.isMark(index, "!=") {
                compare(code, index + (code.isMark(index, "!==") ? 3 : 2))
                isOptional = true
                break
            } else if code.isMark(index, "&&") || (code.isMark(index, "?") && !code.isMark(index, "?.")) {
                isOptional = true
                break
            } else if let member = code.afterDot(index), code.isMark(member + 1, "("), code.kind(member) == .word,
                let close = code.partner(member + 1)
            {
                if code.isMark(index, "?.") { isOptional = true }
                if code.isWord(member, "split") { kind = .list }
                index = close + 1
            } else if let outer = outward(code, index, start) {
                index = outer
            } else {
                break
            }
        }
        if isOptional, fallback != nil { required = false }
        if isOptional, kind == .boolean { required = false }
    }

    /// Steps out of `Number(x)`, `parseInt(x, 10)`, `(x)`.
    private mutating func outward(_ code: Code, _ index: Int, _ start: Int) -> Int? {
        let bracket = code.isMark(index, ")") ? code.partner(index) : code.isMark(index, ",") ? code.parent(index) : nil
        guard let open = bracket, code.isMark(open, "("), open < start, start - open <= 4,
            let close = code.partner(open)
        else { return nil }
        if let word = code.word(open - 1) {
            if Self.checks.contains(word) {
                required = true
                return nil
            }
            guard let cast = Self.casts[word] else {
                return code.isMark(index, ")") && (word == "String" || word == "return") ? close + 1 : nil
            }
            kind = cast
            return close + 1
        }
        return code.isMark(index, ")") ? close + 1 : nil
    }

    private mutating func compare(_ code: Code, _ index: Int) {
        if let text = code.string(index), ["true", "false", "1", "0", "yes", "on"].contains(text.lowercased()) {
            kind = .boolean
        }
        fallback = .nothing
    }

    private mutating func readFallback(_ code: Code, _ index: Int) {
        let window = index..<min(code.count, index + 14)
        for (offset, token) in window.enumerated() {
            if code.isWord(token, "throw") || (offset < 2 && code.isWord(token, of: ["raise", "die", "fail", "panic"]))
            {
                required = true
                fallback = nil
                return
            }
            if code.isMark(token, ";") || (offset > 0 && code.isMark(token, ",")) || code.isWord(token, in: Self.ending)
            {
                break
            }
        }
        // A chain goes on: `process.env.A || process.env.B || "x"`; the last constant is A's default too.
        var at = index
        while let end = skipRead(code, at), code.isMark(end, "||") || code.isMark(end, "??") { at = end + 2 }
        let end = expressionEnd(code, at)
        let value = code.literal(at..<end)
        fallback = value
        if kind == nil { kind = value.kind }
    }

    private func skipRead(_ code: Code, _ index: Int) -> Int? {
        guard let end = code.path(index, "process", "env") ?? code.path(index, "import", "meta", "env"),
            let member = code.afterDot(end)
        else { return nil }
        return member + 1
    }

    private func expressionEnd(_ code: Code, _ start: Int) -> Int {
        guard code.kind(start) != nil else { return start }
        if code.isMark(start, "[") || code.isMark(start, "(") { return (code.partner(start) ?? start) + 1 }
        if code.isMark(start, "-") { return start + 2 }
        let next = start + 1
        let endsHere =
            code.kind(next) == nil || code.kind(next) != .mark || code.tokens[next].startsLine
            || [")", ",", ";", "}", "]", "|", "?", ":", "&", "="].contains { code.isMark(next, $0) }
        if endsHere { return next }
        // `5 * 60` and calls are computed: any range that is no single literal says so.
        return start + 2
    }
}
