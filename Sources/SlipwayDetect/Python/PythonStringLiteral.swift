// SPDX-License-Identifier: Apache-2.0

/// One string literal with its prefix and quotes.
struct PythonStringLiteral {
    private let bytes: [UInt8]
    private let body: Range<Int>
    private let isRaw: Bool
    let isFormatted: Bool

    init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        var start = range.lowerBound
        var isRaw = false
        var isFormatted = false
        while start < range.upperBound, bytes[start].isNamePart {
            isRaw = isRaw || bytes[start] | 0x20 == UInt8(ascii: "r")
            isFormatted =
                isFormatted || bytes[start] | 0x20 == UInt8(ascii: "f") || bytes[start] | 0x20 == UInt8(ascii: "t")
            start += 1
        }
        self.isRaw = isRaw
        self.isFormatted = isFormatted
        let quote = start < range.upperBound ? bytes[start] : 0
        let isTriple =
            start + 5 < range.upperBound && bytes[start + 1] == quote && bytes[start + 2] == quote
        let width = isTriple ? 3 : 1
        let first = min(start + width, range.upperBound)
        let closed = range.upperBound - width >= first && bytes[range.upperBound - 1] == quote
        body = first..<(closed ? range.upperBound - width : range.upperBound)
    }

    /// The text that the program would see, for the escapes of the Language Reference, 2.4.1; unknown ones stay.
    var value: String {
        guard !isRaw, bytes[body].contains(UInt8(ascii: "\\")) else {
            return String(decoding: bytes[body], as: UTF8.self)
        }
        var result: [UInt8] = []
        var index = body.lowerBound
        while index < body.upperBound {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < body.upperBound else {
                result.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "\n"): break
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(bytes[index + 1])
            default: result += bytes[index...index + 1]
            }
            index += 2
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// An f-string's text with `{}` for each field, and where the fields' expressions stand (before `!r`, `:` and `=`
    /// of the format).
    var fields: (text: String, ranges: [Range<Int>]) {
        var text: [UInt8] = []
        var ranges: [Range<Int>] = []
        var index = body.lowerBound
        while index < body.upperBound {
            let byte = bytes[index]
            let isDoubled = index + 1 < body.upperBound && bytes[index + 1] == byte
            if byte == UInt8(ascii: "{"), !isDoubled {
                let field = self.field(from: index + 1)
                ranges.append(field.expression)
                text += [UInt8(ascii: "{"), UInt8(ascii: "}")]
                index = field.end
                continue
            }
            text.append(byte)
            index += (byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")) && isDoubled ? 2 : 1
        }
        return (String(decoding: text, as: UTF8.self), ranges)
    }

    private func field(from start: Int) -> (expression: Range<Int>, end: Int) {
        var depth = 0
        var index = start
        var expressionEnd: Int?
        while index < body.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "}"):
                if depth == 0 { return (start..<(expressionEnd ?? index), index + 1) }
                depth -= 1
            case UInt8(ascii: ":") where depth == 0: expressionEnd = expressionEnd ?? index
            case UInt8(ascii: "!")
            where depth == 0 && index + 1 < body.upperBound && bytes[index + 1] != UInt8(ascii: "="):
                expressionEnd = expressionEnd ?? index
            default: break
            }
            index += 1
        }
        return (start..<(expressionEnd ?? body.upperBound), body.upperBound)
    }
}
