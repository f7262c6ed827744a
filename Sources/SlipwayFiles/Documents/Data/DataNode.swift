// SPDX-License-Identifier: Apache-2.0

/// One value of a YAML, TOML or JSON text with the place where it stands.
public struct DataNode: Equatable, Sendable {
    /// What the value is; numbers and booleans also keep how they were written in ``DataNode/source``.
    public enum Value: Equatable, Sendable {
        case mapping(DataMapping)
        case sequence([DataNode])
        case string(String)
        case integer(Int)
        case number(Double)
        case boolean(Bool)
        case null
    }

    package var value: Value
    /// A scalar as it was written, without quotes: `3.10` stays `3.10`; `nil` on mappings and sequences.
    public var source: String?
    package var position: SourcePosition

    package init(_ value: Value, source: String? = nil, at position: SourcePosition) {
        self.value = value
        self.source = source
        self.position = position
    }

    /// One-based.
    public var line: Int { position.line }
    /// One-based, in UTF-8 code units; in YAML, whose library counts them so, in Unicode scalars.
    public var column: Int { position.column }

    /// The value of a key when this is a mapping that has it.
    public subscript(key: String) -> DataNode? { mapping?[key] }
    /// The element when this is a sequence that is long enough.
    public subscript(index: Int) -> DataNode? {
        guard case .sequence(let items) = value, items.indices.contains(index) else { return nil }
        return items[index]
    }
    /// Follows keys from mapping to mapping.
    public func at(_ path: String...) -> DataNode? {
        path.reduce(Optional(self)) { $0?[$1] }
    }

    package var mapping: DataMapping? { if case .mapping(let mapping) = value { mapping } else { nil } }
    package var sequence: [DataNode]? { if case .sequence(let items) = value { items } else { nil } }
    /// The text of a string; `nil` for numbers, booleans and null.
    public var string: String? { if case .string(let text) = value { text } else { nil } }
    /// The text of any scalar but null, as it was written.
    public var text: String? {
        switch value {
        case .string(let text): text
        case .integer, .number, .boolean: source
        case .mapping, .sequence, .null: nil
        }
    }
    /// An integer, or a string that spells one.
    public var int: Int? {
        switch value {
        case .integer(let number): number
        case .string(let text): Int(text)
        default: nil
        }
    }
    package var double: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
    /// A boolean, or one of the words that YAML 1.1 reads as one: yes, no, on, off.
    public var bool: Bool? {
        switch value {
        case .boolean(let flag): return flag
        case .string(let text):
            switch text.lowercased() {
            case "true", "yes", "on": return true
            case "false", "no", "off": return false
            default: return nil
            }
        default: return nil
        }
    }
    package var isNull: Bool { value == .null }

    /// The texts of a sequence of scalars, or the one text of a scalar.
    public var texts: [String]? {
        if let sequence { return sequence.compactMap(\.text) }
        return text.map { [$0] }
    }
}
