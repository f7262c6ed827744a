// SPDX-License-Identifier: Apache-2.0

/// Cuts a file into tokens in one pass; never fails, and never lets one odd quote swallow the rest of the file.
///
/// A quoted string ends with its line. One that does not is taken as punctuation, so that an apostrophe in the text
/// of a page, or a string over several lines, costs its own line at most.
struct CodeLexer {
    /// Deeper nesting of templates is read as text, which bounds the recursion on hostile input.
    private static let deepestTemplate = 16

    private let rules: LexicalRules
    private let bytes: [UInt8]
    private(set) var tokens: [CodeToken] = []
    private var position = 0
    private var line: Int32 = 1
    private var lineStart = 0
    private var lineHasToken = false
    private var depth = 0

    init(_ bytes: [UInt8], rules: LexicalRules) {
        self.bytes = bytes
        self.rules = rules
        tokens.reserveCapacity(bytes.count / 5)
        read(closer: nil, onOneLine: false)
    }

    /// Reads code until the bracket that closes an interpolation, or the end.
    private mutating func read(closer: UInt8?, onOneLine: Bool) {
        let opener: UInt8 = closer == Byte.closeParenthesis ? Byte.openParenthesis : Byte.openBrace
        var nesting = 0
        while position < bytes.count {
            let byte = bytes[position]
            if let closer {
                if byte == Byte.newline, onOneLine { return }
                if byte == closer {
                    if nesting == 0 { return }
                    nesting -= 1
                } else if byte == opener {
                    nesting += 1
                }
            }
            switch byte {
            case Byte.newline: endLine()
            case Byte.space, Byte.tab, Byte.carriageReturn: position += 1
            case _ where skipComment(byte): break
            case Byte.doubleQuote, Byte.quote, Byte.backtick: readQuote(byte)
            case _ where Byte.isNameStart(byte) || (rules.dollarInNames && byte == Byte.dollar): readWord()
            case _ where Byte.isDigit(byte): readNumber()
            case Byte.slash where rules.regexLiterals && skipRegex(): break
            case Byte.dollar where rules.prefixedStrings && prefixedQuote(): break
            case Byte.at where rules.prefixedStrings && prefixedQuote(): break
            case Byte.hash where rules.hashRawStrings && readHashRaw(): break
            default:
                add(.mark, from: position, to: position + 1)
                position += 1
            }
        }
    }

    private func peek(_ offset: Int = 1) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    private mutating func add(_ kind: CodeToken.Kind, from start: Int, to end: Int) {
        tokens.append(
            CodeToken(
                kind: kind, startsLine: !lineHasToken, start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: end), line: line,
                column: Int32(truncatingIfNeeded: max(0, start - lineStart))))
        lineHasToken = true
    }

    private mutating func endLine() {
        position += 1
        line += 1
        lineStart = position
        lineHasToken = false
    }

    // MARK: Comments

    private mutating func skipComment(_ byte: UInt8) -> Bool {
        switch byte {
        case Byte.hash where rules.hashComments && !(rules.dollarInNames && peek() == Byte.openBracket),
            Byte.slash where rules.slashComments && peek() == Byte.slash,
            Byte.dash where rules.dashComments && peek() == Byte.dash:
            while position < bytes.count, bytes[position] != Byte.newline { position += 1 }
            return true
        case Byte.slash where rules.blockComments && peek() == Byte.star:
            position += 2
            skip(past: [Byte.star, Byte.slash])
            return true
        case Byte.less where rules.htmlComments && peek() == Byte.exclamation && peek(2) == Byte.dash:
            position += 3
            skip(past: [Byte.dash, Byte.dash, Byte.greater])
            return true
        default: return false
        }
    }

    private mutating func skip(past end: [UInt8]) {
        while position < bytes.count {
            if bytes[position] == Byte.newline {
                endLine()
            } else if bytes[position...].starts(with: end) {
                position += end.count
                return
            } else {
                position += 1
            }
        }
    }

    // MARK: Words and numbers

    private mutating func readWord() {
        let start = position
        while position < bytes.count,
            Byte.isNamePart(bytes[position]) || (rules.dollarInNames && bytes[position] == Byte.dollar)
        {
            position += 1
        }
        let next = position < bytes.count ? bytes[position] : 0
        if rules.prefixedStrings, position - start <= 2, next == Byte.doubleQuote || next == Byte.quote {
            let prefix = bytes[start..<position].map { $0 | 0x20 }
            if prefix.allSatisfy({ "fbrut".utf8.contains($0) }) {
                readString(
                    next, interpolated: prefix.contains(UInt8(ascii: "f")), raw: prefix.contains(UInt8(ascii: "r")))
                return
            }
        }
        if rules.hashRawStrings, position - start <= 2,
            bytes[start] == UInt8(ascii: "r") || bytes[start] == UInt8(ascii: "b"),
            next == Byte.hash || next == Byte.doubleQuote, bytes[position - 1] == UInt8(ascii: "r"), readHashRaw()
        {
            return
        }
        add(.word, from: start, to: position)
    }

    private mutating func readNumber() {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            guard Byte.isNamePart(byte) || (byte == Byte.dot && Byte.isDigit(peek())) else { break }
            position += 1
        }
        add(.number, from: start, to: position)
    }

    // MARK: Strings

    private mutating func prefixedQuote() -> Bool {
        var offset = 0
        var interpolated = false
        while offset < 3, peek(offset) == Byte.dollar || peek(offset) == Byte.at {
            if peek(offset) == Byte.dollar { interpolated = true }
            offset += 1
        }
        guard peek(offset) == Byte.doubleQuote else { return false }
        position += offset
        readString(Byte.doubleQuote, interpolated: interpolated, raw: false)
        return true
    }

    private mutating func readQuote(_ quote: UInt8) {
        if quote == Byte.backtick {
            guard rules.backticks else {
                add(.mark, from: position, to: position + 1)
                position += 1
                return
            }
            return readTemplate(
                Byte.backtick, width: 1, rules.rawBackticks ? .none : .dollarBrace, raw: rules.rawBackticks,
                onOneLine: false)
        }
        if quote == Byte.quote, !rules.singleQuotes {
            // A character such as '"' must not open a string; a lifetime or a label is punctuation.
            let width = peek() == Byte.backslash ? 3 : 2
            if peek(width) == Byte.quote { position += width + 1 } else { position += 1 }
            return
        }
        let interpolated = quote == Byte.doubleQuote && rules.interpolation != .prefixedBrace
        readString(quote, interpolated: interpolated, raw: false)
    }

    private mutating func readString(_ quote: UInt8, interpolated: Bool, raw: Bool) {
        let style = interpolated ? rules.interpolation : .none
        if rules.tripleQuotes, peek() == quote, peek(2) == quote {
            return readTemplate(quote, width: 3, style, raw: raw, onOneLine: false)
        }
        if style != .none { return readTemplate(quote, width: 1, style, raw: raw, onOneLine: true) }
        var end = position + 1
        while end < bytes.count, bytes[end] != quote, bytes[end] != Byte.newline {
            end += bytes[end] == Byte.backslash ? 2 : 1
        }
        guard end < bytes.count, bytes[end] == quote else {
            add(.mark, from: position, to: position + 1)
            position += 1
            return
        }
        add(.string, from: position + 1, to: end)
        position = end + 1
    }

    /// Reads a string that may hold expressions or line ends.
    private mutating func readTemplate(
        _ quote: UInt8, width: Int, _ style: LexicalRules.Interpolation, raw: Bool, onOneLine: Bool
    ) {
        let index = tokens.count
        position += width
        add(.string, from: position, to: position)
        depth += 1
        defer { depth -= 1 }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote, width == 1 || (peek() == quote && peek(2) == quote) { break }
            if byte == Byte.newline {
                if onOneLine { break }
                endLine()
            } else if let opening = openingWidth(byte, style), depth < Self.deepestTemplate {
                tokens[index].kind = .template
                position += opening - 1
                add(.mark, from: position, to: position + 1)
                let closer = style == .backslashParenthesis ? Byte.closeParenthesis : Byte.closeBrace
                position += 1
                read(closer: closer, onOneLine: onOneLine)
                if position < bytes.count, bytes[position] == closer {
                    add(.mark, from: position, to: position + 1)
                    position += 1
                }
            } else if byte == Byte.backslash, !raw, peek() != Byte.newline {
                position += 2
            } else if style == .prefixedBrace, byte == Byte.openBrace {
                position += 2
            } else {
                position += 1
            }
        }
        position = min(position, bytes.count)
        tokens[index].end = Int32(truncatingIfNeeded: position)
        if position < bytes.count, bytes[position] == quote { position += width }
    }

    private func openingWidth(_ byte: UInt8, _ style: LexicalRules.Interpolation) -> Int? {
        switch style {
        case .none: nil
        case .dollarBrace: byte == Byte.dollar && peek() == Byte.openBrace ? 2 : nil
        case .hashBrace: byte == Byte.hash && peek() == Byte.openBrace ? 2 : nil
        case .backslashParenthesis: byte == Byte.backslash && peek() == Byte.openParenthesis ? 2 : nil
        case .prefixedBrace: byte == Byte.openBrace && peek() != Byte.openBrace ? 1 : nil
        }
    }

    /// Reads `#"..."#` from its first `#` or quote.
    private mutating func readHashRaw() -> Bool {
        var hashes = 0
        while peek(hashes) == Byte.hash { hashes += 1 }
        guard peek(hashes) == Byte.doubleQuote else { return false }
        let end = [Byte.doubleQuote] + Array(repeating: Byte.hash, count: hashes)
        position += hashes + 1
        let index = tokens.count
        add(.string, from: position, to: position)
        skip(past: end)
        let closed = position >= end.count && bytes[(position - end.count)..<position].elementsEqual(end)
        tokens[index].end = max(
            tokens[index].start, Int32(truncatingIfNeeded: closed ? position - end.count : position))
        return true
    }

    // MARK: Regular expressions

    /// Skips a regular expression literal when one can stand here, so that a quote in it opens no string.
    private mutating func skipRegex() -> Bool {
        guard peek() != Byte.greater, regexMayFollow() else { return false }
        var end = position + 1
        var inClass = false
        while end < bytes.count, bytes[end] != Byte.newline {
            switch bytes[end] {
            case Byte.backslash: end += 1
            case Byte.openBracket: inClass = true
            case Byte.closeBracket: inClass = false
            case Byte.slash where !inClass:
                position = end + 1
                return true
            default: break
            }
            end += 1
        }
        return false
    }

    private func regexMayFollow() -> Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .number, .string, .template: return false
        case .word:
            let word = bytes[Int(last.start)..<Int(last.end)]
            return ["return", "typeof", "case", "in", "of", "throw", "else", "when", "if", "and", "or", "not"]
                .contains { word.elementsEqual($0.utf8) }
        case .mark:
            let byte = bytes[Int(last.start)]
            if byte == Byte.greater { return last.start > 0 && bytes[Int(last.start) - 1] == Byte.equals }
            return "(,=:[!&|?{;+*~^".utf8.contains(byte)
        }
    }
}
