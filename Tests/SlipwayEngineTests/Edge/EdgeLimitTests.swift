// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization
import Testing

@testable import SlipwayEngine

/// One client cannot hurt the others, and a service that does not answer is named.
@Suite(.serialized) struct EdgeLimitTests {
    /// Sends one request and returns everything until the edge closes.
    private func exchange(_ port: UInt16, _ request: String) async throws -> String {
        try await RawStream.connect(to: port) { stream in
            try await stream.send(request)
            return try await stream.receiveAll()
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET / HTTP/3.0\r\n\r\n", "505"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "405"),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "405"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n", "413"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n"
                + String(repeating: "a", count: 2000), "413"
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 5000), "431"),
        ("GET /" + String(repeating: "a", count: 5000), "414"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
            "400"
        ),
    ])
    func `a refused request is answered and its connection closed`(_ request: String, _ status: String) async throws {
        let silent: ScriptedUpstream.Script = { stream, _ in _ = try await stream.receiveAll() }
        var limits = EdgeLimits()
        limits.headerBytes = 4096
        limits.bodyBytes = 1000
        try await EdgeFixture.proxy(limits: limits, to: silent) { port, _ in
            let answer = try await exchange(port, request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(40))")
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.ranges(of: "X-Request-Id: ").count == 1, "one answer only")
        }
    }

    @Test func `a head that does not end and a silent connection are closed`() async throws {
        var limits = EdgeLimits()
        limits.headerTimeout = .milliseconds(200)
        limits.idleTimeout = .milliseconds(200)
        try await EdgeFixture.run([], limits: limits) { _, port in
            #expect(try await exchange(port, "GET / HT").hasPrefix("HTTP/1.1 408 "))
            #expect(try await exchange(port, "").isEmpty)
            // What the request before said of keeping the connection counts no more.
            try await RawStream.connect(to: port) { stream in
                try await stream.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET")
                #expect(try await stream.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 404 "))
                let answer = try await stream.receiveAll()
                #expect(answer.hasPrefix("HTTP/1.1 408 "))
                #expect(answer.hasSuffix("}\n"))
            }
            // Byte after byte does not start the time anew.
            try await RawStream.connect(to: port) { stream in
                for _ in 0..<40 where (try? await stream.send("G")) != nil {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(try await stream.receiveAll().hasPrefix("HTTP/1.1 408 "))
            }
        }
    }

    @Test func `a service that never answers is 504, with its name`() async throws {
        var limits = EdgeLimits()
        limits.bodyTimeout = .milliseconds(200)
        let silent: ScriptedUpstream.Script = { stream, _ in _ = try await stream.receiveAll() }
        try await EdgeFixture.proxy(limits: limits, to: silent) { port, _ in
            let answer = try await RawStream.connect(to: port) { stream in
                try await stream.send(EdgeFixture.get("/"))
                return try await stream.receiveMessage()
            }
            #expect(answer.hasPrefix("HTTP/1.1 504 "))
            #expect(answer.contains("\"service\":\"api\""))
        }
    }

    @Test(arguments: [
        (ServiceCondition.starting, "503", "Retry-After: 1"), (.down(reason: "it exited"), "503", "it exited"),
        (.ready, "502", "was refused"),
    ])
    func `a service that cannot be reached says why`(_ condition: ServiceCondition, _ status: String, _ text: String)
        async throws
    {
        let answer: @Sendable (String) -> ServiceCondition = { _ in condition }
        try await EdgeFixture.run([EdgeFixture.route(1)], condition: answer) { _, port in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(EdgeFixture.get("/"))
                let answer = try await stream.receiveMessage()
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                #expect(answer.contains(text))
                #expect(answer.contains("\r\nCache-Control: no-store\r\n"))
                // The connection goes on; details stay here when a proxy is in front.
                try await stream.send(EdgeFixture.get("/", "Accept: text/html\r\nX-Forwarded-For: 192.0.2.1\r\n"))
                let page = try await stream.receiveMessage()
                #expect(page.contains("<h1>\(status)"))
                #expect(!page.contains("127.0.0.1"))
                #expect(!page.contains("slipway"))
            }
        }
    }

    @Test func `a response that is not HTTP is 502`() async throws {
        let broken: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receiveMessage()
            try await stream.send("SSH-2.0-OpenSSH\r\n\r\n")
        }
        try await EdgeFixture.proxy(to: broken) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(EdgeFixture.get("/"))
                #expect(try await stream.receiveMessage().contains("the status line is malformed"))
            }
        }
    }

    @Test func `a taken port is an error that names it`() async throws {
        try await EdgeFixture.run([]) { _, port in
            let second = Edge(spec: EdgeSpec(hosts: ["127.0.0.1"], port: port, routes: [])) { _ in .ready }
            let error = await #expect(throws: SlipwayError.self) { try await second.start() }
            #expect(error?.code == .portInUse)
            #expect(error?.message.contains("\(port)") == true)
        }
    }

    @Test func `both families get the same port`() async throws {
        let edge = Edge(spec: EdgeSpec(port: 0, routes: [])) { _ in .ready }
        let addresses = try await edge.start()
        #expect(Set(addresses.map(\.port)).count == 1)
        #expect(addresses.first?.host == "127.0.0.1")
        await edge.shutdown(grace: .zero)
    }

    @Test func `a shutdown waits for the request under way`() async throws {
        let gate = Gate()
        let slow: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receiveMessage()
            gate.open()
            try await Task.sleep(for: .milliseconds(200))
            try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
        }
        try await ScriptedUpstream.serve(slow) { upstream in
            try await EdgeFixture.run([EdgeFixture.route(upstream.port)]) { edge, port in
                try await RawStream.connect(to: port) { stream in
                    try await stream.send(EdgeFixture.get("/"))
                    await gate.wait()
                    async let ended: Void = edge.shutdown(grace: .seconds(5))
                    #expect(try await stream.receiveAll().hasSuffix("done"))
                    await ended
                }
            }
        }
    }

    @Test func `a large upload streams through and waits for a slow service`() async throws {
        // The kernel's buffers on both sides of the edge grow to some 20 MiB each on a machine with much memory
        // (tcp_rmem, tcp_wmem), and take them whatever the edge does.
        let size = 96 << 20
        let sent = Mutex(0)
        let pausing: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receive(through: "\r\n\r\n")
            try await Task.sleep(for: .milliseconds(300))
            // Socket buffers hold some; the edge itself must hold next to nothing.
            #expect(sent.withLock { $0 } < 64 << 20)
            var count = 0
            while count < size { count += try await stream.receive(count: min(1 << 20, size - count)).utf8.count }
            let answer = "\(count)"
            try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: \(answer.count)\r\n\r\n\(answer)")
            _ = try await stream.receiveAll()
        }
        try await EdgeFixture.proxy(to: pausing) { port, _ in
            try await RawStream.connect(to: port) { stream in
                try await stream.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                let piece = [UInt8](repeating: 0x61, count: 1 << 20)
                for _ in 0..<(size >> 20) {
                    try await stream.send(piece)
                    sent.withLock { $0 += 1 << 20 }
                }
                #expect(try await stream.receiveMessage().hasSuffix("\(size)"))
            }
        }
    }
}
