// SPDX-License-Identifier: Apache-2.0

/// A `--name=value` of an instruction.
public struct DockerfileFlag: Equatable, Sendable {
    /// Without dashes, as written.
    public let name: String
    /// Quotes and escapes removed; `nil` without `=`.
    public let value: String?
    /// Name and value with the dashes, quotes and escapes removed.
    public let text: String
    /// Where the dashes stand.
    public let position: SourcePosition

    init(_ text: String, at position: SourcePosition) {
        self.text = text
        self.position = position
        let body = text.dropFirst(2)
        let equals = body.firstIndex(of: "=")
        name = String(body[..<(equals ?? body.endIndex)])
        value = equals.map { String(body[body.index(after: $0)...]) }
    }

    /// The `key=value` fields of a `--mount` or `--device`; a field without `=` has an empty value.
    public var fields: [(key: String, value: String)] {
        (value.flatMap(CommaSeparatedFields.read) ?? []).map { field in
            guard let equals = field.firstIndex(of: "=") else { return (field.lowercased(), "") }
            return (field[..<equals].lowercased(), String(field[field.index(after: equals)...]))
        }
    }

    /// The first field of a key.
    public func field(_ key: String) -> String? { fields.first { $0.key == key }?.value }
}

/// One record of RFC 4180.
enum CommaSeparatedFields {
    /// `nil` when the line is empty or a quote stands where none may.
    static func read(_ line: String) -> [String]? {
        var fields: [String] = []
        var rest = Array(line.utf8)[...]
        guard !rest.isEmpty else { return nil }
        while true {
            guard rest.first == UInt8(ascii: "\"") else {
                let field = rest.prefix { $0 != UInt8(ascii: ",") }
                guard !field.contains(UInt8(ascii: "\"")) else { return nil }
                fields.append(String(decoding: field, as: UTF8.self))
                rest = rest.dropFirst(field.count)
                guard rest.popFirst() != nil else { return fields }
                continue
            }
            guard let field = quoted(&rest) else { return nil }
            fields.append(field)
            guard let comma = rest.popFirst() else { return fields }
            guard comma == UInt8(ascii: ",") else { return nil }
        }
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        var content: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\"") else {
                content.append(byte)
                continue
            }
            guard rest.first == byte else { return String(decoding: content, as: UTF8.self) }
            content.append(byte)
            rest.removeFirst()
        }
        return nil
    }
}
