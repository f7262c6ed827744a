// SPDX-License-Identifier: Apache-2.0

import Yams

/// The 1.2 core schema (yaml.org/spec/1.2.2, section 10.3), which Docker Compose and GitHub read.
enum YAMLScalar {
    static func value(of scalar: Node.Scalar) -> DataNode.Value {
        let text = scalar.string
        guard scalar.style == .plain else { return .string(text) }
        // A plain scalar with an explicit !!str keeps its text; the library marks untagged ones as implicit.
        if scalar.tag.rawValue == "tag:yaml.org,2002:str" { return .string(text) }
        return plain(text)
    }

    static func plain(_ text: String) -> DataNode.Value {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        case ".inf", ".Inf", ".INF", "+.inf": return .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
        case ".nan", ".NaN", ".NAN": return .number(.nan)
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> DataNode.Value? {
        guard let first = text.utf8.first, first.isDigit || first == 0x2D || first == 0x2B || first == 0x2E else {
            return nil
        }
        if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map(DataNode.Value.integer) }
        if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map(DataNode.Value.integer) }
        if let integer = Int(text) { return .integer(integer) }
        let isDecimal = text.utf8.allSatisfy {
            $0.isDigit || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B || $0 | 0x20 == UInt8(ascii: "e")
        }
        return isDecimal ? Double(text).map(DataNode.Value.number) : nil
    }
}
