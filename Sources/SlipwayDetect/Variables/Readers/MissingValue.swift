// SPDX-License-Identifier: Apache-2.0

/// Whether a function of the application ends with an error when the variable that it is asked for has no value.
enum MissingValue {
    /// - Parameters:
    ///   - token: Where the function reads the variable.
    ///   - parameters: The bracket of the function's parameters.
    ///   - fallback: The parameter with which a call says what counts without a value.
    /// - Returns: Whether a call without such a value throws: `if (value) return value; throw new Error(name)`.
    static func throwsIn(_ code: Code, from token: Int, of parameters: Int, _ fallback: String?) -> Bool {
        guard let close = code.partner(parameters), let body = body(code, after: close, around: token),
            let end = code.partner(body)
        else { return false }
        return (token..<end).contains { index in
            code.isWord(index, "throw") && isReached(code, index, body, fallback)
        }
    }

    /// More blocks inside each other than such a function has.
    private static let mostBlocks = 6

    private static func body(_ code: Code, after close: Int, around token: Int) -> Int? {
        var block = code.parent(token)
        var found: Int?
        for _ in 0..<mostBlocks {
            guard let open = block, open > close else { break }
            if code.isMark(open, "{") { found = open }
            block = code.parent(open)
        }
        return found
    }

    /// Whether a `throw` stands at the end of the function, or in a block for a value that is not there.
    private static func isReached(_ code: Code, _ index: Int, _ body: Int, _ fallback: String?) -> Bool {
        if code.isMark(index - 1, ")"), let open = code.partner(index - 1), code.isWord(open - 1, "if") {
            return isAboutNothing(code, open, fallback)
        }
        guard let block = code.parent(index) else { return false }
        if block == body { return true }
        guard code.isMark(block, "{"), code.isMark(block - 1, ")"), let open = code.partner(block - 1),
            code.isWord(open - 1, "if")
        else { return false }
        return isAboutNothing(code, open, fallback)
    }

    /// `!value`, `value === undefined`, `fallback == null`; not `!Number.isFinite(value)`.
    private static func isAboutNothing(_ code: Code, _ open: Int, _ fallback: String?) -> Bool {
        guard let close = code.partner(open) else { return false }
        return (open + 1..<close).contains { index in
            if let fallback, code.isWord(index, fallback) { return true }
            if code.isMark(index, "!"), !code.isMark(index, "!="), code.word(index + 1) != nil {
                return !code.isMark(index + 2, ".") && !code.isMark(index + 2, "(")
                    || code.path(index + 1, "process", "env") != nil
            }
            let value = index + (code.isMark(index, "===") ? 3 : 2)
            return code.isMark(index, "==")
                && (code.isWord(value, of: ["undefined", "null"])
                    || code.string(value).map(["", "undefined"].contains) == true)
        }
    }
}
