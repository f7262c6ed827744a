// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Recursive descent over the bytes of a JSON text.
struct JSONReader {
    struct Failure: Error {
        let message: String
        let position: SourcePosition
    }

    private var cursor: ByteCursor
    private let isTolerant: Bool
    private(set) var warnings: [Diagnostic] = []
    private var depth = 0

    init(_ text: String, isTolerant: Bool) {
        cursor = ByteCursor(text)
        self.isTolerant = isTolerant
    }

    mutating func document() throws(Failure) -> DataNode {
        if cursor.starts(with: "\u{FEFF}") { cursor.advance(by: 3) }
        let root = try value()
        try skipSpace()
        guard cursor.isAtEnd else { throw failure("text after the value") }
        return root
    }

    private mutating func value() throws(Failure) -> DataNode {
        try skipSpace()
        let start = cursor.position
        switch cursor.current {
        case UInt8(ascii: "{"): return DataNode(.mapping(try object()), at: start)
        case UInt8(ascii: "["): return DataNode(.sequence(try array()), at: start)
        case UInt8(ascii: "\""):
            let text = try string()
            return DataNode(.string(text), source: text, at: start)
        case UInt8(ascii: "'") where isTolerant:
            let text = try string()
            return DataNode(.string(text), source: text, at: start)
        case nil: throw failure("ends where a value is expected")
        default: return try scalar(at: start)
        }
    }

    private mutating func enter() throws(Failure) {
        depth += 1
        guard depth <= DataLimits.deepestNesting else {
            throw failure("nested deeper than \(DataLimits.deepestNesting)")
        }
    }

    private mutating func object() throws(Failure) -> DataMapping {
        try enter()
        defer { depth -= 1 }
        cursor.advance()
        var mapping = DataMapping()
        try skipSpace()
        while !cursor.take(UInt8(ascii: "}")) {
            let place = cursor.position
            let key = try self.key()
            try skipSpace()
            guard cursor.take(UInt8(ascii: ":")) else { throw failure("expected ':' after the key \"\(key)\"") }
            let value = try value()
            if mapping.contains(key) {
                warnings.append(
                    Diagnostic(
                        "AP000", .warning, line: place.line, column: place.column,
                        "the key \"\(key)\" stands twice; the last one wins"))
            }
            mapping.set(.init(key: key, position: place, value: value))
            try separator(before: UInt8(ascii: "}"))
        }
        return mapping
    }

    private mutating func array() throws(Failure) -> [DataNode] {
        try enter()
        defer { depth -= 1 }
        cursor.advance()
        var items: [DataNode] = []
        try skipSpace()
        while !cursor.take(UInt8(ascii: "]")) {
            items.append(try value())
            try separator(before: UInt8(ascii: "]"))
        }
        return items
    }

    private mutating func separator(before closing: UInt8) throws(Failure) {
        try skipSpace()
        guard cursor.take(UInt8(ascii: ",")) else {
            guard cursor.current == closing else {
                throw failure("expected ',' or '\(Character(Unicode.Scalar(closing)))'")
            }
            return
        }
        try skipSpace()
        if cursor.current == closing, !isTolerant { throw failure("a comma before the end") }
    }

    private mutating func key() throws(Failure) -> String {
        if cursor.current == UInt8(ascii: "\"") { return try string() }
        guard isTolerant else { throw failure("expected a key in double quotes") }
        if cursor.current == UInt8(ascii: "'") { return try string() }
        let start = cursor.index
        cursor.advance { $0.isNameByte || $0 == UInt8(ascii: "$") || $0 >= 0x80 }
        guard cursor.index > start else { throw failure("expected a key") }
        return cursor.text(from: start)
    }

    private mutating func scalar(at start: SourcePosition) throws(Failure) -> DataNode {
        let first = cursor.index
        cursor.advance {
            $0.isNameByte || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        let word = cursor.text(from: first)
        guard let value = JSONScalar.value(of: word, isTolerant: isTolerant) else {
            let found = word.isEmpty ? "an unexpected character" : "\"\(word)\" is not a value"
            throw Failure(message: found, position: start)
        }
        return DataNode(value, source: word, at: start)
    }

    private mutating func skipSpace() throws(Failure) {
        while let byte = cursor.current {
            if byte.isBlank || byte.isLineEnd {
                cursor.advance()
            } else if isTolerant, cursor.starts(with: "//") {
                cursor.advance { !$0.isLineEnd }
            } else if isTolerant, cursor.starts(with: "/*") {
                let start = cursor.position
                cursor.advance(by: 2)
                while !cursor.starts(with: "*/") {
                    guard !cursor.isAtEnd else { throw Failure(message: "a comment has no end", position: start) }
                    cursor.advance()
                }
                cursor.advance(by: 2)
            } else if isTolerant, byte == 0x0B || byte == 0x0C {
                cursor.advance()
            } else {
                return
            }
        }
    }

    private mutating func string() throws(Failure) -> String {
        let start = cursor.position
        let quote = cursor.current
        cursor.advance()
        var content: [UInt8] = []
        while let byte = cursor.current {
            if byte == quote {
                cursor.advance()
                return String(decoding: content, as: UTF8.self)
            }
            switch byte {
            case UInt8(ascii: "\\"):
                cursor.advance()
                try escape(into: &content)
            case 0..<0x20 where !isTolerant: throw failure("a control character in a string")
            case 0x0A, 0x0D: throw failure("a line end in a string")
            default:
                content.append(byte)
                cursor.advance()
            }
        }
        throw Failure(message: "a string has no end", position: start)
    }

    private mutating func escape(into content: inout [UInt8]) throws(Failure) {
        guard let byte = cursor.current else { throw failure("a string has no end") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            cursor.advance()
            content.append(contentsOf: Array(String(try unicodeEscape()).utf8))
            return
        case 0x0D where isTolerant:
            cursor.advance()
            _ = cursor.take(0x0A)
            return
        case 0x0A where isTolerant: break
        default:
            guard isTolerant else { throw failure("an unknown escape in a string") }
            content.append(byte)
        }
        cursor.advance()
    }

    /// The scalar of `XXXX` or of a surrogate pair; half a pair becomes U+FFFD as in Go's encoding/json.
    private mutating func unicodeEscape() throws(Failure) -> Unicode.Scalar {
        let high = try hexadecimal()
        guard (0xD800..<0xDC00).contains(high), cursor.starts(with: "\\u") else {
            return Unicode.Scalar(high) ?? "\u{FFFD}"
        }
        let saved = cursor
        cursor.advance(by: 2)
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else {
            cursor = saved
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = cursor.current?.hexValue else { throw failure("\\u needs four hexadecimal digits") }
            value = value << 4 | digit
            cursor.advance()
        }
        return value
    }

    private func failure(_ message: String) -> Failure { Failure(message: message, position: cursor.position) }
}
