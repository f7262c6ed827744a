// SPDX-License-Identifier: Apache-2.0

/// Words of the POSIX shell (IEEE Std 1003.1, section 2.2 Quoting).
public enum ShellWord {
    /// The word as the shell would read it back, quoted only when it must be.
    public static func quote(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_@%+=:,./-".utf8.contains(byte)
            }
        }
        guard !plain || word.isEmpty else { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The words of a simple command, or `nil` when only a shell can run it: variables, substitutions, operators,
    /// globs, comments, a leading assignment or an unfinished quote.
    public static func split(_ command: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var scalars = command.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case " ", "\t":
                if let done = word { words.append(done) }
                word = nil
            case "'":
                var text = word ?? ""
                while true {
                    guard let next = scalars.next() else { return nil }
                    if next == "'" { break }
                    text.unicodeScalars.append(next)
                }
                word = text
            case "\"":
                var text = word ?? ""
                while true {
                    guard var next = scalars.next() else { return nil }
                    if next == "\"" { break }
                    if next == "$" || next == "`" { return nil }
                    if next == "\\" {
                        guard let escaped = scalars.next() else { return nil }
                        if !"\"\\$`".unicodeScalars.contains(escaped) { text.unicodeScalars.append("\\") }
                        next = escaped
                    }
                    text.unicodeScalars.append(next)
                }
                word = text
            case "\\":
                guard let escaped = scalars.next() else { return nil }
                word = word ?? ""
                word?.unicodeScalars.append(escaped)
            case "$", "`", "|", "&", ";", "<", ">", "(", ")", "*", "?", "[", "#", "~", "\n", "\r", "{", "}", "!":
                return nil
            default:
                word = word ?? ""
                word?.unicodeScalars.append(scalar)
            }
        }
        if let done = word { words.append(done) }
        guard let first = words.first, !first.contains("=") else { return nil }
        return words
    }
}
