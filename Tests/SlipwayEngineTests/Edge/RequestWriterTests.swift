// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// What an upstream sees of a request.
struct RequestWriterTests {
    private func lines(_ text: String) -> [String] { text.split(separator: "\r\n").map(String.init) }

    @Test func `headers of this hop end here, also those that Connection names`() throws {
        let text = """
            GET /a?b HTTP/1.1\r\nHost: h\r\nConnection: close, X-Hop\r\nx-hop: 1\r\nKeep-Alive: 1\r\nTE: trailers\r\n\
            Trailer: X\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nProxy: evil\r\nAccept: */*\r\nX-Hop2: stays\r\n\r\n
            """
        let sent = try HeadParsing.forwarded(text, from: "127.0.0.1")
        #expect(
            sent == """
                GET /a?b HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nX-Hop2: stays\r\nX-Forwarded-For: 127.0.0.1\r\n\
                X-Forwarded-Proto: http\r\nX-Forwarded-Host: h\r\n\
                Forwarded: for=127.0.0.1;host="h";proto=http\r\nX-Request-Id: id\r\n\r\n
                """)
    }

    static let claimed =
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n"
        + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: public\r\nForwarded: for=1.1.1.1\r\n\r\n"

    @Test func `what a proxy on this machine says is continued`() throws {
        let sent = lines(try HeadParsing.forwarded(Self.claimed, from: "::1"))
        #expect(sent.contains("X-Forwarded-For: 1.1.1.1, 2.2.2.2, ::1"))
        #expect(sent.contains("X-Forwarded-Proto: https"))
        #expect(sent.contains("X-Forwarded-Host: public"))
        #expect(sent.contains("Forwarded: for=1.1.1.1, for=\"[::1]\";host=\"h\";proto=http"))
    }

    @Test func `what anyone else says of forwarding is not believed`() throws {
        let sent = lines(try HeadParsing.forwarded(Self.claimed, from: "192.0.2.1"))
        #expect(sent.contains("X-Forwarded-For: 192.0.2.1"))
        #expect(sent.contains("X-Forwarded-Proto: http"))
        #expect(sent.contains("X-Forwarded-Host: h"))
        #expect(sent.contains("Forwarded: for=192.0.2.1;host=\"h\";proto=http"))
    }

    @Test(arguments: ["X_Forwarded_For: 1.1.1.1", "Content_Length: 5", "x-request_id: 1"])
    func `a header that WSGI takes for another is dropped`(_ field: String) throws {
        let sent = try HeadParsing.forwarded("GET / HTTP/1.1\r\nHost: h\r\n\(field)\r\nX_Own: 1\r\n\r\n", from: "::1")
        #expect(!sent.contains(field))
        #expect(sent.contains("X_Own: 1\r\n"))
    }

    @Test func `an absolute target gives the host`() throws {
        let sent = try HeadParsing.forwarded("GET http://real:1?q HTTP/1.1\r\nHost: other\r\n\r\n", from: "::1")
        #expect(sent.hasPrefix("GET /?q HTTP/1.1\r\nHost: real:1\r\n"))
    }

    @Test func `a body keeps its framing, an upgrade its header`() throws {
        let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try HeadParsing.forwarded(chunked, from: "::1").contains("\r\nTransfer-Encoding: chunked\r\n"))
        let upgrade = "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(
            try HeadParsing.forwarded(upgrade, from: "::1").contains(
                "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"))
        let counted = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n"
        #expect(try HeadParsing.forwarded(counted, from: "::1", path: "/x").hasPrefix("POST /x HTTP/1.1\r\n"))
        #expect(try HeadParsing.forwarded(counted, from: "::1").contains("\r\nContent-Length: 3\r\n"))
    }
}
