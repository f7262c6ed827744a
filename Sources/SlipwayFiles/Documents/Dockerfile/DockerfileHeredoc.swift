// SPDX-License-Identifier: Apache-2.0

/// A here-document of an instruction.
public struct DockerfileHeredoc: Equatable, Sendable {
    /// The word that ends it, quotes removed.
    public let name: String
    /// Whether variables in it are replaced: no part of its word is quoted.
    public let expands: Bool
    /// Whether leading tabs are dropped, of the lines and of the end (`<<-`).
    public let dropsTabs: Bool
    /// The number before `<<`, 0 when there is none.
    public let fileDescriptor: UInt
    /// The lines up to its end, as they stand in the file.
    public internal(set) var content: String = ""
    /// One-based line of the first line of content.
    public internal(set) var line = 0

    /// The content as the build sees it.
    public var effectiveContent: String {
        guard dropsTabs else { return content }
        var result: [UInt8] = []
        var isLineStart = true
        for byte in content.utf8 {
            if isLineStart, byte == 0x09 { continue }
            result.append(byte)
            isLineStart = byte == 0x0A
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension DockerfileHeredoc {
    /// The heredocs that an instruction's joined line announces.
    static func announced(in line: String) throws(DockerfileLexer.Failure) -> [Self] {
        let options = DockerfileLexer.Options(keepsQuotes: true, keepsEscapes: true, keepsUnknown: true)
        var lexer = DockerfileLexer(line, options: options) { _ in nil }
        // BuildKit takes a line that its lexer refuses for one without heredocs.
        guard let words = try? lexer.read().words else { return [] }
        var heredocs: [Self] = []
        for word in words {
            if let heredoc = try Self.parse(word) { heredocs.append(heredoc) }
        }
        return heredocs
    }

    /// A word of the shape `3<<-NAME`; `nil` when it is no heredoc.
    static func parse(_ word: String) throws(DockerfileLexer.Failure) -> Self? {
        var rest = Substring(word)
        let digits = rest.prefix { $0.isASCII && $0.isWholeNumber }
        rest = rest.dropFirst(digits.count)
        guard rest.hasPrefix("<<") else { return nil }
        rest = rest.dropFirst(2)
        let dropsTabs = rest.hasPrefix("-")
        if dropsTabs { rest = rest.dropFirst() }
        let name = Substring(rest.unicodeScalars.drop { " \t\n\r\u{0C}".unicodeScalars.contains($0) })
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "<")) else { return nil }
        var plain = DockerfileLexer(String(name), options: .init(keepsUnknown: true)) { _ in nil }
        let words = try plain.read().words
        guard words.count == 1 else { return nil }
        var quoted = DockerfileLexer(String(name), options: .init(keepsQuotes: true, keepsUnknown: true)) { _ in nil }
        let quotedWords = try quoted.read().words
        guard quotedWords.count == 1 else {
            throw DockerfileLexer.Failure(message: "the heredoc's name \(name) cannot be read")
        }
        return Self(
            name: words[0], expands: quotes(words[0]) == quotes(quotedWords[0]), dropsTabs: dropsTabs,
            fileDescriptor: UInt(digits) ?? 0)
    }

    private static func quotes(_ word: String) -> Int {
        word.utf8.count { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }
    }
}
