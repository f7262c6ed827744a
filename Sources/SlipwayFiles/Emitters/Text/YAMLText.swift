// SPDX-License-Identifier: Apache-2.0

/// Prints values as YAML that readers of version 1.1 and 1.2 understand alike: whatever either would take for a number,
/// a date or a boolean is quoted.
package struct YAMLText {
    private var text = ""
    private var plainKeys: Set<String> = []

    /// - Parameters:
    ///   - comment: Lines at the top of the file, without `#`.
    ///   - plainKeys: Keys that stay bare though version 1.1 reads them as booleans: GitHub's `on`.
    package static func print(_ map: FileMap, comment: String? = nil, plainKeys: Set<String> = []) -> String {
        var printer = YAMLText()
        printer.plainKeys = plainKeys
        if let comment { printer.comment(comment, indentation: 0) }
        if map.isEmpty { printer.text += "{}\n" }
        printer.entries(of: map, indentation: 0)
        return printer.text
    }

    /// Several documents in one file, as Kubernetes takes them.
    package static func print(documents: [FileMap], comment: String? = nil) -> String {
        documents.enumerated().map { index, map in
            (index == 0 ? "" : "---\n") + print(map, comment: index == 0 ? comment : nil)
        }.joined()
    }

    private mutating func comment(_ comment: String, indentation: Int) {
        let space = String(repeating: " ", count: indentation)
        for line in comment.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.isEmpty ? "\(space)#\n" : "\(space)# \(line)\n"
        }
    }

    /// - Parameter first: What stands on the first line instead of its indentation: the dash of a list.
    private mutating func entries(of map: FileMap, indentation: Int, first: String? = nil) {
        let space = String(repeating: " ", count: indentation)
        var lead = first
        for entry in map.entries {
            // A comment between a dash and its first key would end the item for some readers.
            if let comment = entry.comment, lead == nil { self.comment(comment, indentation: indentation) }
            text += (lead ?? space) + (plainKeys.contains(entry.key) ? entry.key : Self.scalar(entry.key)) + ":"
            lead = nil
            value(entry.value, indentation: indentation)
        }
    }

    private mutating func value(_ value: FileValue, indentation: Int) {
        switch value {
        case .map(let map) where !map.isEmpty:
            text += "\n"
            entries(of: map, indentation: indentation + 2)
        case .list(let items) where !items.isEmpty:
            text += "\n"
            list(items, indentation: indentation + 2)
        case .string(let string) where Self.isBlock(string): block(string, indentation: indentation + 2)
        default: text += " " + Self.inline(value) + "\n"
        }
    }

    private mutating func list(_ items: [FileValue], indentation: Int) {
        let dash = String(repeating: " ", count: indentation) + "- "
        for item in items {
            switch item {
            case .map(let map) where !map.isEmpty: entries(of: map, indentation: indentation + 2, first: dash)
            case .string(let string) where Self.isBlock(string):
                text += dash.dropLast()
                block(string, indentation: indentation + 2)
            default: text += dash + Self.inline(item) + "\n"
            }
        }
    }

    /// A literal block says its lines as they are (yaml.org/spec/1.2.2, section 8.1.2).
    private mutating func block(_ string: String, indentation: Int) {
        let hasEnd = string.hasSuffix("\n")
        text += hasEnd ? " |\n" : " |-\n"
        let space = String(repeating: " ", count: indentation)
        for line in (hasEnd ? string.dropLast() : string[...]).split(separator: "\n", omittingEmptySubsequences: false)
        {
            text += line.isEmpty ? "\n" : space + line + "\n"
        }
    }

    /// Whether the text has several lines and nothing that a literal block would change.
    private static func isBlock(_ string: String) -> Bool {
        guard string.contains("\n"), !string.hasSuffix("\n\n"), let first = string.first, first != "\n", first != " "
        else { return false }
        return string.unicodeScalars.allSatisfy { $0 == "\n" || isPrintable($0) }
            && !string.split(separator: "\n").contains { $0.hasSuffix(" ") || $0.allSatisfy { $0 == " " } }
    }

    private static func inline(_ value: FileValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let string): scalar(string)
        case .words(let words): "[" + words.map(JSONText.quote).joined(separator: ", ") + "]"
        case .list(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .map(let map):
            "{" + map.entries.map { "\(quote($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// Between brackets a bare text may hold neither brackets nor commas, so every text is quoted there.
    private static func flow(_ value: FileValue) -> String {
        if case .string(let string) = value { quote(string) } else { inline(value) }
    }

    /// One text, bare only where no reader can take it for something else.
    package static func scalar(_ string: String) -> String { isPlain(string) ? string : quote(string) }

    /// In double quotes; every escape is one of section 5.7.
    private static func quote(_ string: String) -> String {
        var quoted = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += "\\U" + hexadecimal(scalar.value, digits: 8)
            }
        }
        return quoted + "\""
    }

    /// Not controls, byte order marks, surrogates or the line ends of Unicode (section 5.1).
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static let reserved: Set<String> = [
        "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", ".nan", "=", "<<",
    ]

    private static func isPlain(_ string: String) -> Bool {
        let bytes = Array(string.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        guard first.isNameByte || first == UInt8(ascii: "/") || first == UInt8(ascii: ".") || first == UInt8(ascii: "$")
        else { return false }
        guard !reserved.contains(string.lowercased()), !looksNumeric(bytes) else { return false }
        guard last != UInt8(ascii: ":"), last != UInt8(ascii: " ") else { return false }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: ":"): if bytes[index + 1] == UInt8(ascii: " ") { return false }
            case UInt8(ascii: " "): if bytes[index + 1] == UInt8(ascii: "#") { return false }
            case _ where byte.isNameByte || "./-@%+=$(){}<>*;!?^~&|".utf8.contains(byte): continue
            default: return false
            }
        }
        return true
    }

    /// Whether any reader could see a number, a date or a sexagesimal in it.
    private static func looksNumeric(_ bytes: [UInt8]) -> Bool {
        guard bytes[0].isDigit || bytes[0] == UInt8(ascii: ".") && bytes.dropFirst().first?.isDigit == true else {
            return false
        }
        return bytes.allSatisfy { $0.hexValue != nil || "._:+-xXoOtTzZ ".utf8.contains($0) }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
