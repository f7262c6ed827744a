// SPDX-License-Identifier: Apache-2.0

/// One `NAME=value` of a dotenv file.
public struct DotenvAssignment: Equatable, Sendable {
    /// How the value is written.
    public enum Quote: String, Sendable { case none, single, double }

    package let name: String
    /// Decoded, with `$` references as written; `nil` for a name without `=`.
    public let value: String?
    package let quote: Quote
    package let isExported: Bool
    /// What follows ` #` on the line, trimmed.
    public let comment: String?
    /// Where the name stands.
    public let position: SourcePosition
    /// Where the value stands, its quote included; `nil` without `=`.
    public let valuePosition: SourcePosition?
    /// One-based; the line of the closing quote.
    public let endLine: Int
    /// The bytes of the whole stretch, with its line end.
    public let text: String
    /// What stands between the quotes, or the trimmed value.
    let raw: String
    /// Where the value with its quotes stands in ``text``, in UTF-8 code units; empty without a value.
    let valueRange: Range<Int>

    package var line: Int { position.line }

    /// Whether expansion could change the value.
    public var hasReferences: Bool { quote != .single && raw.utf8.contains(UInt8(ascii: "$")) }

    /// Names that the value refers to, in order.
    public var references: [String] {
        var names: [String] = []
        guard hasReferences else { return names }
        _ = expanded {
            names.append($0)
            return nil
        }
        return names
    }

    /// The value with references replaced by what `lookup` gives; unknown names are empty.
    public func expanded(_ lookup: (String) -> String?) -> String {
        switch quote {
        case .single: return value ?? ""
        case .none: return Interpolation.expand(raw, lookup: lookup)
        case .double: return Interpolation.expand(DotenvEscapes.decode(raw, keepsDollar: true), lookup: lookup)
        }
    }

    /// The stretch with another value, everything around it as it was.
    func replacingValue(with value: String) -> String {
        let bytes = Array(text.utf8)
        let head = String(decoding: bytes[..<valueRange.lowerBound], as: UTF8.self)
        let tail = String(decoding: bytes[valueRange.upperBound...], as: UTF8.self)
        return head + (self.value == nil ? "=" : "") + Self.quote(value) + tail
    }

    /// A spelling that every reader decodes to the value: bare, in single quotes, or in double quotes with escapes.
    public static func quote(_ value: String) -> String {
        let isBare = value.utf8.allSatisfy { $0.isNameByte || "-.,:/@%+=~^*?!&;()[]{}".utf8.contains($0) }
        if isBare { return value }
        let isLiteral = !value.utf8.contains { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\\") || $0.isLineEnd }
        if isLiteral { return "'\(value)'" }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\", "$": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
