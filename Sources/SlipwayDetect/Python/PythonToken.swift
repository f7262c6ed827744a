// SPDX-License-Identifier: Apache-2.0

/// One token of a Python file; its text stays in the file's bytes until somebody asks for it.
struct PythonToken: Sendable {
    enum Kind: UInt8, Sendable {
        case name, number, string, symbol
        /// The end of a logical line: newlines inside brackets and after a backslash do not count.
        case newline
    }

    var kind: Kind
    var range: Range<Int>
    /// One-based line on which the token starts.
    var line: Int
    /// Columns before the first token of the logical line; a tab counts to the next multiple of eight, as in Python.
    var indentation: Int
}

/// Splits the bytes of a Python file into tokens; comments vanish, and no input makes it fail.
struct PythonTokenizer {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int
    private var line: Int
    private var depth = 0
    private var indentation = 0
    private var tokens: [PythonToken] = []

    static func tokens(of bytes: [UInt8], in range: Range<Int>? = nil, firstLine: Int = 1) -> [PythonToken] {
        var tokenizer = Self(bytes, range ?? 0..<bytes.count, firstLine)
        tokenizer.run()
        return tokenizer.tokens
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>, _ firstLine: Int) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        line = firstLine
        tokens.reserveCapacity(range.count / 5)
    }

    private mutating func run() {
        var startsLine = true
        while position < end {
            if startsLine, depth == 0 { measureIndentation() }
            startsLine = false
            guard position < end else { break }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\n"):
                if depth == 0 { endLine() }
                line += 1
                position += 1
                startsLine = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0C:
                position += 1
            case UInt8(ascii: "#"):
                while position < end, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            case UInt8(ascii: "\\"):
                skipContinuation()
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                readString(from: position)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                take(.number) { $0.isNamePart || $0 == UInt8(ascii: ".") }
            case _ where byte.isNamePart:
                readName()
            default:
                readSymbol()
            }
        }
        endLine()
    }

    private mutating func measureIndentation() {
        var columns = 0
        while position < end {
            if bytes[position] == UInt8(ascii: " ") {
                columns += 1
            } else if bytes[position] == UInt8(ascii: "\t") {
                columns = (columns / 8 + 1) * 8
            } else if bytes[position] != 0x0C {
                break
            }
            position += 1
        }
        indentation = columns
    }

    private mutating func endLine() {
        guard let last = tokens.last, last.kind != .newline else { return }
        append(.newline, position..<position, line)
    }

    private mutating func append(_ kind: PythonToken.Kind, _ range: Range<Int>, _ line: Int) {
        tokens.append(PythonToken(kind: kind, range: range, line: line, indentation: indentation))
    }

    private mutating func skipContinuation() {
        position += 1
        if position < end, bytes[position] == UInt8(ascii: "\r") { position += 1 }
        if position < end, bytes[position] == UInt8(ascii: "\n") {
            position += 1
            line += 1
        }
    }

    private mutating func take(_ kind: PythonToken.Kind, while belongs: (UInt8) -> Bool) {
        let start = position
        while position < end, belongs(bytes[position]) { position += 1 }
        append(kind, start..<position, line)
    }

    private mutating func readName() {
        let start = position
        while position < end, bytes[position].isNamePart { position += 1 }
        let isPrefix = position - start <= 2 && bytes[start..<position].allSatisfy { "rbfutRBFUT".utf8.contains($0) }
        if isPrefix, position < end, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") {
            readString(from: start)
        } else {
            append(.name, start..<position, line)
        }
    }

    /// Reads from the opening quote at ``position``; an unfinished one-line string ends with its line.
    private mutating func readString(from start: Int) {
        let quote = bytes[position]
        let firstLine = line
        let isTriple = position + 2 < end && bytes[position + 1] == quote && bytes[position + 2] == quote
        position += isTriple ? 3 : 1
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\") {
                if position + 1 < end, bytes[position + 1] == UInt8(ascii: "\n") { line += 1 }
                position += 2
                continue
            }
            if byte == UInt8(ascii: "\n") {
                if !isTriple { break }
                line += 1
            }
            if byte == quote {
                if !isTriple {
                    position += 1
                    break
                }
                if position + 2 < end, bytes[position + 1] == quote, bytes[position + 2] == quote {
                    position += 3
                    break
                }
            }
            position += 1
        }
        position = min(position, end)
        append(.string, start..<position, firstLine)
    }

    private mutating func readSymbol() {
        let start = position
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
        case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"):
            if position < end, bytes[position] == byte { position += 1 }
            if position < end, bytes[position] == UInt8(ascii: "=") { position += 1 }
        case UInt8(ascii: "-"):
            if position < end, bytes[position] == UInt8(ascii: ">") || bytes[position] == UInt8(ascii: "=") {
                position += 1
            }
        case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "+"), UInt8(ascii: "%"),
            UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "^"), UInt8(ascii: "@"):
            if position < end, bytes[position] == UInt8(ascii: "=") { position += 1 }
        default: break
        }
        append(.symbol, start..<position, line)
    }
}

extension UInt8 {
    /// Letters, digits, the underscore and every byte of a character outside ASCII.
    var isNamePart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
