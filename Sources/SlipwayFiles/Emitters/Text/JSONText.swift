// SPDX-License-Identifier: Apache-2.0

/// Prints values as JSON (RFC 8259), indented by two; keys keep their order.
package enum JSONText {
    /// The whole file.
    package static func print(_ map: FileMap) -> String { text(of: .map(map), indentation: 0) + "\n" }

    /// One string with its quotes.
    package static func quote(_ string: String) -> String {
        var quoted = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || isInvisible(scalar):
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Controls, line ends of Unicode and byte order marks, which YAML, too, wants escaped.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
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
