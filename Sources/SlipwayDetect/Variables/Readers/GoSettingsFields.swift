// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The fields of Go's structures that a library fills from the environment under names made of their tags.
struct GoSettingsFields {
    /// Deeper nesting than settings have; ends types that hold themselves.
    private static let deepest = 6

    /// `mapstructure`, `koanf`
    private let tag: String
    private let prefix: String
    /// What stands between the names of nested fields; `nil` where nested fields cannot be set.
    private let separator: String?
    private let defaults: [String: Literal]

    init(tag: String, prefix: String, separator: String?, _ defaults: [String: Literal]) {
        (self.tag, self.prefix, self.separator, self.defaults) = (tag, prefix, separator, defaults)
    }

    /// - Parameter open: The opening brace of the structure.
    func read(
        _ code: Code, _ open: Int, _ structs: [String: Int], _ path: [String] = [], into file: inout FileReads
    ) {
        guard let close = code.partner(open), path.count < Self.deepest else { return }
        var index = open + 1
        while index < close {
            let line = code.line(index)
            var end = index + 1
            while end < close, code.line(end) == line { end = max(end, code.partner(end) ?? end) + 1 }
            // The tag of a structure that is written out stands behind its closing brace.
            if code.string(end) != nil, code.line(end) == code.line(end - 1) { end += 1 }
            defer { index = end }
            guard let field = code.word(index), let tag = code.string(end - 1).flatMap(value) else { continue }
            let isSquashed = tag.contains(",squash")
            let name = tag.split(separator: ",").first.map(String.init) ?? field.lowercased()
            let inner = isSquashed ? path : path + [name]
            let type = code.isMark(index + 1, "*") ? index + 2 : index + 1
            if let body = code.isMark(type + 1, "{") ? type + 1 : code.word(type).flatMap({ structs[$0] }) {
                if separator != nil || isSquashed { read(code, body, structs, inner, into: &file) }
            } else if name != "-", !isSquashed {
                let variable = inner.map(EnvironmentName.screaming).joined(separator: separator ?? "_")
                file.add(prefix + variable, at: index, default: defaults[inner.joined(separator: ".")] ?? .nothing)
            }
        }
    }

    /// The value of the tag: `mapstructure:"…"`.
    private func value(_ text: String) -> String? {
        guard let start = text.firstRange(of: tag + ":\"") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }
}
