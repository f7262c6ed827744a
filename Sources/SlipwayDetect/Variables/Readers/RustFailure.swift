// SPDX-License-Identifier: Apache-2.0

/// Whether Rust code gives up when a variable that it asked for is not there: `match env::var("X") { … Err(e) => panic!() }`,
/// `let Ok(x) = env::var("X") else { exit(1) }`, `if env::var("X").is_err() { panic!() }`.
enum RustFailure {
    private static let endings = ["panic", "exit", "bail", "abort", "unreachable", "ensure"]

    /// - Parameters:
    ///   - index: The function's name, `var`.
    ///   - close: The bracket after its argument.
    static func follows(_ code: Code, _ index: Int, _ close: Int) -> Bool {
        var first = index
        while code.isMark(first - 2, "::"), code.kind(first - 3) == .word { first -= 3 }
        // What is asked of the result before the block: `.ok()`, `.is_err()`, `.as_deref()`.
        var end = close
        var asksForAbsence = false
        while code.isMark(end + 1, "."), code.isMark(end + 3, "("), let next = code.partner(end + 3) {
            asksForAbsence = code.isWord(end + 2, of: ["is_err", "is_none"])
            end = next
        }
        if code.isWord(end + 1, "else"), code.isMark(end + 2, "{") { return stops(code, in: end + 2) }
        guard code.isMark(end + 1, "{"), let last = code.partner(end + 1) else { return false }
        if code.isWord(first - 1, "match") { return hasFailingArm(code, end + 1, last) }
        if asksForAbsence { return stops(code, in: end + 1) }
        // `if let Ok(x) = env::var("X") { … } else { panic!() }`
        return code.isMark(first - 1, "=") && code.isWord(last + 1, "else") && code.isMark(last + 2, "{")
            && stops(code, in: last + 2)
    }

    private static func stops(_ code: Code, in open: Int) -> Bool {
        guard let close = code.partner(open) else { return false }
        return stops(code, open + 1..<close)
    }

    /// An error that is handed on stops the program in the end.
    private static func stops(_ code: Code, _ range: Range<Int>) -> Bool {
        range.contains { code.isWord($0, of: endings) || code.isWord($0, "return") && code.isWord($0 + 1, "Err") }
    }

    private static func hasFailingArm(_ code: Code, _ open: Int, _ close: Int) -> Bool {
        for arrow in open + 1..<close where code.isMark(arrow, "=>") && code.parent(arrow) == open {
            var start = arrow - 1
            while start > open, code.parent(start) != open || !code.isMark(start, ",") && !code.isMark(start, "}") {
                start -= 1
            }
            let pattern = start + 1..<arrow
            guard pattern.contains(where: { code.isWord($0, of: ["Err", "None", "_"]) }) else { continue }
            if code.isMark(arrow + 2, "{") {
                if stops(code, in: arrow + 2) { return true }
                continue
            }
            let end = (arrow + 2..<close).first { code.isMark($0, ",") && code.parent($0) == open } ?? close
            if stops(code, arrow + 2..<end) || code.isWord(arrow + 2, "Err") { return true }
        }
        return false
    }
}
