// SPDX-License-Identifier: Apache-2.0

/// Escapes inside the quotes of a dotenv value.
enum DotenvEscapes {
    /// What Docker Compose and python-dotenv decode in double quotes; an unknown escape keeps its backslash.
    /// - Parameter keepsDollar: Writes `\$` as `$$`, so that expansion takes it for a plain `$`.
    static func decode(_ raw: String, keepsDollar: Bool = false) -> String {
        var result: [UInt8] = []
        var bytes = raw.utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard let escaped = bytes.next() else {
                result.append(byte)
                break
            }
            switch escaped {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "a"): result.append(0x07)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "v"): result.append(0x0B)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "'"): result.append(escaped)
            case UInt8(ascii: "$"):
                if keepsDollar { result.append(escaped) }
                result.append(escaped)
            default: result += [byte, escaped]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Single quotes know only their own escape.
    static func decodeSingle(_ raw: String) -> String {
        var result: [UInt8] = []
        for byte in raw.utf8 {
            if byte == UInt8(ascii: "'"), result.last == UInt8(ascii: "\\") { result.removeLast() }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
