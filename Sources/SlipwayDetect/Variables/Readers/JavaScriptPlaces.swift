// SPDX-License-Identifier: Apache-2.0

/// What stands around a value in JavaScript.
enum JavaScriptPlaces {
    /// `!x`, `if (x`, `x ?`, `x &&`, `x ||`, `x ??`, `x ===`
    static func isCondition(_ code: Code, _ start: Int, _ end: Int) -> Bool {
        if code.isMark(start - 1, "!") || code.isMark(start - 1, "&&") || code.isMark(start - 2, "&&") { return true }
        if code.isMark(start - 2, "||") || code.isMark(start - 2, "??") { return true }
        if let open = code.parent(start), code.isMark(open, "("), code.isWord(open - 1, of: ["if", "while", "Boolean"])
        {
            return true
        }
        if code.isMark(end, "?"), !code.isMark(end, "?.") { return true }
        return ["&&", "||", "??", "==", "!="].contains { code.isMark(end, $0) }
    }

    /// Whether the value stands alone in a text, which would then say `undefined`, or is what a server listens on:
    /// `${process.env.API_URL}/users`, `process.env.API_PATH + "/"`, `app.listen(process.env.WEB_PORT)`.
    static func isInserted(_ code: Code, _ start: Int, _ after: Int) -> Bool {
        if code.isMark(start - 1, "("), code.isWord(start - 2, "listen"), code.isMark(start - 3, ".") {
            return code.isMark(after, ",") || code.isMark(after, ")")
        }
        if code.isMark(after, "+"), code.string(after + 1) != nil { return true }
        if code.isMark(start - 1, "+"), code.string(start - 2) != nil,
            !code.isMark(after, "?") && !code.isMark(after, "|")
        {
            return true
        }
        guard code.isMark(start - 1, "{"), code.isMark(after, "}"), code.partner(start - 1) == after,
            !isWhole(code, start - 1, after)
        else { return false }
        var open = start - 1
        while code.isMark(open - 1, "}"), let other = code.partner(open - 1) { open = other }
        return code.kind(open - 1) == .template
    }

    /// `export const origins = process.env.ORIGINS.split(",")`, which throws while the module is loaded. Inside a
    /// function other than the one that starts the program nobody knows whether it is called.
    static func isCalledAtLoad(_ code: Code, _ start: Int, _ after: Int) -> Bool {
        guard code.isMark(after, "."), code.word(after + 1) != nil, code.isMark(after + 2, "(") else { return false }
        var index = start
        while let open = code.parent(index) {
            index = open
            guard code.isMark(open, "{"), code.isMark(open - 1, ")") || code.isMark(open - 2, "=>") else { continue }
            // `if (x) {`, `for (…) {` and `(…) => {` too; `async function main() {` is run as it is.
            guard code.isMark(open - 1, ")"), let list = code.partner(open - 1),
                code.isWord(list - 1, of: ["main", "bootstrap"]), code.isWord(list - 2, "function")
            else { return false }
        }
        return !isInArrow(code, start)
    }

    /// `() => process.env.X.split(",")`, without a block.
    private static func isInArrow(_ code: Code, _ start: Int) -> Bool {
        var index = start
        for _ in 0..<16 {
            if code.isMark(index - 2, "=>") || code.isMark(index - 1, "=>") { return true }
            guard let open = code.parent(index) else { return false }
            index = open
        }
        return false
    }

    /// `process.env.X as string`, `process.env.X!`
    static func isCast(_ code: Code, _ end: Int) -> Bool {
        let after = code.isMark(end, "[") ? (code.partner(end) ?? end) + 1 : (code.afterDot(end) ?? end) + 1
        return code.isWord(after, "as") || code.isMark(after, "!") && !code.isMark(after, "!=")
    }

    /// `${x}` with nothing around it only makes a text of the value.
    private static func isWhole(_ code: Code, _ open: Int, _ close: Int) -> Bool {
        let (first, last) = (Int(code.tokens[open].start) - 2, Int(code.tokens[close].end))
        return first >= 0 && last < code.bytes.count && code.bytes[first] == Byte.backtick
            && code.bytes[last] == Byte.backtick
    }

    /// One of two values that the mode of the whole program chooses between.
    enum Arm {
        case development
        /// With the token at which the expression begins.
        case production(Int)
    }

    /// `process.env.NODE_ENV === "development" ? process.env.DEV_URL : process.env.URL`
    static func arm(_ code: Code, _ start: Int) -> Arm? {
        let question: Int
        if code.isMark(start - 1, "?") {
            question = start - 1
        } else if code.isMark(start - 1, ":"),
            let found = stride(from: start - 2, to: max(-1, start - 14), by: -1).first(where: {
                code.isMark($0, "?") && !code.isMark($0, "?.") && code.parent($0) == code.parent(start)
            })
        {
            question = found
        } else {
            return nil
        }
        guard let mode = code.string(question - 1)?.lowercased() else { return nil }
        let isProduction = mode == "production" || mode == "prod"
        guard isProduction || ["development", "dev", "local", "test"].contains(mode) else { return nil }
        let isEqual = code.isMark(question - 3, "==")
        guard isEqual || code.isMark(question - 4, "!==") || code.isMark(question - 3, "!=") else { return nil }
        let isFirst = question == start - 1
        guard (isEqual && !code.isMark(question - 4, "!=")) == (isFirst == isProduction) else { return .development }
        var begin = question - 1
        while begin > 0, code.parent(begin - 1) == code.parent(start), !isAssignment(code, begin - 1),
            question - begin < 24
        {
            begin -= 1
        }
        return .production(begin)
    }

    private static func isAssignment(_ code: Code, _ index: Int) -> Bool {
        code.isMark(index, "=") && !code.isMark(index, "==") && !code.isMark(index - 1, "==")
            && !code.isMark(index - 1, "!=") && !code.isMark(index, "=>")
    }
}
