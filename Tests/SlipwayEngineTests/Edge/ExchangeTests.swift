// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayEngine

/// What the proxy decides between a request and its response.
struct ExchangeTests {
    private func exchange(_ request: String) throws -> Exchange {
        Exchange(try #require(try HeadParsing.request(request)))
    }
    private func response(_ text: String) throws -> ResponseHead { try #require(try HeadParsing.response(text)) }

    static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    static let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
    static let put = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"

    @Test(arguments: [(get, true, true), (get, false, false), (post, true, false), (put, true, true)])
    func `a dead pooled connection is replaced when nothing can happen twice`(
        _ request: String, wasPooled: Bool, retries: Bool
    ) throws {
        var exchange = try exchange(request)
        #expect(exchange.upstreamEnded(wasPooled: wasPooled, cleanly: true) == (retries ? .retry : .fail))
    }

    @Test func `it is tried again once, and never after a byte has gone or come`() throws {
        var twice = try exchange(Self.get)
        #expect(twice.upstreamEnded(wasPooled: true, cleanly: true) == .retry)
        #expect(twice.upstreamEnded(wasPooled: true, cleanly: true) == .fail)
        var sent = try exchange(Self.put)
        _ = try Array("a".utf8).withUnsafeBytes { try sent.receiveRequestBody($0, limit: nil) }
        #expect(sent.upstreamEnded(wasPooled: true, cleanly: true) == .fail)
        var begun = try exchange(Self.get)
        begun.receivedResponseBytes()
        #expect(begun.upstreamEnded(wasPooled: true, cleanly: true) == .fail)
    }

    @Test func `a response cut short is not ended cleanly`() throws {
        var counted = try exchange(Self.get)
        _ = counted.receiveResponseHead(try response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"))
        #expect(counted.upstreamEnded(wasPooled: false, cleanly: true) == .truncate)
        var open = try exchange(Self.get)
        _ = open.receiveResponseHead(try response("HTTP/1.1 200 OK\r\n\r\n"))
        #expect(open.upstreamEnded(wasPooled: false, cleanly: true) == .finish)
        #expect(open.upstreamEnded(wasPooled: false, cleanly: false) == .truncate)
    }

    static let fates: [(String, String, Bool, Exchange.UpstreamFate, Exchange.ClientFate)] = [
        (get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, .reuse, .nextRequest),
        (get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, .close, .nextRequest),
        (get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false, .close, .nextRequest),
        (get, "HTTP/1.1 200 OK\r\n\r\n", false, .close, .close),
        (post, "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n", false, .close, .linger),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 204 X\r\n\r\n", false, .reuse, .close),
        ("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, .reuse, .close),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false,
            .reuse, .nextRequest
        ),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            false, .reuse, .close
        ),
    ]

    @Test(arguments: fates)
    func `both connections are kept when their next byte is known`(
        _ request: String, _ answer: String, hasExtra: Bool, _ upstream: Exchange.UpstreamFate,
        _ client: Exchange.ClientFate
    ) throws {
        var exchange = try exchange(request)
        _ = exchange.receiveResponseHead(try response(answer))
        let fate = exchange.finish(hasExtraBytes: hasExtra)
        #expect(fate.upstream == upstream)
        #expect(fate.client == client)
    }

    @Test func `interim responses pass to those who know them`() throws {
        var modern = try exchange(Self.post)
        #expect(modern.receiveResponseHead(try response("HTTP/1.1 100 Continue\r\n\r\n")) == .forward(.interim))
        #expect(modern.response == .awaited)
        var old = try exchange("GET / HTTP/1.0\r\n\r\n")
        #expect(old.receiveResponseHead(try response("HTTP/1.1 103 Early Hints\r\n\r\n")) == .skip)
    }

    @Test func `the protocol switches only for a client that asked`() throws {
        let switching = try response("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
        var plain = try exchange(Self.get)
        #expect(plain.receiveResponseHead(switching) == .refuse(.unexpectedUpgrade))
        var asking = try exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        #expect(asking.receiveResponseHead(switching) == .forward(.tunnel))
    }

    @Test func `a chunked body that grows beyond the limit is refused`() throws {
        var exchange = try exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(throws: ProtocolViolation.bodyTooLarge) {
            try Array("5\r\nhello\r\n".utf8).withUnsafeBytes { try exchange.receiveRequestBody($0, limit: 4) }
        }
    }
}
