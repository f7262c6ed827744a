// SPDX-License-Identifier: Apache-2.0

/// The three ways in which BuildKit cuts arguments (frontend/dockerfile/parser/line_parsers.go, split_command.go).
enum DockerfileWords {
    struct Word {
        let text: String
        /// Where it starts in the joined line.
        let offset: Int
    }

    /// The bytes at which BuildKit's `reWhitespace` cuts.
    static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || (0x0B...0x0D).contains(byte) }

    /// Cut at white space; quotes mean nothing.
    static func plain(_ line: LogicalLine, _ range: Range<Int>) -> [Word] {
        var words: [Word] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = line.bytes[start..<range.upperBound].firstIndex(where: isSeparator) ?? range.upperBound
            words.append(Word(text: line.text(start..<end), offset: start))
            start = line.bytes[end..<range.upperBound].firstIndex { !isSeparator($0) } ?? range.upperBound
            // A separator at the very end would leave an empty word; trimming only knows other white space.
            if start == range.upperBound, end < range.upperBound { words.append(Word(text: "", offset: start)) }
        }
        return words
    }

    /// Cut at white space outside quotes; quotes and escapes stay in the words.
    static func quoted(_ line: LogicalLine, _ range: Range<Int>, escape: UInt8) -> [Word] {
        var words: [Word] = []
        var word: [UInt8] = []
        var wordStart: Int?
        var quote: UInt8?
        var index = range.lowerBound
        func finished() -> Word? {
            guard let wordStart, !word.isEmpty else { return nil }
            return Word(text: String(decoding: word, as: UTF8.self), offset: wordStart)
        }
        while index < range.upperBound {
            let byte = line.bytes[index]
            let space = quote == nil ? UnicodeSpace.length(line.bytes[index..<min(index + 3, range.upperBound)]) : 0
            if space > 0 {
                if let done = finished() { words.append(done) }
                word = []
                wordStart = nil
                index += space
                continue
            }
            wordStart = wordStart ?? index
            if byte == escape, quote != UInt8(ascii: "'") {
                guard index + 1 < range.upperBound else { break }
                word += [byte, line.bytes[index + 1]]
                index += 2
                continue
            }
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            }
            word.append(byte)
            index += 1
        }
        if let done = finished() { words.append(done) }
        return words
    }

    /// The `--flags` at the start, without quotes and escapes, and where the arguments begin.
    static func flags(_ line: LogicalLine, _ range: Range<Int>, escape: UInt8) -> (flags: [Word], end: Int) {
        let bytes = line.bytes
        var flags: [Word] = []
        var index = range.lowerBound
        while index < range.upperBound {
            guard !isLatinSpace(bytes[index]) else {
                index += 1
                continue
            }
            guard bytes[index] == UInt8(ascii: "-"), index + 1 < range.upperBound,
                bytes[index + 1] == UInt8(ascii: "-")
            else { return (flags, index) }
            let start = index
            let word = flag(bytes, &index, until: range.upperBound, escape: escape)
            if word == "--" { return (flags, index) }
            flags.append(Word(text: word, offset: start))
        }
        return (flags, range.upperBound)
    }

    private static func flag(_ bytes: [UInt8], _ index: inout Int, until end: Int, escape: UInt8) -> String {
        var word = String.UnicodeScalarView()
        var quote: UInt8?
        while index < end {
            var byte = bytes[index]
            if quote == nil, isLatinSpace(byte) { break }
            index += 1
            if byte == quote {
                quote = nil
                continue
            }
            if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                continue
            }
            if byte == escape {
                guard index < end else {
                    quote = nil
                    continue
                }
                byte = bytes[index]
                index += 1
            }
            // BuildKit reads flags byte by byte, as if they were Latin-1.
            word.append(Unicode.Scalar(byte))
        }
        return String(word)
    }

    /// Go's `unicode.IsSpace` of a single byte.
    static func isLatinSpace(_ byte: UInt8) -> Bool { byte.isSpace || byte == 0x85 || byte == 0xA0 }
}
