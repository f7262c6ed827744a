// SPDX-License-Identifier: Apache-2.0

/// A source file as tokens with matched brackets, and the questions that readers ask about them.
///
/// Every question takes any index: outside the file the answer is no.
struct Code {
    let path: String
    let language: CodeLanguage
    let bytes: [UInt8]
    /// The statements of a Python file; other languages are read as tokens.
    let python: PythonSource?
    let tokens: [CodeToken]
    /// For each bracket the index of the other one, otherwise -1.
    private let partners: [Int32]
    /// For each token the index of the bracket that it stands in, otherwise -1.
    private let parents: [Int32]

    init(path: String, language: CodeLanguage, bytes: [UInt8]) {
        self.path = path
        self.language = language
        self.bytes = bytes
        python = language == .python ? PythonSource(path: path, text: String(decoding: bytes, as: UTF8.self)) : nil
        guard let rules = language.rules(path) else {
            (tokens, partners, parents) = ([], [], [])
            return
        }
        let tokens = CodeLexer(bytes, rules: rules).tokens
        var partners = [Int32](repeating: -1, count: tokens.count)
        var parents = partners
        var open: [Int32] = []
        for (index, token) in tokens.enumerated() {
            if token.kind == .mark, let closes = Self.opener(of: bytes[Int(token.start)]) {
                // A stray closer is ignored unless one of the last few brackets fits it.
                if let at = open.suffix(4).lastIndex(where: { bytes[Int(tokens[Int($0)].start)] == closes }) {
                    partners[Int(open[at])] = Int32(truncatingIfNeeded: index)
                    partners[index] = open[at]
                    open.removeSubrange(at...)
                }
            }
            parents[index] = open.last ?? -1
            if token.kind == .mark, "([{".utf8.contains(bytes[Int(token.start)]) {
                open.append(Int32(truncatingIfNeeded: index))
            }
        }
        self.tokens = tokens
        self.partners = partners
        self.parents = parents
    }

    private static func opener(of byte: UInt8) -> UInt8? {
        switch byte {
        case Byte.closeParenthesis: Byte.openParenthesis
        case Byte.closeBracket: Byte.openBracket
        case Byte.closeBrace: Byte.openBrace
        default: nil
        }
    }

    var count: Int { tokens.count }

    func line(_ index: Int) -> Int { tokens.indices.contains(index) ? Int(tokens[index].line) : 1 }

    func text(_ index: Int) -> String {
        guard tokens.indices.contains(index) else { return "" }
        return String(decoding: bytes[Int(tokens[index].start)..<Int(tokens[index].end)], as: UTF8.self)
    }

    func kind(_ index: Int) -> CodeToken.Kind? { tokens.indices.contains(index) ? tokens[index].kind : nil }

    func isWord(_ index: Int, _ word: String) -> Bool {
        guard kind(index) == .word else { return false }
        let token = tokens[index]
        guard Int(token.end - token.start) == word.utf8.count else { return false }
        return bytes[Int(token.start)..<Int(token.end)].elementsEqual(word.utf8)
    }

    /// For lists that stand where they are used: nothing is hashed, and nothing is made for other tokens than words.
    func isWord(_ index: Int, of words: @autoclosure () -> [String]) -> Bool {
        kind(index) == .word && words().contains { isWord(index, $0) }
    }

    /// For large tables.
    func isWord(_ index: Int, in words: Set<String>) -> Bool { kind(index) == .word && words.contains(text(index)) }

    func word(_ index: Int) -> String? { kind(index) == .word ? text(index) : nil }

    /// The text that stands at a token, or that a name of the file stands for: `const KEY = "DATABASE_URL"`.
    func name(_ index: Int) -> String? {
        if let text = string(index) { return text }
        guard let name = word(index), !isMark(index + 1, "(") else { return nil }
        for other in 0..<count where isWord(other, name) && !isMember(other) {
            // A type may stand between: `const KEY: &str = "X"`, `let key: String = "X"`.
            guard let equals = (other + 1..<min(other + 6, count)).first(where: { isMark($0, "=") }),
                (other + 1..<equals).allSatisfy({ kind($0) == .word || isMark($0, ":") || isMark($0, "&") }),
                let text = string(equals + 1), EnvironmentName.isScreaming(text)
            else { continue }
            return text
        }
        return nil
    }

    /// The value of a literal without interpolation.
    func string(_ index: Int) -> String? { kind(index) == .string ? text(index) : nil }

    /// Whether the bytes of a mark stand here as neighbouring tokens.
    func isMark(_ index: Int, _ mark: String) -> Bool {
        var index = index
        var next: Int32 = -1
        for byte in mark.utf8 {
            guard kind(index) == .mark, bytes[Int(tokens[index].start)] == byte else { return false }
            if next >= 0, tokens[index].start != next { return false }
            next = tokens[index].end
            index += 1
        }
        return true
    }

    /// The other bracket of a pair.
    func partner(_ index: Int) -> Int? {
        partners.indices.contains(index) && partners[index] >= 0 ? Int(partners[index]) : nil
    }

    /// The bracket that a token stands in.
    func parent(_ index: Int) -> Int? {
        parents.indices.contains(index) && parents[index] >= 0 ? Int(parents[index]) : nil
    }

    /// Whether the words stand here with dots between them; `?.` and `::` count as dots.
    /// - Returns: The index after the last word.
    func path(_ index: Int, _ words: String...) -> Int? {
        var index = index
        for (position, word) in words.enumerated() {
            if position > 0 {
                guard let next = afterDot(index) else { return nil }
                index = next
            }
            guard isWord(index, word) else { return nil }
            index += 1
        }
        return index
    }

    /// The index after `.`, `?.`, `!.` or `::`.
    func afterDot(_ index: Int) -> Int? {
        if isMark(index, ".") { return index + 1 }
        if isMark(index, "?."), !isMark(index + 1, "..") { return index + 2 }
        if isMark(index, "!.") || isMark(index, "::") { return index + 2 }
        return nil
    }

    /// Whether the token is a member of something: `.x`, `?.x`, `::x`.
    func isMember(_ index: Int) -> Bool { isMark(index - 1, ".") || isMark(index - 2, "::") || isMark(index - 2, "->") }

    /// The ranges between the commas of a bracket, without those in inner brackets.
    func arguments(_ open: Int) -> [Range<Int>] {
        guard let close = partner(open), close > open + 1 else { return [] }
        var result: [Range<Int>] = []
        var start = open + 1
        var index = start
        while index < close {
            if isMark(index, ",") {
                result.append(start..<index)
                start = index + 1
            }
            index = max(index, partner(index) ?? index) + 1
        }
        if start < close { result.append(start..<close) }
        return result
    }

    /// The argument with a name, `name=value` or `name: value`.
    func argument(_ name: String, in arguments: [Range<Int>]) -> Range<Int>? {
        for argument in arguments
        where isWord(argument.lowerBound, name)
            && (isMark(argument.lowerBound + 1, "=") || isMark(argument.lowerBound + 1, ":"))
            && !isMark(argument.lowerBound + 1, "==")
        {
            return argument.lowerBound + 2..<max(argument.lowerBound + 2, argument.upperBound)
        }
        return nil
    }

    /// The arguments that have no name in front.
    func positional(_ arguments: [Range<Int>]) -> [Range<Int>] {
        arguments.filter {
            !(kind($0.lowerBound) == .word
                && (isMark($0.lowerBound + 1, "=") || isMark($0.lowerBound + 1, ":"))
                && !isMark($0.lowerBound + 1, "==") && !isMark($0.lowerBound + 1, "::"))
        }
    }
}
