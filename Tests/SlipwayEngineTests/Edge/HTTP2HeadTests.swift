// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHPACK
import Testing

@testable import SlipwayEngine

/// What an HTTP/2 head becomes, and what must not become one of HTTP/1.1.
struct HTTP2HeadTests {
    private static let plain = [(":method", "GET"), (":path", "/"), (":scheme", "https"), (":authority", "a")]

    private func convert(_ fields: [(String, String)], endsStream: Bool = true) throws -> String {
        String(buffer: try HTTP2Head.request(HPACKHeaders(fields), endsStream: endsStream).bytes)
    }

    @Test func `a request is written down as HTTP/1.1`() throws {
        let fields = Self.plain + [("cookie", "a=1"), ("accept", "*/*"), ("cookie", "b=2")]
        #expect(
            try convert(fields) == "GET / HTTP/1.1\r\nhost: a\r\naccept: */*\r\ncookie: a=1; b=2\r\n\r\n")
        #expect(try convert(Self.plain, endsStream: false).hasSuffix("\r\ntransfer-encoding: chunked\r\n\r\n"))
        let counted = Self.plain + [("content-length", "3")]
        #expect(try convert(counted, endsStream: false) == "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n")
    }

    @Test(arguments: [
        [("x", "a\r\nb: c")], [("x", "a\nb")], [("x", "a\0")], [("x: y", "1")], [("X-Upper", "1")], [("", "1")],
        [("x\r\ny", "1")], [("transfer-encoding", "chunked")], [("connection", "close")], [("upgrade", "h2c")],
        [("te", "gzip")], [("host", "b")], [("host", "a"), ("host", "a")], [(":path", "/2")], [(":status", "200")],
        [("content-length", "1"), ("content-length", "1")], [("proxy-connection", "x")],
    ])
    func `what HTTP/1.1 would read differently is refused`(_ fields: [(String, String)]) {
        #expect(throws: ProtocolViolation.self) { try convert(Self.plain + fields) }
    }

    @Test(arguments: [
        (":method", "GET /x HTTP/1.1\r\nx:"), (":method", "G ET"), (":method", ""), (":path", "/ HTTP/1.1\r\nx: y"),
        (":path", "/a b"), (":path", "a"), (":path", ""), (":path", "*"), (":path", "http://b/"), (":scheme", "ftp"),
        (":authority", "a\r\nx: y"), (":authority", "a b"),
    ])
    func `a pseudo header says one thing only`(_ name: String, _ value: String) {
        let fields = Self.plain.map { $0.0 == name ? (name, value) : $0 }
        #expect(throws: ProtocolViolation.self) { try convert(fields) }
        #expect(throws: ProtocolViolation.self) { try convert(Self.plain.filter { $0.0 != name }) }
    }
}
