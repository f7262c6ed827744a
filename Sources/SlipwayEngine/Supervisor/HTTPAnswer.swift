// SPDX-License-Identifier: Apache-2.0

/// The start of an HTTP/1 answer, as far as a probe needs it.
struct HTTPAnswer: Equatable, Sendable {
    /// In characters; one line of a terminal.
    static let bodyLength = 120

    let status: Int
    /// The body's first words on one line.
    let bodyStart: String

    /// `nil` until the status line is complete, and for anything that is not HTTP.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: "HTTP/1.".utf8), bytes.count >= 12,
            let status = Int(String(decoding: bytes[9..<12], as: UTF8.self)), (100...599).contains(status)
        else { return nil }
        self.status = status
        let text = String(decoding: bytes, as: UTF8.self)
        // Swift takes CR LF for one character.
        let body = text.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first ?? ""
        let words = body.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        bodyStart = words.count > Self.bodyLength ? words.prefix(Self.bodyLength) + "..." : words
    }

    /// A redirect counts: a health path may redirect to itself with a slash.
    var isGood: Bool { (200...399).contains(status) }
}
