// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Cuts a dotenv text into pieces from left to right.
struct DotenvReader {
    private var cursor: ByteCursor
    private(set) var diagnostics: [Diagnostic] = []
    /// Set once a search for a closing quote found none until the end, so that the text is not searched again.
    private var unclosed: Set<UInt8> = []

    init(_ text: String) { cursor = ByteCursor(text) }

    mutating func pieces() -> [Dotenv.Piece] {
        var pieces: [Dotenv.Piece] = []
        var fillerStart = 0
        if cursor.starts(with: "\u{FEFF}") { cursor.advance(by: 3) }
        while !cursor.isAtEnd {
            let start = cursor.index
            guard let assignment = assignment() else {
                skipLine()
                continue
            }
            if fillerStart < start { pieces.append(.filler(cursor.text(fillerStart..<start))) }
            pieces.append(.assignment(assignment))
            fillerStart = cursor.index
        }
        if fillerStart < cursor.index { pieces.append(.filler(cursor.text(from: fillerStart))) }
        return pieces
    }

    private mutating func skipLine() {
        cursor.advance { $0 != 0x0A }
        cursor.advance()
    }

    private mutating func warn(_ severity: Severity, _ message: String, at position: SourcePosition? = nil) {
        let place = position ?? cursor.position
        diagnostics.append(Diagnostic("EN000", severity, line: place.line, column: place.column, message))
    }

    /// The assignment at the start of a line; `nil` for a line that holds none, with the cursor anywhere on that line.
    private mutating func assignment() -> DotenvAssignment? {
        let start = cursor.index
        cursor.advance(while: \.isBlank)
        guard let first = cursor.current, !first.isLineEnd, first != UInt8(ascii: "#") else { return nil }
        let isExported = takeExport()
        let namePosition = cursor.position
        let nameStart = cursor.index
        cursor.advance { $0.isNameByte || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        let name = cursor.text(from: nameStart)
        guard let initial = name.utf8.first, initial.isLetter || initial == UInt8(ascii: "_") else {
            warn(.error, "not a variable's name; write NAME=value", at: namePosition)
            return nil
        }
        let nameEnd = cursor.index
        cursor.advance(while: \.isBlank)
        let isBare = cursor.current.map { $0.isLineEnd || $0 == UInt8(ascii: "#") } ?? true
        guard !isBare else {
            let comment = restOfLine()
            return DotenvAssignment(
                name: name, value: nil, quote: .none, isExported: isExported, comment: comment, position: namePosition,
                valuePosition: nil, endLine: namePosition.line, text: cursor.text(from: start), raw: "",
                valueRange: nameEnd - start..<nameEnd - start)
        }
        guard takeSeparator() else {
            warn(.error, "expected '=' after \(name)")
            return nil
        }
        return value(
            of: name, from: start, at: namePosition, isExported: isExported)
    }

    private mutating func takeExport() -> Bool {
        guard cursor.starts(with: "export"), cursor.peek(6)?.isBlank == true else { return false }
        var offset = 7
        while cursor.peek(offset)?.isBlank == true { offset += 1 }
        guard let next = cursor.peek(offset), next.isNameByte else { return false }
        cursor.advance(by: offset)
        return true
    }

    private mutating func takeSeparator() -> Bool {
        if cursor.take(UInt8(ascii: "=")) { return true }
        guard cursor.current == UInt8(ascii: ":"), cursor.peek()?.isBlank == true else { return false }
        warn(.warning, "python-dotenv does not read 'NAME: value'; write NAME=value")
        cursor.advance()
        return true
    }

    private mutating func value(
        of name: String, from start: Int, at namePosition: SourcePosition, isExported: Bool
    ) -> DotenvAssignment {
        let separatorEnd = cursor.index
        cursor.advance(while: \.isBlank)
        let position = cursor.position
        let valueStart = cursor.index
        var quote = DotenvAssignment.Quote.none
        var raw = ""
        var comment: String?
        var valueEnd = valueStart
        var endLine = position.line
        if let mark = cursor.current, mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'"), let end = closing(mark) {
            quote = mark == UInt8(ascii: "'") ? .single : .double
            raw = cursor.text(valueStart + 1..<end)
            cursor.advance(by: end + 1 - cursor.index)
            valueEnd = cursor.index
            endLine = cursor.position.line
            cursor.advance(while: \.isBlank)
            if let next = cursor.current, !next.isLineEnd, next != UInt8(ascii: "#") {
                warn(.error, "text after the closing quote of \(name)")
            }
            comment = restOfLine()
        } else {
            if let mark = cursor.current, mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") {
                warn(.error, "the quote of \(name) has no end", at: position)
            }
            (raw, comment, valueEnd) = unquoted(from: valueStart)
        }
        if raw.isEmpty, quote == .none { valueEnd = separatorEnd }
        return DotenvAssignment(
            name: name, value: Self.decoded(raw, quote), quote: quote, isExported: isExported, comment: comment,
            position: namePosition, valuePosition: position, endLine: endLine, text: cursor.text(from: start),
            raw: raw, valueRange: (raw.isEmpty && quote == .none ? separatorEnd : valueStart) - start..<valueEnd - start
        )
    }

    private static func decoded(_ raw: String, _ quote: DotenvAssignment.Quote) -> String {
        switch quote {
        case .none: raw
        case .single: DotenvEscapes.decodeSingle(raw)
        case .double: DotenvEscapes.decode(raw)
        }
    }

    /// Index of the quote that ends the value under the cursor, across lines.
    private mutating func closing(_ mark: UInt8) -> Int? {
        guard !unclosed.contains(mark) else { return nil }
        var index = cursor.index + 1
        while index < cursor.bytes.count {
            if cursor.bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if cursor.bytes[index] == mark {
                return index
            } else {
                index += 1
            }
        }
        unclosed.insert(mark)
        return nil
    }

    /// A bare value ends at the line's end or at a `#` after a blank; blanks around it do not count.
    private mutating func unquoted(from start: Int) -> (raw: String, comment: String?, end: Int) {
        var end = start
        while let byte = cursor.current, !byte.isLineEnd {
            let isAfterBlank = cursor.index == start || cursor.bytes[cursor.index - 1].isBlank
            if byte == UInt8(ascii: "#"), isAfterBlank { break }
            cursor.advance()
            if !byte.isBlank { end = cursor.index }
        }
        let raw = cursor.text(start..<end)
        return (raw, restOfLine(), end)
    }

    /// Steps over the line's end; returns the comment when the cursor stands on one.
    private mutating func restOfLine() -> String? {
        let isComment = cursor.current == UInt8(ascii: "#")
        if isComment { cursor.advance() }
        cursor.advance(while: \.isBlank)
        let start = cursor.index
        cursor.advance { $0 != 0x0A }
        var end = cursor.index
        while end > start, cursor.bytes[end - 1].isSpace { end -= 1 }
        let comment = isComment ? cursor.text(start..<end) : nil
        cursor.advance()
        return comment
    }
}
