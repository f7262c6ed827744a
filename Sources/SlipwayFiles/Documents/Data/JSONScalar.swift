// SPDX-License-Identifier: Apache-2.0

/// Words of JSON that stand without quotes.
enum JSONScalar {
    static func value(of word: String, isTolerant: Bool) -> DataNode.Value? {
        switch word {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "null": return .null
        default: return isTolerant ? tolerantNumber(word) : number(word)
        }
    }

    private static func number(_ word: String) -> DataNode.Value? {
        guard isNumber(Array(word.utf8)) else { return nil }
        if let integer = Int(word) { return .integer(integer) }
        return Double(word).map(DataNode.Value.number)
    }

    private static func tolerantNumber(_ word: String) -> DataNode.Value? {
        let isNegative = word.hasPrefix("-")
        let digits = isNegative || word.hasPrefix("+") ? String(word.dropFirst()) : word
        switch digits {
        case "Infinity": return .number(isNegative ? -Double.infinity : .infinity)
        case "NaN": return .number(.nan)
        case let hex where hex.hasPrefix("0x") || hex.hasPrefix("0X"):
            return Int((isNegative ? "-" : "") + hex.dropFirst(2), radix: 16).map(DataNode.Value.integer)
        default: break
        }
        var full = digits.hasPrefix(".") ? "0" + digits : digits
        if full.hasSuffix(".") { full += "0" }
        return number((isNegative ? "-" : "") + full)
    }

    /// RFC 8259, section 6.
    private static func isNumber(_ bytes: [UInt8]) -> Bool {
        var index = 0
        func digits() -> Int {
            let start = index
            while index < bytes.count, bytes[index].isDigit { index += 1 }
            return index - start
        }
        if bytes.first == UInt8(ascii: "-") { index = 1 }
        let leadingZero = index < bytes.count && bytes[index] == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !(leadingZero && whole > 1) else { return false }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { return false }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { return false }
        }
        return index == bytes.count
    }
}
