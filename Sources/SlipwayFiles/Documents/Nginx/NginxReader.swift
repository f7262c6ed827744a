// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Reads nginx's grammar (src/core/ngx_conf_file.c): words, quotes, escapes, `;`, braces and comments.
struct NginxReader {
    /// Real files nest five deep.
    private static let deepestNesting = 100
    /// One misread brace can make every later line wrong; the first faults say enough.
    private static let mostDiagnostics = 20

    private var cursor: ByteCursor
    private(set) var diagnostics: [Diagnostic] = []

    init(_ text: String) {
        cursor = ByteCursor(text)
        if cursor.starts(with: "\u{FEFF}") { cursor.advance(by: 3) }
    }

    private struct Word {
        var text: String
        var position: SourcePosition
        var start: Int
    }
    private enum End { case semicolon, open, close, file }

    mutating func read() -> [NginxDirective] {
        var directives: [NginxDirective] = []
        while true {
            directives += block(depth: 0)
            guard !cursor.isAtEnd else { return directives }
            report("unexpected \"}\"")
            cursor.advance()
        }
    }

    private mutating func report(_ message: String, at position: SourcePosition? = nil) {
        guard diagnostics.count < Self.mostDiagnostics else { return }
        let place = position ?? cursor.position
        diagnostics.append(Diagnostic("NX000", .error, line: place.line, column: place.column, message))
    }

    /// Directives up to a closing brace, which is left, or the end.
    private mutating func block(depth: Int) -> [NginxDirective] {
        var directives: [NginxDirective] = []
        while true {
            let (words, end) = statement()
            let endLine = cursor.position.line
            guard let name = words.first else {
                switch end {
                case .close, .file: return directives
                case .semicolon: report("unexpected \";\"")
                case .open: report("unexpected \"{\"")
                }
                cursor.advance()
                continue
            }
            switch end {
            case .semicolon:
                cursor.advance()
                directives.append(directive(words, block: nil, endLine: endLine))
            case .open where name.text.hasSuffix("_by_lua_block"):
                skipCode()
                directives.append(directive(words, block: nil, endLine: cursor.position.line))
            case .open:
                let open = cursor.position
                cursor.advance()
                guard depth < Self.deepestNesting else {
                    report("blocks are nested deeper than \(Self.deepestNesting)", at: open)
                    skipRest()
                    return directives
                }
                let inner = block(depth: depth + 1)
                let closing = cursor.position
                if !cursor.take(UInt8(ascii: "}")) { report("\"{\" of \(name.text) is not closed", at: open) }
                directives.append(directive(words, block: inner, endLine: closing.line))
            case .close, .file:
                report("\(name.text) is not ended by \";\"", at: name.position)
                directives.append(directive(words, block: nil, endLine: endLine))
                return directives
            }
        }
    }

    private func directive(_ words: [Word], block: [NginxDirective]?, endLine: Int) -> NginxDirective {
        let parameters = words.dropFirst()
        return NginxDirective(
            name: words[0].text, parameters: parameters.map(\.text),
            parameterPositions: parameters.map(\.position), block: block, position: words[0].position,
            endLine: endLine, range: words[0].start..<cursor.index)
    }

    /// Words up to a `;`, a brace or the end, with the cursor on it.
    private mutating func statement() -> ([Word], End) {
        var words: [Word] = []
        while let byte = cursor.current {
            switch byte {
            case UInt8(ascii: ";"): return (words, .semicolon)
            case UInt8(ascii: "{"): return (words, .open)
            case UInt8(ascii: "}"): return (words, .close)
            case UInt8(ascii: "#"): cursor.advance { $0 != 0x0A }
            case _ where byte.isBlank || byte.isLineEnd: cursor.advance()
            default: words.append(word(byte))
            }
        }
        return (words, .file)
    }

    private mutating func word(_ first: UInt8) -> Word {
        let position = cursor.position
        let start = cursor.index
        guard first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") else {
            return Word(text: bare(), position: position, start: start)
        }
        cursor.advance()
        var content: [UInt8] = []
        while let byte = cursor.current, byte != first {
            cursor.advance()
            if byte == UInt8(ascii: "\\") {
                escape(into: &content)
            } else {
                content.append(byte)
            }
        }
        if !cursor.take(first) { report("a quote has no end", at: position) }
        if let next = cursor.current, !next.isBlank, !next.isLineEnd, !";{})".utf8.contains(next) {
            report("text right after a quoted word")
        }
        return Word(text: String(decoding: content, as: UTF8.self), position: position, start: start)
    }

    private mutating func bare() -> String {
        var content: [UInt8] = []
        var isAfterDollar = false
        while let byte = cursor.current {
            let isVariable = isAfterDollar && byte == UInt8(ascii: "{")
            if byte.isBlank || byte.isLineEnd || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "{") && !isVariable {
                break
            }
            // Outside a variable a closing brace ends a word only at its start, as in nginx.
            cursor.advance()
            isAfterDollar = byte == UInt8(ascii: "$")
            if byte == UInt8(ascii: "\\") {
                escape(into: &content)
            } else {
                content.append(byte)
            }
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// `\"`, `\'` and `\\` lose their backslash, `\t`, `\r` and `\n` are control characters, others stay as written.
    private mutating func escape(into content: inout [UInt8]) {
        guard let byte = cursor.current else { return content.append(UInt8(ascii: "\\")) }
        cursor.advance()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): content.append(byte)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "n"): content.append(0x0A)
        default: content += [UInt8(ascii: "\\"), byte]
        }
    }

    /// Steps over code in balanced braces.
    private mutating func skipCode() {
        var depth = 0
        while let byte = cursor.current {
            cursor.advance()
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return }
        }
        report("a block of code has no end")
    }

    private mutating func skipRest() {
        while !cursor.isAtEnd { cursor.advance() }
    }
}
