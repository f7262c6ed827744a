// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization
import Testing

@testable import SlipwayEngine

/// The proxy between real sockets.
@Suite(.serialized) struct EdgeProxyTests {
    private func get(_ path: String, _ fields: String = "") -> String { EdgeFixture.get(path, fields) }

    @Test func `one connection to the upstream carries request after request`() async throws {
        try await EdgeFixture.proxy(to: EdgeFixture.echo) { port, upstream in
            for client in 1...2 {
                try await RawStream.connect(to: port) { stream in
                    for request in 1...3 {
                        try await stream.send(get("/\(client)/\(request)"))
                        #expect(try await stream.receiveMessage().hasSuffix("GET /\(client)/\(request) HTTP/1.1 #1"))
                    }
                }
            }
            #expect(upstream.connections == 1)
        }
    }

    @Test func `pipelined requests are answered in their order`() async throws {
        try await EdgeFixture.proxy(to: EdgeFixture.echo) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send((1...50).map { get("/\($0)") }.joined())
                for request in 1...50 {
                    #expect(try await stream.receiveMessage().contains("GET /\(request) HTTP/1.1"))
                }
            }
        }
    }

    @Test func `a pooled connection that died is replaced without the client noticing`() async throws {
        let dying: ScriptedUpstream.Script = { stream, number in
            for _ in 1...(number == 1 ? 1 : 100) {
                guard try await !stream.receiveMessage().isEmpty else { return }
                try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n#\(number)")
            }
            // The next request is read and not answered, as when a server ends between two requests.
            _ = try await stream.receiveMessage()
        }
        try await EdgeFixture.proxy(to: dying) { port, upstream in
            try await RawStream.connect(to: port) { stream in
                for expected in ["#1", "#2", "#2"] {
                    try await stream.send(get("/"))
                    #expect(try await stream.receiveMessage().hasSuffix(expected))
                }
            }
            #expect(upstream.connections == 2)
        }
    }

    @Test func `a POST is never sent twice`() async throws {
        let dying: ScriptedUpstream.Script = { stream, number in
            _ = try await stream.receiveMessage()
            guard number == 1 else { return }
            try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            _ = try await stream.receiveMessage()
        }
        try await EdgeFixture.proxy(to: dying) { port, upstream in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(get("/"))
                _ = try await stream.receiveMessage()
                try await stream.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
                #expect(try await stream.receiveMessage().hasPrefix("HTTP/1.1 502 "))
            }
            #expect(upstream.connections == 1)
        }
    }

    @Test func `chunks pass as they come, and each event at once`() async throws {
        let gate = Gate()
        let events: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receiveMessage()
            try await stream.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in 1...3 {
                try await stream.send("9\r\ndata: \(number)\n\n\r\n")
                // The next event is not sent before the client has seen this one.
                await gate.wait()
            }
            try await stream.send("0\r\nX-Sum: 1\r\n\r\n")
        }
        try await EdgeFixture.proxy(to: events) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(get("/events", "Connection: close\r\n"))
                #expect(try await stream.receive(through: "\r\n\r\n").contains("\r\nTransfer-Encoding: chunked\r\n"))
                for number in 1...3 {
                    #expect(try await stream.receive(through: "\n\n\r\n") == "9\r\ndata: \(number)\n\n\r\n")
                    gate.open()
                }
                #expect(try await stream.receiveAll() == "0\r\nX-Sum: 1\r\n\r\n")
            }
        }
    }

    @Test func `HTTP/1.0 clients get the payload without chunks`() async throws {
        let chunked: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receiveMessage()
            try await stream.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n")
            _ = try await stream.receiveAll()
        }
        try await EdgeFixture.proxy(to: chunked) { port, _ in
            let text = try await RawStream.connect(to: port) { stream in
                try await stream.send("GET / HTTP/1.0\r\n\r\n")
                return try await stream.receiveAll()
            }
            #expect(text.hasSuffix("\r\n\r\nabcd"))
            #expect(text.contains("\r\nConnection: close\r\n"))
            #expect(!text.contains("chunked"))
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ])
    func `a response cut short is seen as cut short`(_ beginning: String) async throws {
        let dying: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receiveMessage()
            try await stream.send(beginning)
        }
        try await EdgeFixture.proxy(to: dying) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(get("/", "X-Request-Id: cut\r\n"))
                let text = try await stream.receiveAll()
                #expect(stream.hasEnded)
                #expect(!text.hasSuffix("0\r\n\r\n"))
            }
        }
    }

    @Test func `100 Continue comes from the upstream, then the body goes`() async throws {
        let asking: ScriptedUpstream.Script = { stream, _ in
            #expect(try await stream.receive(through: "\r\n\r\n").contains("Expect: 100-continue"))
            try await stream.send("HTTP/1.1 100 Continue\r\n\r\n")
            let body = try await stream.receive(count: 5)
            try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\(body)")
            _ = try await stream.receiveAll()
        }
        try await EdgeFixture.proxy(to: asking) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                #expect(try await stream.receive(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try await stream.send("hello")
                #expect(try await stream.receiveMessage().hasSuffix("hello"))
            }
        }
    }

    @Test func `after 101 bytes pass both ways unread`() async throws {
        let socket: ScriptedUpstream.Script = { stream, _ in
            let head = try await stream.receive(through: "\r\n\r\n")
            #expect(head.contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"))
            try await stream.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi")
            while case let text = try await stream.receive(count: 4), !text.isEmpty {
                try await stream.send("<\(text)>")
            }
        }
        try await EdgeFixture.proxy(to: socket) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(get("/ws", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n") + "1234")
                #expect(try await stream.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
                #expect(try await stream.receive(count: 8) == "hi<1234>")
                try await stream.send("\0GET")
                #expect(try await stream.receive(count: 6) == "<\0GET>")
            }
        }
    }

    @Test func `a client that leaves takes its upstream request with it`() async throws {
        let gate = Gate()
        let slow: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receiveMessage()
            gate.open()
            _ = try await stream.receiveAll()
            gate.open()
        }
        try await EdgeFixture.proxy(to: slow) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(get("/slow"))
                await gate.wait()
            }
            await gate.wait()
        }
    }

    @Test func `routes change for the next request, also on an open connection`() async throws {
        try await ScriptedUpstream.serve(EdgeFixture.echo) { old in
            try await ScriptedUpstream.serve(EdgeFixture.echo) { new in
                try await EdgeFixture.run([EdgeFixture.route(old.port)]) { edge, port in
                    try await RawStream.connect(to: port) { stream in
                        try await stream.send(get("/"))
                        _ = try await stream.receiveMessage()
                        try await edge.update(routes: [EdgeFixture.route(new.port)])
                        try await stream.send(get("/"))
                        #expect(try await stream.receiveMessage().hasPrefix("HTTP/1.1 200 "))
                    }
                    #expect(old.connections == 1)
                    #expect(new.connections == 1)
                }
            }
        }
    }

    @Test func `a prefix is taken off when the route says so`() async throws {
        try await ScriptedUpstream.serve(EdgeFixture.echo) { upstream in
            let route = EdgeRoute(
                prefix: "/api", service: "api", destination: .upstream(port: upstream.port), stripsPrefix: true)
            try await EdgeFixture.run([route]) { _, port in
                try await RawStream.connect(to: port) { stream in
                    for (path, seen) in [("/api/x?q", "/x?q"), ("/api", "/"), ("/a/../api/y", "/y")] {
                        try await stream.send(get(path))
                        #expect(try await stream.receiveMessage().contains("GET \(seen) HTTP/1.1"))
                    }
                    try await stream.send(get("/other"))
                    #expect(try await stream.receiveMessage().hasPrefix("HTTP/1.1 404 "))
                }
            }
        }
    }

    @Test func `the log and the counters know each request`() async throws {
        let records = Mutex<[AccessRecord]>([])
        try await ScriptedUpstream.serve(EdgeFixture.echo) { upstream in
            let log: @Sendable (AccessRecord) -> Void = { record in records.withLock { $0.append(record) } }
            try await EdgeFixture.run([EdgeFixture.route(upstream.port, prefix: "/api")], log: log) { edge, port in
                try await RawStream.connect(to: port) { stream in
                    try await stream.send(get("/api/a?b=c", "X-Request-Id: mine\r\n"))
                    #expect(try await stream.receiveMessage().contains("\r\nX-Request-Id: mine\r\n"))
                    try await stream.send(get("/nothing"))
                    _ = try await stream.receiveMessage()
                    let counters = try await edge.counters()
                    #expect(counters.requests == 2)
                    #expect(counters.connections == 1)
                    #expect(counters.inFlight == 0)
                    #expect(counters.services["api"]?.successful == 1)
                    #expect(counters.services[""]?.clientErrors == 1)
                }
            }
        }
        let seen = records.withLock { $0 }
        #expect(seen.map(\.target) == ["/api/a?b=c", "/nothing"])
        #expect(seen.map(\.status) == [200, 404])
        #expect(seen.first?.requestID == "mine")
        #expect(seen.first?.service == "api")
    }
}
