// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// Responses are framed as strictly as requests: a desynchronised upstream connection serves one user's page to another.
struct ResponseHeadTests {
    static let framed: [(String, Bool, BodyFraming, Bool)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, .length(5), true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, .none, true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", false, .length(5), true),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", false, .none, true),
        ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false, .none, true),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, .none, true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, .chunked(ChunkScanner()), true),
        ("HTTP/1.1 200 OK\r\n\r\n", false, .untilClose, false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", false, .length(5), false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n\r\n", false, .length(5), true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", false, .length(5), false),
    ]

    @Test(arguments: framed)
    func `the body's end is known`(_ text: String, toHEAD: Bool, _ body: BodyFraming, persists: Bool) throws {
        let head = try #require(try HeadParsing.response(text, toHEAD: toHEAD))
        #expect(head.body == body)
        #expect(head.isPersistent == persists)
    }

    static let refused: [(String, ProtocolViolation)] = [
        ("HTTP/2 200 OK\r\n\r\n", .statusLine), ("HTTP/1.1 20 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 2000 OK\r\n\r\n", .statusLine), ("HTTP/1.1 099 OK\r\n\r\n", .statusLine),
        ("ICY 200 OK\r\n\r\n", .statusLine), ("HTTP/1.1 200 O\0K\r\n\r\n", .statusLine),
        ("HTTP/1.1 200 OK\n\n", .bareLineFeed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .severalContentLengths),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .lengthAndEncoding),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unknownTransferEncoding),
        ("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", .foldedField),
    ]

    @Test(arguments: refused)
    func `a malformed response is refused`(_ text: String, _ violation: ProtocolViolation) {
        #expect(throws: violation) { try HeadParsing.response(text) }
    }

    @Test func `an announced keep-alive time is read`() throws {
        let head = try HeadParsing.response("HTTP/1.1 200 OK\r\nKeep-Alive: max=5, timeout=7\r\n\r\n")
        #expect(head?.keepAliveSeconds == 7)
    }
}
