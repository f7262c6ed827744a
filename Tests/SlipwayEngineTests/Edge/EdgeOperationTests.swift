// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayEngine

/// What an operator sees and sets: the access log, the counters, what clients may take, and who is in front.
@Suite(.serialized) struct EdgeOperationTests {
    private func talk(_ port: UInt16, _ texts: String...) async throws -> [String] {
        try await RawStream.connect(to: port) { stream in
            var answers: [String] = []
            for text in texts {
                try await stream.send(text)
                answers.append(try await stream.receiveMessage())
            }
            return answers
        }
    }

    @Test(arguments: [
        (AccessLogRules.Query.names, "/a\\\"b?token=…&…&x=…"), (.dropped, "/a\\\"b"),
        (.kept, "/a\\\"b?token=secret&flag&x=1"),
    ])
    func `each answered request is a line of JSON without the query's values`(
        _ query: AccessLogRules.Query, _ path: String
    ) async throws {
        let site = TemporarySite()
        let log = site.root + "/access.log"
        try await ScriptedUpstream.serve(EdgeFixture.echo) { upstream in
            try await EdgeFixture.run(
                [EdgeFixture.route(upstream.port)],
                with: { $0.accessLog = AccessLogRules(path: log, query: query) }
            ) { _, port in
                let fields = "User-Agent: b\u{FF}t\r\nX-Request-Id: r1\r\n"
                _ = try await talk(
                    port, EdgeFixture.get("/a\\\"b?token=secret&flag&x=1", fields), EdgeFixture.get("/2"))
                _ = try await talk(port, "GET / HTTP/1.1\r\n\r\n")
            }
            let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 2, "a head that is none has no line")
            let first = try #require(
                try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
            #expect(first["path"] as? String == path)
            #expect(first["client"] as? String == "127.0.0.1")
            #expect(first["method"] as? String == "GET")
            #expect(first["status"] as? Int == 200)
            #expect(first["service"] as? String == "api")
            #expect(first["upstream"] as? Int == Int(upstream.port))
            #expect(first["id"] as? String == "r1")
            #expect(first["agent"] as? String == "b\u{C3}\u{BF}t")
            #expect((first["bytes"] as? Int ?? 0) > 60)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a log that is full is renamed, and the oldest goes`() async throws {
        let site = TemporarySite()
        let log = site.root + "/access.log"
        let file = AccessLogFile(AccessLogRules(path: log, rotationSize: 100, olderFiles: 2))
        for number in 1...5 { file.write(Array((String(repeating: "\(number)", count: 79) + "\n").utf8)) }
        file.finish()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: site.root).sorted() == [
                "access.log", "access.log.1", "access.log.2",
            ])
        #expect(try String(contentsOfFile: log + ".2", encoding: .utf8).hasPrefix("3"))
        // Another program may have moved it.
        try FileManager.default.removeItem(atPath: log)
        file.write(Array("new\n".utf8))
        file.finish()
        #expect(try String(contentsOfFile: log, encoding: .utf8) == "new\n")
    }

    @Test func `metrics are told on loopback in Prometheus' format`() async throws {
        try await ScriptedUpstream.serve(EdgeFixture.echo) { upstream in
            try await EdgeFixture.run([EdgeFixture.route(upstream.port)], with: { $0.adminPort = 0 }) { edge, port in
                _ = try await talk(port, EdgeFixture.get("/"), EdgeFixture.get("/"))
                let admin = try #require(await edge.adminAddress)
                #expect(admin.host == "127.0.0.1")
                let answer = try await talk(admin.port, EdgeFixture.get("/metrics"))[0]
                for line in [
                    "slipway_edge_requests_total 2", #"slipway_edge_responses_total{service="api",class="2xx"} 2"#,
                    #"slipway_edge_upstream_requests_total{port="\#(upstream.port)"} 2"#,
                    #"slipway_edge_upstream_seconds_bucket{port="\#(upstream.port)",le="+Inf"} 2"#,
                ] {
                    #expect(answer.contains("\n" + line + "\n"), "\(line)")
                }
                #expect(try await talk(admin.port, EdgeFixture.get("/health"))[0].hasSuffix("ok\n"))
                #expect(try await talk(admin.port, EdgeFixture.get("/x"))[0].hasPrefix("HTTP/1.1 404 "))
                #expect(try await talk(admin.port, "SSH-2.0\r\n\r\n")[0].hasPrefix("HTTP/1.1 404 "))
            }
        }
    }

    @Test func `a client that asks too often is told when to come back, others are served`() async throws {
        try await ScriptedUpstream.serve(EdgeFixture.echo) { upstream in
            let rules = ClientRules(requestsPerSecond: 0.1, burst: 2)
            try await EdgeFixture.run([EdgeFixture.route(upstream.port)], with: { $0.clients = rules }) { edge, port in
                let get = EdgeFixture.get("/")
                let answers = try await talk(
                    port, get, get, get, EdgeFixture.get("/", "X-Forwarded-For: 192.0.2.1\r\n"))
                #expect(
                    answers.map { $0.prefix(12) } == ["HTTP/1.1 200", "HTTP/1.1 200", "HTTP/1.1 429", "HTTP/1.1 200"])
                #expect(answers[2].contains("\r\nRetry-After: 10\r\n"))
                #expect(try await edge.counters().limited == 1)
            }
        }
    }

    @Test func `a client's further connections are refused until one is closed`() async throws {
        try await ScriptedUpstream.serve(EdgeFixture.echo) { upstream in
            let rules = ClientRules(connections: 1)
            try await EdgeFixture.run([EdgeFixture.route(upstream.port)], with: { $0.clients = rules }) { _, port in
                let get = EdgeFixture.get("/")
                try await RawStream.connect(to: port) { stream in
                    try await stream.send(get)
                    #expect(try await stream.receiveMessage().hasPrefix("HTTP/1.1 200"))
                    #expect(try await talk(port, get)[0].hasPrefix("HTTP/1.1 429"))
                }
                var last = ""
                for _ in 0..<50 where !last.hasPrefix("HTTP/1.1 200") { last = try await talk(port, get)[0] }
                #expect(last.hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test func `a balancer's header names the client, and nobody else's does`() async throws {
        let echo: ScriptedUpstream.Script = { stream, _ in
            let head = try await stream.receiveMessage()
            let line = head.split(separator: "\r\n").first { $0.hasPrefix("X-Forwarded-For") } ?? ""
            try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: \(line.utf8.count)\r\n\r\n\(line)")
        }
        let header = "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r\n"
        try await ScriptedUpstream.serve(echo) { upstream in
            let routes = [EdgeFixture.route(upstream.port)]
            try await EdgeFixture.run(routes, with: { $0.balancers = ["127.0.0.0/8"] }) { _, port in
                let named = try await talk(port, header + EdgeFixture.get("/"))
                #expect(named[0].hasSuffix("X-Forwarded-For: 192.0.2.7"))
                // Without one, or with one that is malformed, there is nobody to answer.
                let plain = try await talk(port, EdgeFixture.get("/"))
                #expect(plain == [""])
            }
            try await EdgeFixture.run(routes, with: { $0.balancers = ["192.0.2.0/24"] }) { _, port in
                let plain = try await talk(port, EdgeFixture.get("/"))
                #expect(plain[0].hasSuffix("X-Forwarded-For: 127.0.0.1"))
                let named = try await talk(port, header + EdgeFixture.get("/"))
                #expect(named[0].hasPrefix("HTTP/1.1 400 "))
            }
        }
    }

    @Test func `a process beyond its limit of requests at a time answers 503`() async throws {
        let slow: ScriptedUpstream.Script = { stream, _ in
            _ = try await stream.receiveMessage()
            _ = try await stream.receiveAll()
        }
        try await ScriptedUpstream.serve(slow) { upstream in
            try await EdgeFixture.run(
                [EdgeFixture.route(upstream.port)], with: { $0.health = UpstreamRules(concurrency: 1) }
            ) { edge, port in
                try await RawStream.connect(to: port) { stream in
                    try await stream.send(EdgeFixture.get("/"))
                    while try await edge.counters().inFlight == 0 { try await Task.sleep(for: .milliseconds(5)) }
                    let answer = try await talk(port, EdgeFixture.get("/"))[0]
                    #expect(answer.hasPrefix("HTTP/1.1 503 "))
                    #expect(answer.contains("Retry-After: 1"))
                }
            }
        }
    }
}
