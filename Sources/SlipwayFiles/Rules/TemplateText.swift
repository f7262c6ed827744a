// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Texts from which a generator (Cookiecutter, Copier, Django's startproject) makes the real file.
enum TemplateText {
    /// Whether a folder or the file is named by the generator.
    static func isTemplate(path: String) -> Bool {
        ByteSearch.contains("{{", in: path) || ByteSearch.contains("{%", in: path)
    }

    /// Whether the text has statements, or names in double braces; Docker's own templates start with a dot or a verb.
    static func isTemplate(_ text: String) -> Bool {
        if ByteSearch.contains("{% ", in: text) || ByteSearch.contains("{%- ", in: text) { return true }
        guard ByteSearch.contains("{{", in: text) else { return false }
        var rest = text.utf8[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "{")) {
            rest = rest[rest.index(after: open)...]
            guard rest.first == UInt8(ascii: "{") else { continue }
            let inner = rest.dropFirst().drop(while: \.isBlank)
            let name = inner.prefix { $0.isNameByte || $0 == UInt8(ascii: ".") }
            guard let first = name.first, first.isLetter || first == UInt8(ascii: "_") else { continue }
            if inner[name.endIndex...].drop(while: \.isBlank).starts(with: "}}".utf8) { return true }
        }
        return false
    }
}
