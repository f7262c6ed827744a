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
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { bytes in
            let body = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            if body.starts(with: "/*".utf8) { isRemark = true }
            defer { if isRemark, ByteSearch.contains("*/".utf8, in: body) { isRemark = false } }
            return isRemark || Self.startsRemark(body) ? "" : Substring(bytes)
        }
        bare = lines.map(Self.bare)
    }

    /// `//`, `#`, `*`, `--`
    private static func startsRemark(_ body: Substring.UTF8View) -> Bool {
        switch body.first {
        case UInt8(ascii: "#"), UInt8(ascii: "*"): true
        case UInt8(ascii: "/"), UInt8(ascii: "-"): body.dropFirst().first == body.first
        default: false
        }
    }

    /// Byte by byte, because this is asked of every line of a repository's code.
    private static func bare(_ line: Substring) -> String {
        guard !line.isEmpty else { return "" }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.utf8.count)
        for byte in line.utf8 {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): continue
            case UInt8(ascii: "\""), UInt8(ascii: "`"): bytes.append(UInt8(ascii: "'"))
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Words of paths that hold tests, examples, or what tools and others wrote.
    private static let aside = [
        "spec.", "mock", "fixture", "example", "vendor/", "stories", "__test", "__mock",
        "__pycache", "__snap", "__generated", "dist/", "build/", ".min.", "node_modules/",
    ]

    /// Whether a file can be part of what runs in production, by its path.
    static func mayRun(_ path: String) -> Bool {
        let lower = path.lowercased()
        return !aside.contains(where: lower.contains) && !DevelopmentPath.isLikely(path)
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
    /// A source file line by line; `nil` when it cannot be read.
    func codeText(_ path: String) -> CodeText? { codeTexts.text(of: path, in: tree) }

    /// Source that runs in production with one of these endings and one of these words in it.
    func code(_ endings: [String], with words: [String]) -> [CodeText] {
        tree.files(ending: endings, holding: words, smallerThan: 200_000).compactMap { entry in
            CodeText.mayRun(entry.path) ? codeText(entry.path) : nil
        }
    }
}
