// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

@testable import SlipwayEngine

/// A running edge that is gone when its test ends.
enum EdgeFixture {
    static func run<Result>(
        _ routes: [EdgeRoute], limits: EdgeLimits = EdgeLimits(), log: (@Sendable (AccessRecord) -> Void)? = nil,
        with change: (inout EdgeSpec) -> Void = { _ in },
        condition: @escaping @Sendable (String) -> ServiceCondition = { _ in .ready },
        _ body: (Edge, UInt16) async throws -> Result
    ) async throws -> Result {
        var spec = EdgeSpec(hosts: ["127.0.0.1"], port: 0, routes: routes, limits: limits)
        change(&spec)
        let edge = Edge(spec: spec, log: log, condition: condition)
        let port = try await edge.start().first?.port ?? 0
        do {
            let result = try await body(edge, port)
            await edge.shutdown(grace: .zero)
            return result
        } catch {
            await edge.shutdown(grace: .zero)
            throw error
        }
    }

    /// The edge in front of one scripted upstream.
    static func proxy<Result>(
        limits: EdgeLimits = EdgeLimits(), to script: @escaping ScriptedUpstream.Script,
        _ body: (UInt16, ScriptedUpstream.Counted) async throws -> Result
    ) async throws -> Result {
        try await ScriptedUpstream.serve(script) { upstream in
            try await run([route(upstream.port)], limits: limits) { _, port in try await body(port, upstream) }
        }
    }

    static func route(_ port: UInt16, prefix: String = "/", service: String = "api") -> EdgeRoute {
        EdgeRoute(prefix: prefix, service: service, destination: .upstream(port: port))
    }

    /// Answers every request with its own first line.
    static let echo: ScriptedUpstream.Script = { stream, number in
        while true {
            let head = try await stream.receiveMessage()
            guard !head.isEmpty else { return }
            let line = head.prefix { $0 != "\r\n" } + " #\(number)"
            try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: \(line.utf8.count)\r\n\r\n\(line)")
        }
    }

    static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n"
    }
}
