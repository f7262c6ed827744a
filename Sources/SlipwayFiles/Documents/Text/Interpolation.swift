// SPDX-License-Identifier: Apache-2.0

/// `$NAME` and `${NAME...}` as Docker Compose reads them in its files and in dotenv files.
public enum Interpolation {
    /// One reference in a text.
    public struct Reference: Equatable, Sendable {
        package let name: String
        /// `:-`, `-`, `:+`, `+`, `:?`, `?`, or `nil` for a plain reference.
        public let `operator`: String?
        /// What follows the operator, references in it as written.
        public let operand: String?
        /// UTF-8 offset of the `$`.
        public let offset: Int
        /// Whether the text has a value of its own when the variable is missing.
        public var hasDefault: Bool { `operator` == ":-" || `operator` == "-" }
        /// Whether reading fails when the variable is missing.
        public var isRequired: Bool { `operator` == ":?" || `operator` == "?" }
    }

    /// The outermost references, in order; `$$` is a plain `$`.
    public static func references(in text: String) -> [Reference] {
        var found: [Reference] = []
        scan(Array(text.utf8)) { if case .reference(let reference) = $0 { found.append(reference) } }
        return found
    }

    /// The text with every reference replaced; missing names without a default are empty.
    public static func expand(_ text: String, lookup: (String) -> String?) -> String {
        expand(text, depth: 0, lookup: lookup)
    }

    /// Defaults within defaults deeper than this stay as written.
    private static let deepest = 16

    private static func expand(_ text: String, depth: Int, lookup: (String) -> String?) -> String {
        guard depth < deepest, text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        scan(Array(text.utf8)) { piece in
            switch piece {
            case .text(let text): result += text
            case .reference(let reference):
                let value = lookup(reference.name)
                func operand() -> String { expand(reference.operand ?? "", depth: depth + 1, lookup: lookup) }
                switch reference.operator {
                case ":-": result += value.flatMap { $0.isEmpty ? nil : $0 } ?? operand()
                case "-": result += value ?? operand()
                case ":+": result += (value ?? "").isEmpty ? "" : operand()
                case "+": result += value == nil ? "" : operand()
                default: result += value ?? ""
                }
            }
        }
        return result
    }

    private enum Piece {
        case text(String)
        case reference(Reference)
    }

    private static func scan(_ bytes: [UInt8], _ emit: (Piece) -> Void) {
        let closings = closingBraces(bytes)
        var index = 0
        var start = 0
        func flush(to end: Int) {
            if start < end { emit(.text(String(decoding: bytes[start..<end], as: UTF8.self))) }
        }
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else {
                index += 1
                continue
            }
            let next = bytes[index + 1]
            if next == UInt8(ascii: "$") {
                flush(to: index + 1)
                index += 2
                start = index
            } else if next.isLetter || next == UInt8(ascii: "_") {
                flush(to: index)
                var end = index + 1
                while end < bytes.count, bytes[end].isNameByte { end += 1 }
                let name = String(decoding: bytes[index + 1..<end], as: UTF8.self)
                emit(.reference(Reference(name: name, operator: nil, operand: nil, offset: index)))
                index = end
                start = index
            } else if next == UInt8(ascii: "{"), let (reference, end) = braced(bytes, at: index, until: closings[index])
            {
                flush(to: index)
                emit(.reference(reference))
                index = end
                start = index
            } else {
                index += 1
            }
        }
        flush(to: bytes.count)
    }

    /// Offsets of `${` with those of their `}`, found in one pass so that unfinished references cost nothing more.
    private static func closingBraces(_ bytes: [UInt8]) -> [Int: Int] {
        var closings: [Int: Int] = [:]
        var open: [Int] = []
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "{"), index > 0, bytes[index - 1] == UInt8(ascii: "$") { open.append(index - 1) }
            if byte == UInt8(ascii: "}"), let dollar = open.popLast() { closings[dollar] = index }
        }
        return closings
    }

    private static func braced(_ bytes: [UInt8], at dollar: Int, until closing: Int?) -> (Reference, end: Int)? {
        guard let closing else { return nil }
        var index = dollar + 2
        guard bytes[index].isLetter || bytes[index] == UInt8(ascii: "_") else { return nil }
        while bytes[index].isNameByte { index += 1 }
        let name = String(decoding: bytes[dollar + 2..<index], as: UTF8.self)
        guard index < closing else {
            return (Reference(name: name, operator: nil, operand: nil, offset: dollar), closing + 1)
        }
        let symbolStart = index
        if bytes[index] == UInt8(ascii: ":") { index += 1 }
        guard "-+?".utf8.contains(bytes[index]) else { return nil }
        index += 1
        let symbol = String(decoding: bytes[symbolStart..<index], as: UTF8.self)
        let operand = String(decoding: bytes[index..<closing], as: UTF8.self)
        return (Reference(name: name, operator: symbol, operand: operand, offset: dollar), closing + 1)
    }
}
