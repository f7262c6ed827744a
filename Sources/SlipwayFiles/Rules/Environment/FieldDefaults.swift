// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Defaults of pydantic's settings for the key that signs tokens: with a placeholder too the program runs.
enum FieldDefaults {
    private static let names: Set<String> = [
        "secret_key", "jwt_secret", "jwt_secret_key", "session_secret", "signing_key", "jwt_key", "app_secret_key",
        "auth_secret", "token_secret",
    ]

    /// The name of a field that is such a key.
    static func name(at index: Int, in lines: [Substring]) -> String? {
        let line = lines[index]
        guard line.utf8.first == 0x20, let colon = line.firstIndex(of: ":") else { return nil }
        let name = line[..<colon].trimmed
        guard names.contains(name.lowercased()), line[colon...].contains("str") else { return nil }
        return name
    }

    /// The placeholder that the field is given.
    static func value(at index: Int, in lines: [Substring]) -> String? {
        let text = lines[index]
        guard let equals = text.firstIndex(of: "=") else { return nil }
        var value = text[text.index(after: equals)...].trimmed
        if value.hasPrefix("Field(") {
            value = String(value.dropFirst("Field(".count))
            if value.isEmpty, lines.indices.contains(index + 1) { value = lines[index + 1].trimmed }
            if value.hasPrefix("default=") { value = String(value.dropFirst("default=".count)) }
        }
        guard let quote = value.first, quote == "\"" || quote == "'" else { return nil }
        let literal = String(value.dropFirst().prefix { $0 != quote })
        return literal.utf8.count > 3 && !literal.contains("://") && !literal.contains("{") ? literal : nil
    }

    /// Whether the code names the placeholder once more, which is how it refuses it.
    static func isRefused(_ literal: String, in repository: CheckedRepository) -> Bool {
        let quoted = ["\"\(literal)\"", "'\(literal)'"]
        var count = 0
        for entry in repository.codeFiles([".py"], with: [literal], smallerThan: .max) {
            guard let text = repository.tree.text(entry.path) else { continue }
            count += text.split(separator: "\n").count { line in quoted.contains(where: line.contains) }
        }
        return count > 1
    }
}
