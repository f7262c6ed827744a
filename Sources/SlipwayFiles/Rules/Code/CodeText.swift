// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A source file as the rules about settings in code read it: line by line, without comments.
struct CodeText {
    let path: String
    /// As they are written; comment lines are empty, so that places stay.
    let lines: [Substring]
    /// The same without blanks and with one kind of quotes.
    let bare: [String]

    init(path: String, text: String) {
        self.path = path
        var isRemark = false
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let trimmed = line.trimmed
            if trimmed.hasPrefix("/*") { isRemark = true }
            defer { if trimmed.contains("*/") { isRemark = false } }
            return isRemark || ["//", "#", "*", "--"].contains(where: trimmed.hasPrefix) ? "" : line
        }
        bare = lines.map { line in
            String(line.compactMap { $0.isWhitespace ? nil : $0 == "\"" || $0 == "`" ? "'" : $0 })
        }
    }

    /// One-based line of the first line that holds one of the texts without blanks.
    func line(with signs: String...) -> Int? { line(withAny: signs) }
    func line(withAny signs: [String]) -> Int? {
        bare.firstIndex { line in signs.contains(where: line.contains) }.map { $0 + 1 }
    }

    /// Whether one of the lines just before, or the line itself, asks for something.
    func isGuarded(_ line: Int, by words: [String], before: Int = 3) -> Bool {
        let range = max(0, line - 1 - before)...min(line - 1, lines.count - 1)
        return lines[range].contains { text in words.contains { text.contains($0) } }
    }

    /// The text without blanks from a word to the bracket that closes what it opens; the line is one-based.
    func body(after opening: String, from start: Int = 0) -> (text: String, line: Int)? {
        for index in bare.indices where index >= start {
            guard let range = TextSearch.range(of: opening, in: bare[index][...]) else { continue }
            let rest = ([String(bare[index][range.upperBound...])] + bare[(index + 1)...].prefix(40)).joined(
                separator: "\n")
            var depth = 1
            var body = ""
            for character in rest {
                if "([{".contains(character) { depth += 1 }
                if ")]}".contains(character) { depth -= 1 }
                if depth == 0 { break }
                body.append(character)
            }
            return (body, index + 1)
        }
        return nil
    }
}

extension CheckedRepository {
    /// Source that runs in production with one of these endings and one of these words in it.
    func code(_ endings: [String], with words: [String]) -> [CodeText] {
        tree.entries.compactMap { entry in
            guard endings.contains(where: { entry.path.hasSuffix($0) }), !entry.path.contains("node_modules/"),
                !DevelopmentPath.isLikely(entry.path), let bytes = tree.bytes(entry.path), bytes.count < 200_000,
                words.contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                !["spec.", "mock", "fixture", "example", "vendor/", "stories", "__", "dist/", "build/", ".min."]
                    .contains(where: {
                        entry.path.lowercased().contains($0)
                    }), let text = tree.text(entry.path)
            else { return nil }
            return CodeText(path: entry.path, text: text)
        }
    }
}
