// SPDX-License-Identifier: Apache-2.0

/// The calls in a Python text, outermost names first, each with its arguments as they stand. Comments are left out.
struct PythonCalls: Sequence {
    struct Call: Equatable {
        /// With its dots: `op.add_column`.
        var name: String
        var line: Int
        /// At depth 0 of the call, trimmed.
        var arguments: [String]

        /// A positional argument; keyword arguments do not count.
        func positional(_ index: Int) -> String? {
            let plain = arguments.filter { Self.keyword($0) == nil }
            return plain.indices.contains(index) ? plain[index] : nil
        }
        func keyword(_ name: String) -> String? {
            arguments.first { Self.keyword($0) == name }.map { text in
                String(text.drop { $0 != "=" }.dropFirst().drop { $0 == " " })
            }
        }
        private static func keyword(_ text: String) -> String? {
            let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let rest = text.dropFirst(name.count).drop { $0 == " " }
            return !name.isEmpty && rest.first == "=" && rest.dropFirst().first != "=" ? String(name) : nil
        }
    }

    private var calls: [Call] = []

    init(_ text: String, firstLine: Int = 1) {
        let bytes = Array(text.utf8)
        var index = 0
        var line = firstLine
        func isName(_ byte: UInt8) -> Bool {
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || byte == 0x5F || byte == 0x2E
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0A {
                line += 1
                index += 1
            } else if byte == UInt8(ascii: "#") {
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                let end = Self.end(ofText: bytes, from: index)
                line += bytes[index..<end].count { $0 == 0x0A }
                index = end
            } else if isName(byte) {
                let begin = index
                while index < bytes.count, isName(bytes[index]) { index += 1 }
                guard index < bytes.count, bytes[index] == UInt8(ascii: "(") else { continue }
                // What stands inside is looked at too: the call ends the scan of its name alone.
                let arguments = Self.arguments(bytes, from: index + 1)
                calls.append(
                    Call(
                        name: String(decoding: bytes[begin..<index], as: UTF8.self), line: line, arguments: arguments))
            } else {
                index += 1
            }
        }
    }

    func makeIterator() -> IndexingIterator<[Call]> { calls.makeIterator() }

    /// The contents of a text literal, or `nil` for other expressions.
    static func literal(_ text: String?) -> String? {
        guard var rest = text?[...] else { return nil }
        while let first = rest.first, "rRuUbBfF".contains(first) { rest = rest.dropFirst() }
        for quote in ["\"\"\"", "'''", "\"", "'"] where rest.hasPrefix(quote) {
            guard rest.hasSuffix(quote), rest.count >= quote.count * 2 else { return nil }
            return String(rest.dropFirst(quote.count).dropLast(quote.count))
        }
        return nil
    }

    /// The first index after a text literal.
    private static func end(ofText bytes: [UInt8], from start: Int) -> Int {
        let quote = bytes[start]
        let isLong = bytes[start...].starts(with: [quote, quote, quote])
        var index = start + (isLong ? 3 : 1)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if isLong, bytes[index...].starts(with: [quote, quote, quote]) {
                return index + 3
            } else if !isLong, bytes[index] == quote || bytes[index] == 0x0A {
                return index + 1
            } else {
                index += 1
            }
        }
        return bytes.count
    }

    private static func arguments(_ bytes: [UInt8], from start: Int) -> [String] {
        var arguments: [String] = []
        var depth = 0
        var index = start
        var begin = start
        func add(_ end: Int) {
            let text = String(decoding: bytes[begin..<end], as: UTF8.self)
            let trimmed = text.drop { $0.isWhitespace }
            let plain = trimmed.reversed().drop { $0.isWhitespace }.reversed()
            if !plain.isEmpty { arguments.append(String(plain)) }
        }
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                index = end(ofText: bytes, from: index)
                continue
            case UInt8(ascii: "#"):
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
                continue
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 {
                    add(index)
                    return arguments
                }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                add(index)
                begin = index + 1
            default: break
            }
            index += 1
        }
        return arguments
    }
}
