// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// The request head is read one way only; whatever could be read two ways is refused.
struct RequestHeadTests {
    static let refused: [(String, ProtocolViolation)] = [
        ("GET / HTTP/1.1\r\n\r\n", .missingHost),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .severalHosts),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .hostValue),
        ("GET / HTTP/1.1\r\nHost:\r\n\r\n", .hostValue),
        ("GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", .hostValue),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .hostValue),
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", .fieldValue),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", .fieldValue),
        ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nA(B): c\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\u{80}: c\r\n\r\n", .fieldName),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .lengthAndEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", .severalContentLengths),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", .severalContentLengths),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", .contentLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", .unknownTransferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .unknownTransferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{0B}chunked\r\n\r\n", .fieldValue),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncoding),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", .unsupportedVersion),
        ("PRI * HTTP/2.0\r\n\r\n", .unsupportedVersion),
        ("GET / HTTP/2.0\r\n\r\n", .unsupportedVersion),
        ("GET / http/1.1\r\n\r\n", .version),
        ("GET /\r\nHost: a\r\n\r\n", .requestLine),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .version),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", .requestLine),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .fieldName),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET /#f HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", .hostValue),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\tchunked\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\t\r\n\r\n", .transferEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: x\r\n\r\n", .severalExpectations),
    ]

    @Test(arguments: refused)
    func `what two parsers could read differently is refused`(_ text: String, _ violation: ProtocolViolation) {
        #expect(HeadParsing.violation(text) == violation, "\(text.debugDescription)")
    }

    static let accepted: [(String, BodyFraming, Bool)] = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
        ("GET / HTTP/1.1\r\nhOST:a:8080  \r\nX:\r\nY: \t \r\n\r\n", .none, true),
        ("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", .none, true),
        ("GET / HTTP/1.0\r\n\r\n", .none, false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", .none, true),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", .none, false),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", .none, true),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\n\r\n", .length(7), true),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked \r\n\r\n", .chunked(ChunkScanner()), true),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
        ("GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
        ("M-SEARCH /\u{FC} HTTP/1.1\r\nHost: a\r\nX: \u{FC}\r\n\r\n", .none, true),
    ]

    @Test(arguments: accepted)
    func `framing and persistence are read`(_ text: String, _ body: BodyFraming, persists: Bool) throws {
        let head = try #require(try HeadParsing.request(text))
        #expect(head.body == body)
        #expect(head.isPersistent == persists)
    }

    @Test func `a head byte by byte is the head at once`() throws {
        let bytes = Array("GET /a HTTP/1.1\r\nHost: a\r\nAccept: b\r\n\r\nrest".utf8)
        var parser = HeadParser()
        var length: Int?
        for count in 0...bytes.count where length == nil {
            length = try bytes[..<count].withUnsafeBytes { try parser.parse($0, limit: 100) }
        }
        #expect(length == bytes.count - 4)
        #expect(parser.fields.map(\.name) == [.host, .accept])
    }

    @Test(arguments: [("GET /", ProtocolViolation.targetTooLong), ("GET / HTTP/1.1\r\nX: ", .headTooLarge)])
    func `a head beyond the limit is refused before it ends`(_ start: String, _ violation: ProtocolViolation) {
        #expect(HeadParsing.violation(start + String(repeating: "a", count: 32 << 10)) == violation)
    }

    static let upgrades = [
        ("Connection: Upgrade\r\nUpgrade: websocket", true), ("Connection: Upgrade\r\nUpgrade: h2c", false),
        ("Connection: Upgrade\r\nUpgrade: websocket, H2C", false), ("Upgrade: websocket", false),
        ("Connection: Upgrade", false),
    ]

    @Test(arguments: upgrades)
    func `an upgrade counts when it is asked for and is not HTTP/2`(_ fields: String, isAsked: Bool) throws {
        let head = try HeadParsing.request("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
        #expect((head?.upgrade != nil) == isAsked)
    }

    @Test(arguments: [
        ("/a/b", "/a/b", false), ("/a/./b", "/a/b", true), ("/a/../b", "/b", true), ("/a/%2e%2E/b", "/b", true),
        ("/%7Ea%2Fb", "/~a%2Fb", false), ("/a/..", "/", true), ("/a/.", "/a/", true), ("/..a/b..", "/..a/b..", false),
        ("//a", "//a", false),
    ])
    func `dot segments and needless escapes are resolved`(_ path: String, _ normal: String, hadDots: Bool) throws {
        let result = try #require(RequestTarget.normalized(Array(path.utf8)))
        #expect(String(decoding: result.path, as: UTF8.self) == normal)
        #expect(result.hadDots == hadDots)
    }

    @Test(arguments: ["/..", "/a/../..", "/%2e%2e/etc/passwd"])
    func `no path climbs above the root`(_ path: String) {
        #expect(RequestTarget.normalized(Array(path.utf8)) == nil)
    }
}
