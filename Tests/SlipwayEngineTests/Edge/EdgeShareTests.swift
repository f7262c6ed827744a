// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayEngine

/// Several processes behind one route.
struct EdgeShareTests {
    /// Answers every request with its own name.
    private func named(_ name: String) -> ScriptedUpstream.Script {
        { stream, _ in
            while try await !stream.receiveMessage().isEmpty {
                try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: \(name.utf8.count)\r\n\r\n\(name)")
            }
        }
    }

    private func route(_ upstreams: [EdgeUpstream]) -> EdgeRoute {
        EdgeRoute(prefix: "/", service: "api", destination: .upstreams(upstreams))
    }

    private func answers(_ count: Int, from port: UInt16, _ request: String = EdgeFixture.get("/")) async throws
        -> [Character: Int]
    {
        try await RawStream.connect(to: port) { stream in
            var answers: [Character: Int] = [:]
            for _ in 0..<count {
                try await stream.send(request)
                answers[try await stream.receiveMessage().last ?? "?", default: 0] += 1
            }
            return answers
        }
    }

    @Test(
        arguments: [
            ([19, 1], 100, ["a": 95, "b": 5]), ([1, 1], 10, ["a": 5, "b": 5]), ([3, 0], 10, ["a": 10]),
            ([0, 0], 10, ["a": 5, "b": 5]), ([-1, 2], 10, ["b": 10]),
        ] as [([Int], Int, [Character: Int])])
    func `each process gets exactly its share`(_ weights: [Int], _ count: Int, _ expected: [Character: Int])
        async throws
    {
        try await ScriptedUpstream.serve(named("a")) { first in
            try await ScriptedUpstream.serve(named("b")) { second in
                let upstreams = [
                    EdgeUpstream(port: first.port, weight: weights[0]),
                    EdgeUpstream(port: second.port, weight: weights[1]),
                ]
                try await EdgeFixture.run([route(upstreams)]) { edge, port in
                    let counted = try await answers(count, from: port)
                    #expect(counted == expected)
                    let traffic = try await edge.traffic().map(\.requests).sorted()
                    #expect(traffic.filter { $0 > 0 } == expected.values.sorted())
                }
            }
        }
    }

    @Test func `a share changes between two requests and the connection stays`() async throws {
        try await ScriptedUpstream.serve(named("a")) { first in
            try await ScriptedUpstream.serve(named("b")) { second in
                let (old, new) = (EdgeUpstream(port: first.port), EdgeUpstream(port: second.port))
                try await EdgeFixture.run([route([old])]) { edge, port in
                    try await RawStream.connect(to: port) { stream in
                        for (upstreams, expected) in [([old], "a"), ([old, new], ""), ([new], "b")] {
                            try await edge.update(routes: [route(upstreams)])
                            try await stream.send(EdgeFixture.get("/"))
                            #expect(try await stream.receiveMessage().hasSuffix(expected))
                        }
                    }
                }
            }
        }
    }

    @Test func `a process that cannot be reached costs nobody a request`() async throws {
        try await ScriptedUpstream.serve(named("a")) { living in
            let upstreams = [EdgeUpstream(port: living.port), EdgeUpstream(port: 1, weight: 3, process: "api@2")]
            try await EdgeFixture.run([route(upstreams)]) { _, port in
                let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                let counted = try await answers(8, from: port, post)
                #expect(counted == ["a": 8])
            }
        }
    }

    @Test func `a route without a process says so`() async throws {
        try await EdgeFixture.run([route([])]) { _, port in
            try await RawStream.connect(to: port) { stream in
                try await stream.send(EdgeFixture.get("/"))
                let answer = try await stream.receiveMessage()
                #expect(answer.hasPrefix("HTTP/1.1 503 "))
                #expect(answer.contains("Retry-After: 1"))
            }
        }
    }
}
