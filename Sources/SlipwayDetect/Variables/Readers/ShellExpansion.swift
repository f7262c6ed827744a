// SPDX-License-Identifier: Apache-2.0

/// One use of a variable in shell text: POSIX 2.6.2 Parameter Expansion.
struct ShellExpansion: Equatable {
    enum Operation: Equatable {
        case plain
        /// `${X:?message}`
        case required
        /// `${X:-text}`, `${X-text}`, `${X:=text}`
        case fallback(String)
    }

    var name: String
    var line: Int
    var operation: Operation

    /// Every expansion outside of comments and single quotes.
    static func all(in bytes: [UInt8]) -> [ShellExpansion] {
        var result: [ShellExpansion] = []
        var line = 1
        var index = 0
        var isQuoted = false
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case Byte.newline:
                line += 1
                isQuoted = false
            case Byte.backslash: index += 1
            case Byte.quote: isQuoted.toggle()
            case Byte.hash where index == 0 || bytes[index - 1] == Byte.newline || bytes[index - 1] == Byte.space:
                while index + 1 < bytes.count, bytes[index + 1] != Byte.newline { index += 1 }
            case Byte.dollar where index + 1 < bytes.count && bytes[index + 1] == Byte.dollar: index += 1
            case Byte.dollar where !isQuoted:
                if let (use, end) = expansion(bytes, index + 1, line) {
                    result.append(use)
                    index = end
                    continue
                }
            default: break
            }
            index += 1
        }
        return result
    }

    /// - Returns: The index from which the scan goes on: inside the braces, so that `${A:-${B}}` gives both.
    private static func expansion(_ bytes: [UInt8], _ start: Int, _ line: Int) -> (ShellExpansion, Int)? {
        guard start < bytes.count else { return nil }
        let isBraced = bytes[start] == Byte.openBrace
        let first = isBraced ? start + 1 : start
        guard first < bytes.count, Byte.isNameStart(bytes[first]) else { return nil }
        var end = first
        while end < bytes.count, Byte.isNamePart(bytes[end]) { end += 1 }
        var use = ShellExpansion(
            name: String(decoding: bytes[first..<end], as: UTF8.self), line: line, operation: .plain)
        guard isBraced, end < bytes.count else { return (use, end) }
        let sign = bytes[end] == Byte.colon ? end + 1 : end
        guard sign < bytes.count else { return (use, end) }
        if bytes[sign] == Byte.question { use.operation = .required }
        if bytes[sign] == Byte.dash || bytes[sign] == Byte.equals {
            var close = sign + 1
            var depth = 0
            while close < bytes.count, bytes[close] != Byte.newline, depth > 0 || bytes[close] != Byte.closeBrace {
                if bytes[close] == Byte.openBrace { depth += 1 }
                if bytes[close] == Byte.closeBrace { depth -= 1 }
                close += 1
            }
            use.operation = .fallback(String(decoding: bytes[(sign + 1)..<close], as: UTF8.self))
        }
        return (use, end)
    }
}
