// SPDX-License-Identifier: Apache-2.0

/// The statements of an SQL text as words, each with the line where it begins. Comments are left out; quoted names lose
/// their quotes; texts become `'`; parentheses and commas are words.
struct SQLStatements: Sequence {
    struct Statement: Equatable {
        var line: Int
        var words: [String]

        /// Upper case, for keywords.
        var upper: [String] { words.map { $0.uppercased() } }
    }

    private var statements: [Statement] = []

    init(_ text: String, firstLine: Int = 1) {
        let bytes = Array(text.utf8)
        var index = 0
        var line = firstLine
        var current = Statement(line: firstLine, words: [])
        func isWord(_ byte: UInt8) -> Bool {
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || byte == 0x5F || byte == 0x2E || byte >= 0x80
        }
        func add(_ word: String, at start: Int) {
            if current.words.isEmpty { current.line = start }
            current.words.append(word)
        }
        /// Past the end of what begins here and ends with `end`; counts lines.
        func skip(_ end: [UInt8]) {
            while index < bytes.count {
                if bytes[index...].starts(with: end) {
                    index += end.count
                    return
                }
                if bytes[index] == 0x0A { line += 1 }
                index += 1
            }
        }
        while index < bytes.count {
            let byte = bytes[index]
            let start = line
            switch byte {
            case 0x0A:
                line += 1
                index += 1
            case UInt8(ascii: "-") where bytes[index...].starts(with: "--".utf8):
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            case UInt8(ascii: "/") where bytes[index...].starts(with: "/*".utf8):
                index += 2
                skip(Array("*/".utf8))
            case UInt8(ascii: "'"):
                index += 1
                skip([UInt8(ascii: "'")])
                add("'", at: start)
            case UInt8(ascii: "\""), UInt8(ascii: "`"):
                index += 1
                let begin = index
                skip([byte])
                let end = Swift.max(begin, index - 1)
                let name = String(decoding: bytes[begin..<end], as: UTF8.self)
                // "public"."users" is one name.
                if let last = current.words.last, last.hasSuffix("."), last.count > 1 {
                    current.words[current.words.count - 1] = last + name
                } else {
                    add(name, at: start)
                }
                if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
                    current.words[current.words.count - 1] += "."
                    index += 1
                }
            case UInt8(ascii: "$"):
                let tagEnd = bytes[(index + 1)...].firstIndex { !isWord($0) || $0 == UInt8(ascii: ".") }
                guard let tagEnd, bytes[tagEnd] == UInt8(ascii: "$") else {
                    index += 1
                    continue
                }
                let tag = Array(bytes[index...tagEnd])
                index = tagEnd + 1
                skip(tag)
                add("'", at: start)
            case UInt8(ascii: ";"):
                if !current.words.isEmpty { statements.append(current) }
                current = Statement(line: line, words: [])
                index += 1
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","):
                add(String(UnicodeScalar(byte)), at: start)
                index += 1
            case _ where isWord(byte):
                let begin = index
                while index < bytes.count, isWord(bytes[index]) { index += 1 }
                add(String(decoding: bytes[begin..<index], as: UTF8.self), at: start)
            default: index += 1
            }
        }
        if !current.words.isEmpty { statements.append(current) }
    }

    func makeIterator() -> IndexingIterator<[Statement]> { statements.makeIterator() }
    var count: Int { statements.count }
}
