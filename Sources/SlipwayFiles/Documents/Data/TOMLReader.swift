// SPDX-License-Identifier: Apache-2.0

/// Reads TOML 1.0 (toml.io/en/v1.0.0) in one pass.
struct TOMLReader {
    private typealias Key = [(name: String, position: SourcePosition)]
    private var cursor: ByteCursor
    private var depth = 0

    init(_ text: String) { cursor = ByteCursor(text) }

    mutating func document() throws(TOMLFailure) -> DataNode {
        if cursor.starts(with: "\u{FEFF}") { cursor.advance(by: 3) }
        let root = TOMLTable(.defined, at: SourcePosition(line: 1, column: 1))
        var current = root
        while true {
            try skipLines()
            guard let byte = cursor.current else { return root.node() }
            if byte == UInt8(ascii: "[") {
                current = try header(in: root)
            } else {
                try assignment(in: current)
            }
            try lineEnd()
        }
    }

    private mutating func header(in root: TOMLTable) throws(TOMLFailure) -> TOMLTable {
        let start = cursor.position
        cursor.advance()
        let isArray = cursor.take(UInt8(ascii: "["))
        let key = try self.key()
        guard cursor.take(UInt8(ascii: "]")), !isArray || cursor.take(UInt8(ascii: "]")), let last = key.last else {
            throw failure("a table's header has no end")
        }
        var table = root
        for part in key.dropLast() { table = try open(part, in: table) }
        guard isArray else { return try define(last, in: table, at: start) }
        let element = TOMLTable(.defined, at: start)
        switch table[last.name] {
        case nil: table.set(last.name, at: last.position, to: .tables(.init(element)))
        case .tables(let elements): elements.tables.append(element)
        default: throw TOMLFailure(message: "\(last.name) is not an array of tables", position: last.position)
        }
        return element
    }

    private func open(
        _ part: (name: String, position: SourcePosition), in table: TOMLTable
    ) throws(TOMLFailure) -> TOMLTable {
        switch table[part.name] {
        case nil:
            let next = TOMLTable(.implicit, at: part.position)
            table.set(part.name, at: part.position, to: .table(next))
            return next
        case .table(let next) where next.state != .inline: return next
        case .tables(let elements):
            if let last = elements.tables.last { return last }
            fallthrough
        default: throw TOMLFailure(message: "\(part.name) is not a table", position: part.position)
        }
    }

    private func define(
        _ part: (name: String, position: SourcePosition), in table: TOMLTable, at start: SourcePosition
    ) throws(TOMLFailure) -> TOMLTable {
        switch table[part.name] {
        case nil:
            let next = TOMLTable(.defined, at: start)
            table.set(part.name, at: part.position, to: .table(next))
            return next
        case .table(let next) where next.state == .implicit:
            next.state = .defined
            return next
        default: throw TOMLFailure(message: "\(part.name) stands twice", position: part.position)
        }
    }

    private mutating func assignment(in table: TOMLTable) throws(TOMLFailure) {
        let key = try self.key()
        guard cursor.take(UInt8(ascii: "=")), let last = key.last else { throw failure("expected '=' after a key") }
        cursor.advance(while: \.isBlank)
        var table = table
        for part in key.dropLast() {
            switch table[part.name] {
            case nil:
                let next = TOMLTable(.dotted, at: part.position)
                table.set(part.name, at: part.position, to: .table(next))
                table = next
            case .table(let next) where next.state == .dotted || next.state == .implicit: table = next
            default: throw TOMLFailure(message: "\(part.name) cannot be extended", position: part.position)
            }
        }
        guard table[last.name] == nil else {
            throw TOMLFailure(message: "\(last.name) stands twice", position: last.position)
        }
        depth += key.count - 1
        defer { depth -= key.count - 1 }
        table.set(last.name, at: last.position, to: .value(try value()))
    }

    /// A dotted key and the blanks around it.
    private mutating func key() throws(TOMLFailure) -> Key {
        var parts: Key = []
        repeat {
            cursor.advance(while: \.isBlank)
            let position = cursor.position
            if cursor.current == UInt8(ascii: "\"") || cursor.current == UInt8(ascii: "'") {
                guard !cursor.starts(with: "\"\"\""), !cursor.starts(with: "'''") else {
                    throw failure("expected a key")
                }
                parts.append((try TOMLString.read(&cursor), position))
            } else {
                let start = cursor.index
                cursor.advance { $0.isNameByte || $0 == UInt8(ascii: "-") }
                guard cursor.index > start else { throw failure("expected a key") }
                parts.append((cursor.text(from: start), position))
            }
            cursor.advance(while: \.isBlank)
            guard parts.count <= DataLimits.deepestNesting else { throw failure("a key of too many parts") }
        } while cursor.take(UInt8(ascii: "."))
        return parts
    }

    private mutating func value() throws(TOMLFailure) -> DataNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= DataLimits.deepestNesting else {
            throw failure("nested deeper than \(DataLimits.deepestNesting)")
        }
        let start = cursor.position
        switch cursor.current {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let text = try TOMLString.read(&cursor)
            return DataNode(.string(text), source: text, at: start)
        case UInt8(ascii: "["): return DataNode(.sequence(try array()), at: start)
        case UInt8(ascii: "{"): return try inlineTable(at: start)
        default:
            let first = cursor.index
            cursor.advance { $0.isNameByte || "+-.:".utf8.contains($0) }
            // A date and its time may be parted by one space.
            if cursor.index - first == 10, cursor.current == 0x20, cursor.peek()?.isDigit == true {
                cursor.advance()
                cursor.advance { $0.isNameByte || "+-.:".utf8.contains($0) }
            }
            let word = cursor.text(from: first)
            guard let value = TOMLScalar.value(of: word) else {
                throw TOMLFailure(
                    message: word.isEmpty ? "expected a value" : "\(word) is not a value", position: start)
            }
            return DataNode(value, source: word, at: start)
        }
    }

    private mutating func array() throws(TOMLFailure) -> [DataNode] {
        cursor.advance()
        var items: [DataNode] = []
        try skipLines()
        while !cursor.take(UInt8(ascii: "]")) {
            items.append(try value())
            try skipLines()
            if cursor.take(UInt8(ascii: ",")) {
                try skipLines()
            } else if cursor.current != UInt8(ascii: "]") {
                throw failure("expected ',' or ']'")
            }
        }
        return items
    }

    private mutating func inlineTable(at start: SourcePosition) throws(TOMLFailure) -> DataNode {
        cursor.advance()
        let table = TOMLTable(.implicit, at: start)
        cursor.advance(while: \.isBlank)
        if cursor.take(UInt8(ascii: "}")) { return table.node() }
        repeat {
            try assignment(in: table)
            cursor.advance(while: \.isBlank)
        } while cursor.take(UInt8(ascii: ","))
        guard cursor.take(UInt8(ascii: "}")) else { throw failure("expected ',' or '}'") }
        return table.node()
    }

    /// Blanks, line ends and comments.
    private mutating func skipLines() throws(TOMLFailure) {
        while let byte = cursor.current {
            if byte == UInt8(ascii: "#") {
                cursor.advance { $0 != 0x0A }
            } else if byte.isBlank || byte == 0x0A || byte == 0x0D && cursor.peek() == 0x0A {
                cursor.advance()
            } else {
                return
            }
        }
    }

    private mutating func lineEnd() throws(TOMLFailure) {
        cursor.advance(while: \.isBlank)
        if cursor.current == UInt8(ascii: "#") { cursor.advance { $0 != 0x0A } }
        _ = cursor.take(0x0D)
        guard cursor.isAtEnd || cursor.take(0x0A) else { throw failure("expected the end of the line") }
    }

    private func failure(_ message: String) -> TOMLFailure {
        TOMLFailure(message: message, position: cursor.position)
    }
}
