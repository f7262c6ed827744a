// SPDX-License-Identifier: Apache-2.0

/// Values of systemd units (systemd.syntax(7), QUOTING; systemd.service(5), COMMAND LINES).
package enum SystemdText {
    /// One word of a list or of a command line: `%` and `$` are doubled, because units expand both.
    package static func word(_ word: String) -> String { quote(expandable(word, dollar: true)) }

    /// One `Environment=` assignment, which expands specifiers but no variables.
    package static func assignment(_ name: String, _ value: String) -> String {
        quote(name + "=" + expandable(value, dollar: false))
    }

    private static func expandable(_ text: String, dollar: Bool) -> String {
        text.reduce(into: "") { result, character in
            result.append(character)
            if character == "%" || dollar && character == "$" { result.append(character) }
        }
    }

    private static func quote(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'\\;#".utf8.contains($0) }
        return isPlain ? word : DoubleQuotes.around(word)
    }
}
