// SPDX-License-Identifier: Apache-2.0

/// Words of TOML that stand without quotes; dates and times are strings as written.
enum TOMLScalar {
    static func value(of word: String) -> DataNode.Value? {
        switch word {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .number(.infinity)
        case "-inf": return .number(-.infinity)
        case "nan", "+nan", "-nan": return .number(.nan)
        default: break
        }
        let bytes = Array(word.utf8)
        if isDate(bytes) { return .string(word) }
        return number(bytes)
    }

    private static func number(_ bytes: [UInt8]) -> DataNode.Value? {
        let underscore = UInt8(ascii: "_")
        for (index, byte) in bytes.enumerated() where byte == underscore {
            guard index > 0, index + 1 < bytes.count, bytes[index - 1].hexValue != nil,
                bytes[index + 1].hexValue != nil
            else { return nil }
        }
        let text = String(decoding: bytes.filter { $0 != underscore }, as: UTF8.self)
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            let digits = text.dropFirst(2)
            return digits.utf8.first?.hexValue == nil ? nil : Int(digits, radix: radix).map(DataNode.Value.integer)
        }
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let value = JSONScalar.value(of: String(unsigned), isTolerant: false),
            unsigned.utf8.first?.isDigit == true
        else { return nil }
        switch value {
        case .integer: return Int(text).map(DataNode.Value.integer)
        case .number: return Double(text).map(DataNode.Value.number)
        default: return nil
        }
    }

    /// `1979-05-27`, `07:32:00`, or both in one; fields are checked by their digits alone.
    private static func isDate(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 8, bytes[0].isDigit else { return false }
        let isDate = bytes.count >= 10 && bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-")
        let isTime = bytes[2] == UInt8(ascii: ":") && bytes[5] == UInt8(ascii: ":")
        return isDate || isTime
    }
}
