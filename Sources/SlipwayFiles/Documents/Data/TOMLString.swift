// SPDX-License-Identifier: Apache-2.0

/// The four kinds of TOML strings.
enum TOMLString {
    /// Reads the string under the cursor and steps over it.
    static func read(_ cursor: inout ByteCursor) throws(TOMLFailure) -> String {
        let start = cursor.position
        guard let quote = cursor.current else { throw TOMLFailure(message: "expected a string", position: start) }
        let isLong = cursor.peek(1) == quote && cursor.peek(2) == quote
        cursor.advance(by: isLong ? 3 : 1)
        if isLong {
            if cursor.starts(with: "\r\n") { cursor.advance() }
            _ = cursor.take(0x0A)
        }
        var content: [UInt8] = []
        while let byte = cursor.current {
            if byte == quote {
                guard isLong else {
                    cursor.advance()
                    return String(decoding: content, as: UTF8.self)
                }
                if let extra = closingQuotes(cursor, quote) {
                    content += Array(repeating: quote, count: extra)
                    cursor.advance(by: extra + 3)
                    return String(decoding: content, as: UTF8.self)
                }
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape(&cursor, isLong: isLong, into: &content)
                continue
            }
            guard isLong || !byte.isLineEnd else {
                throw TOMLFailure(message: "a line end in a string", position: cursor.position)
            }
            guard byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte.isLineEnd else {
                throw TOMLFailure(message: "a control character in a string", position: cursor.position)
            }
            content.append(byte)
            cursor.advance()
        }
        throw TOMLFailure(message: "a string has no end", position: start)
    }

    /// How many quotes belong to the text before the three that end it; `nil` when they do not end it.
    private static func closingQuotes(_ cursor: ByteCursor, _ quote: UInt8) -> Int? {
        var count = 0
        while count < 5, cursor.peek(count) == quote { count += 1 }
        return count >= 3 ? count - 3 : nil
    }

    private static func escape(
        _ cursor: inout ByteCursor, isLong: Bool, into content: inout [UInt8]
    ) throws(TOMLFailure) {
        cursor.advance()
        guard let byte = cursor.current else { return }
        if isLong, byte.isSpace {
            let position = cursor.position
            cursor.advance(while: \.isBlank)
            guard cursor.current?.isLineEnd == true else {
                throw TOMLFailure(message: "an unknown escape in a string", position: position)
            }
            cursor.advance { $0.isBlank || $0.isLineEnd }
            return
        }
        switch byte {
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "e"): content.append(0x1B)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(byte)
        case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
            let length = byte == UInt8(ascii: "x") ? 2 : byte == UInt8(ascii: "u") ? 4 : 8
            var value: UInt32 = 0
            for offset in 1...length {
                guard let digit = cursor.peek(offset)?.hexValue else {
                    throw TOMLFailure(message: "\\u needs hexadecimal digits", position: cursor.position)
                }
                value = value << 4 | digit
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw TOMLFailure(message: "an escape names no character", position: cursor.position)
            }
            content += Array(String(scalar).utf8)
            cursor.advance(by: length)
        default: throw TOMLFailure(message: "an unknown escape in a string", position: cursor.position)
        }
        cursor.advance()
    }
}
