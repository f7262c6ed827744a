// SPDX-License-Identifier: Apache-2.0

/// Which release gets the requests from now on, and where they go.
public struct EdgeShift: Codable, Equatable, Sendable {
    /// `nil` for processes that belong to no numbered release.
    public var release: Int?
    /// The whole new table.
    public var routes: [EdgeRoute]

    package init(release: Int?, routes: [EdgeRoute]) {
        self.release = release
        self.routes = routes
    }
}

/// How requests under way with some upstreams come to their end.
public struct DrainOrder: Codable, Equatable, Sendable {
    /// Upstreams on 127.0.0.1 that get no new requests any more.
    public var ports: [UInt16]
    /// WebSockets and event streams go on for this long, then each is closed as its protocol wants it.
    public var streamGrace: Duration
    /// Over which the streams' ends are spread, so that their clients do not come back all at once.
    public var spread: Duration
    /// Whatever is still under way then is cut. 30 s is kamal-proxy's drain timeout (internal/server/service.go).
    public var deadline: Duration

    package init(
        ports: [UInt16], streamGrace: Duration = .seconds(5), spread: Duration = .seconds(1),
        deadline: Duration = .seconds(30)
    ) {
        self.ports = ports
        self.streamGrace = streamGrace
        self.spread = spread
        self.deadline = deadline
    }
}

/// What a drain came to.
public struct DrainReport: Codable, Equatable, Sendable {
    /// WebSockets that got a close frame with code 1012 (service restart).
    public var closedSockets: Int
    /// Event streams that were ended between two events.
    public var endedStreams: Int
    /// Requests and streams that were cut at the deadline.
    public var cut: Int

    package init(closedSockets: Int = 0, endedStreams: Int = 0, cut: Int = 0) {
        self.closedSockets = closedSockets
        self.endedStreams = endedStreams
        self.cut = cut
    }
}

/// Bounds of the time in which requests wait because their service is being exchanged.
public struct HoldOrder: Codable, Equatable, Sendable {
    /// Service names, as in the routes.
    public var services: [String]
    /// Each request waits no longer; then it is answered 503. 30 s is kamal-proxy's pause limit.
    public var patience: Duration
    /// More are answered 503 at once.
    public var limit: Int

    package init(services: [String], patience: Duration = .seconds(30), limit: Int = 10_000) {
        self.services = services
        self.patience = patience
        self.limit = limit
    }
}

/// When a process counts as good, seen from outside it.
public struct VerifyOrder: Codable, Equatable, Sendable {
    /// Its name among those that the engine runs.
    public var process: String
    /// Where it listens on 127.0.0.1; `nil` for a worker, of which only its staying up is looked at.
    public var port: UInt16?
    /// Each must answer 200 to 399; none means that a connection is enough.
    public var paths: [String]
    /// Good rounds in a row. 3 tells a server that answers by chance between two crashes.
    public var successes: Int
    /// Bad rounds in a row that end it before the deadline.
    public var failures: Int
    /// Between two rounds.
    public var interval: Duration
    /// From the first round.
    public var deadline: Duration

    package init(
        process: String, port: UInt16?, paths: [String] = [], successes: Int = 3, failures: Int = 50,
        interval: Duration = .milliseconds(50),
        deadline: Duration = .seconds(30)
    ) {
        self.process = process
        self.port = port
        self.paths = paths
        self.successes = successes
        self.failures = failures
        self.interval = interval
        self.deadline = deadline
    }
}
