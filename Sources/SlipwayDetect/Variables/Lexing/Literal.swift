// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What an expression that stands where a default goes is worth.
enum Literal: Equatable {
    /// A constant, as the environment would spell it.
    case text(String, Variable.Kind?)
    /// `None`, `null`, `undefined`, `nil`.
    case nothing
    /// Something that only running the program tells.
    case computed

    var text: String? { if case .text(let text, _) = self { text } else { nil } }
    var kind: Variable.Kind? { if case .text(_, let kind) = self { kind } else { nil } }
}

extension Code {
    private static let nothing: Set<String> = ["None", "null", "undefined", "nil", "NULL", "NOTSET"]
    private static let conversions: Set<String> = [
        "to_string", "to_owned", "into", "toString", "to_s", "String", "str", "split", "trim", "strip", "from",
    ]

    func literal(_ range: Range<Int>) -> Literal {
        guard !range.isEmpty else { return .computed }
        let first = range.lowerBound
        if range.count == 1 { return single(first) }
        if range.count == 2, isMark(first, "-") || isMark(first, "+"), kind(first + 1) == .number {
            let value = single(first + 1)
            return isMark(first, "-") ? .text("-" + (value.text ?? ""), value.kind) : value
        }
        // "x".to_string(), String("x"), String::from("x")
        if kind(first) == .string, let method = afterDot(first + 1), isWord(method, in: Self.conversions),
            partner(method + 1) == range.upperBound - 1
        {
            return single(first)
        }
        if kind(first) == .word, isMark(range.upperBound - 1, ")"), let open = partner(range.upperBound - 1),
            isWord(open - 1, in: Self.conversions), open - first <= 4, open + 2 == range.upperBound - 1
        {
            return single(open + 1)
        }
        if isMark(first, "["), partner(first) == range.upperBound - 1 { return list(first) }
        return .computed
    }

    private func single(_ index: Int) -> Literal {
        switch kind(index) {
        case .string: return .text(text(index), nil)
        case .number:
            let digits = text(index).filter { $0 != "_" }
            return .text(digits, digits.contains(".") ? .number : .integer)
        case .word:
            let word = text(index)
            if Self.nothing.contains(word) { return .nothing }
            if word == "True" || word == "true" || word == "TRUE" { return .text("true", .boolean) }
            if word == "False" || word == "false" || word == "FALSE" { return .text("false", .boolean) }
            return .computed
        default: return .computed
        }
    }

    private func list(_ open: Int) -> Literal {
        let values = arguments(open).map { literal($0) }
        guard values.allSatisfy({ $0.text != nil }) else { return .computed }
        return .text(values.compactMap(\.text).joined(separator: ","), .list)
    }
}
