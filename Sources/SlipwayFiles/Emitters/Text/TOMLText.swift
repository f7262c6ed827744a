// SPDX-License-Identifier: Apache-2.0

/// Prints values as TOML 1.0: scalars of a table first, then its tables, as the format demands.
package struct TOMLText {
    private var text = ""

    /// - Parameter comment: Lines at the top of the file, without `#`.
    package static func print(_ map: FileMap, comment: String? = nil) -> String {
        var printer = TOMLText()
        if let comment {
            printer.comment(comment)
            printer.text += "\n"
        }
        printer.table(map, path: [])
        return printer.text
    }

    private mutating func comment(_ comment: String) {
        for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.isEmpty ? "#\n" : "# \(line)\n"
        }
    }

    private mutating func table(_ map: FileMap, path: [String]) {
        for entry in map.entries where !Self.isTable(entry.value) && entry.value != .null {
            if let comment = entry.comment { self.comment(comment) }
            text += "\(Self.key(entry.key)) = \(Self.inline(entry.value))\n"
        }
        for entry in map.entries where Self.isTable(entry.value) {
            let inner = path + [entry.key]
            let name = inner.map(Self.key).joined(separator: ".")
            switch entry.value {
            case .map(let map):
                // A table that holds only tables needs no line of its own.
                if map.isEmpty || map.entries.contains(where: { !Self.isTable($0.value) }) {
                    header("[\(name)]", comment: entry.comment)
                }
                table(map, path: inner)
            case .list(let items):
                for (index, item) in items.enumerated() {
                    guard case .map(let map) = item else { continue }
                    header("[[\(name)]]", comment: index == 0 ? entry.comment : nil)
                    table(map, path: inner)
                }
            default: continue
            }
        }
    }

    private mutating func header(_ header: String, comment: String?) {
        if !text.isEmpty, !text.hasSuffix("\n\n") { text += "\n" }
        if let comment { self.comment(comment) }
        text += header + "\n"
    }

    private static func isTable(_ value: FileValue) -> Bool {
        switch value {
        case .map: true
        case .list(let items):
            !items.isEmpty && items.allSatisfy { if case .map = $0 { true } else { false } }
        default: false
        }
    }

    private static func inline(_ value: FileValue) -> String {
        switch value {
        case .null: quote("")
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let string): quote(string)
        case .words(let words): "[" + words.map(quote).joined(separator: ", ") + "]"
        case .list(let items): "[" + items.map(inline).joined(separator: ", ") + "]"
        case .map(let map):
            map.isEmpty
                ? "{}"
                : "{ " + map.entries.map { "\(key($0.key)) = \(inline($0.value))" }.joined(separator: ", ") + " }"
        }
    }

    private static func key(_ key: String) -> String {
        let isBare = !key.isEmpty && key.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: "-") }
        return isBare ? key : quote(key)
    }

    /// A basic string; TOML knows JSON's escapes and eight-digit ones (toml.io/en/v1.0.0#string).
    package static func quote(_ string: String) -> String { JSONText.quote(string) }
}
