// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayEngine

/// The edge by itself, for measuring and for trying it by hand.
public struct EdgeBench: Sendable {
    private let edge: Edge

    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - upstream: Gets everything, or everything below `/api` when there is a `root`; on 127.0.0.1.
    ///   - root: A folder whose files are served.
    ///   - threads: Event loops.
    public init(port: UInt16, upstream: UInt16?, root: String?, threads: Int) {
        var routes: [EdgeRoute] = []
        if let root {
            routes.append(
                EdgeRoute(prefix: "/", service: "files", destination: .files(root: root, fallback: "index.html")))
        }
        if let upstream {
            let prefix = root == nil ? "/" : "/api"
            routes.append(EdgeRoute(prefix: prefix, service: "upstream", destination: .upstream(port: upstream)))
        }
        edge = Edge(spec: EdgeSpec(port: port, routes: routes), threads: threads) { _ in .ready }
    }

    /// Begins to serve.
    /// - Returns: The addresses bound, as `host:port`.
    /// - Throws: ``SlipwayError`` `port-in-use`.
    public func start() async throws -> [String] {
        try await edge.start().map { "\($0.host.contains(":") ? "[\($0.host)]" : $0.host):\($0.port)" }
    }

    /// Serves until the process ends.
    public func wait() async { await edge.waitUntilClosed() }
}
