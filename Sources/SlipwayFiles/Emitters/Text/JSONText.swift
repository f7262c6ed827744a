// SPDX-License-Identifier: Apache-2.0

/// Prints values as JSON (RFC 8259), indented by two; keys keep their order.
package enum JSONText {
    /// The whole file.
    package static func print(_ map: FileMap) -> String { text(of: .map(map), indentation: 0) + "\n" }

    /// One string with its quotes.
    package static func quote(_ string: String) -> String {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(string.utf8.count + 16)
        var string = string
        string.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                let length = escapedLength(bytes, at: index)
                if length == 0 { quoted.append(byte) } else { quoted += escape(bytes[index..<index + length]) }
                index += max(1, length)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }

    /// How many bytes the scalar has that begins here, where it is to be escaped; 0 where it is not. Escaped are
    /// quotes, backslashes, controls, and line ends of Unicode and byte order marks, which YAML, too, wants escaped.
    private static func escapedLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        func follows(_ offset: Int, _ range: ClosedRange<UInt8>) -> Bool {
            index + offset < bytes.count && range.contains(bytes[index + offset])
        }
        switch bytes[index] {
        case 0..<0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "\\"): return 1
        case 0xC2: return follows(1, 0x80...0x9F) ? 2 : 0
        case 0xE2: return follows(1, 0x80...0x80) && follows(2, 0xA8...0xA9) ? 3 : 0
        case 0xEF:
            let isMark = follows(1, 0xBB...0xBB) && follows(2, 0xBF...0xBF)
            return isMark || follows(1, 0xBF...0xBF) && follows(2, 0xBE...0xBF) ? 3 : 0
        default: return 0
        }
    }

    private static func escape(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        switch bytes.first {
        case UInt8(ascii: "\n"): return Array("\\n".utf8)
        case UInt8(ascii: "\r"): return Array("\\r".utf8)
        case UInt8(ascii: "\t"): return Array("\\t".utf8)
        case UInt8(ascii: "\""): return Array("\\\"".utf8)
        case UInt8(ascii: "\\"): return Array("\\\\".utf8)
        default:
            return String(decoding: bytes, as: UTF8.self).unicodeScalars.flatMap { scalar in
                let hex = String(scalar.value, radix: 16)
                return Array("\\u".utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - hex.utf8.count) + hex.utf8
            }
        }
    }

    private static func text(of value: FileValue, indentation: Int) -> String {
        let space = String(repeating: " ", count: indentation + 2)
        let end = "\n" + String(repeating: " ", count: indentation)
        switch value {
        case .null: return "null"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .number(let number): return String(number)
        case .string(let string): return quote(string)
        case .words(let words): return "[" + words.map(quote).joined(separator: ", ") + "]"
        case .list(let items):
            guard !items.isEmpty else { return "[]" }
            let lines = items.map { space + text(of: $0, indentation: indentation + 2) }
            return "[\n" + lines.joined(separator: ",\n") + end + "]"
        case .map(let map):
            guard !map.isEmpty else { return "{}" }
            let lines = map.entries.map {
                space + quote($0.key) + ": " + text(of: $0.value, indentation: indentation + 2)
            }
            return "{\n" + lines.joined(separator: ",\n") + end + "}"
        }
    }
}
