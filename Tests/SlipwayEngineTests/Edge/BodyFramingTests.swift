// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// Chunked bodies are checked byte by byte while they pass.
struct BodyFramingTests {
    /// Feeds the text in pieces of the given size.
    private func pass(_ text: String, pieces: Int, dropsTrailers: Bool) throws -> (
        passed: String, rest: String, BodyFraming
    ) {
        var framing = BodyFraming.chunked(ChunkScanner())
        var passed: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, !framing.isComplete {
            let piece = Array(rest.prefix(pieces))
            let progress = try piece.withUnsafeBytes { try framing.advance($0, dropsTrailers: dropsTrailers) }
            passed += piece[..<progress.passed]
            if progress.dropsFinalLine { passed += Array("\r\n".utf8) }
            rest = rest.dropFirst(progress.consumed)
        }
        return (String(decoding: passed, as: UTF8.self), String(decoding: rest, as: UTF8.self), framing)
    }

    @Test(arguments: [1, 2, 3, 7, 1000], [true, false])
    func `a chunked body passes whole, in whatever pieces it comes`(_ pieces: Int, dropsTrailers: Bool) throws {
        let body = "5\r\nhello\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\n"
        let result = try pass(body + "X-Sum: 1\r\n\r\nGET /", pieces: pieces, dropsTrailers: dropsTrailers)
        #expect(result.passed == (dropsTrailers ? body + "\r\n" : body + "X-Sum: 1\r\n\r\n"))
        #expect(result.rest == "GET /")
        #expect(result.2.isComplete)
    }

    @Test(arguments: [
        ("\r\n", ProtocolViolation.chunkSize), ("g\r\n", .chunkSize), ("-1\r\n", .chunkSize), ("+1\r\na", .chunkSize),
        ("0x1\r\n", .chunkSize), ("1 \r\n", .chunkSize), (" 1\r\n", .chunkSize), ("1\n", .chunkSize),
        ("1\rX", .chunkSize), ("ffffffffffffffff\r\n", .chunkSize), ("0000000000000001\r\n", .chunkSize),
        ("1;a\nb\r\n", .chunkExtension), ("1;\0\r\n", .chunkExtension), ("1\r\nab\r\n", .chunkEnd),
        ("1\r\na\n", .chunkEnd), ("1\r\na\rX", .chunkEnd), ("0\r\n\n", .trailer), ("0\r\n x\r\n", .trailer),
        ("0\r\na: b\n", .trailer), ("0\r\n\rX", .trailer),
    ])
    func `a malformed chunk is refused`(_ text: String, _ violation: ProtocolViolation) {
        for pieces in [1, 1000] {
            #expect(throws: violation) { try pass(text, pieces: pieces, dropsTrailers: false) }
        }
    }

    @Test(arguments: ["1;", "0\r\na:"])
    func `neither extensions nor trailers grow without bound`(_ start: String) {
        #expect(throws: ProtocolViolation.self) {
            try pass(start + String(repeating: "a", count: 9 << 10), pieces: 100, dropsTrailers: false)
        }
    }

    @Test func `the payload comes out of its chunks`() throws {
        var framing = BodyFraming.chunked(ChunkScanner())
        var payload: [UInt8] = []
        let progress = try Array("3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n".utf8).withUnsafeBytes { bytes in
            try framing.extract(bytes) { payload += $0 }
        }
        #expect(String(decoding: payload, as: UTF8.self) == "abcde")
        #expect(progress.isComplete)
    }

    @Test func `a counted body ends at its length`() throws {
        var framing = BodyFraming.length(5)
        let first = try Array("abc".utf8).withUnsafeBytes { try framing.advance($0) }
        #expect(first == .init(consumed: 3, passed: 3, data: 3))
        let second = try Array("defg".utf8).withUnsafeBytes { try framing.advance($0) }
        #expect(second == .init(consumed: 2, passed: 2, data: 2, isComplete: true))
        #expect(framing.isComplete)
    }
}
