// SPDX-License-Identifier: Apache-2.0

/// What has passed through the edge since it started.
public struct EdgeCounters: Equatable, Sendable, Codable {
    /// Responses by the first digit of their status.
    public struct Service: Equatable, Sendable, Codable {
        /// 1xx: upgraded connections.
        public internal(set) var informational = 0
        /// 2xx.
        public internal(set) var successful = 0
        /// 3xx, 304 among them.
        public internal(set) var redirected = 0
        /// 4xx.
        public internal(set) var clientErrors = 0
        /// 5xx, the edge's own among them.
        public internal(set) var serverErrors = 0
        /// The client left before there was an answer.
        public internal(set) var abandoned = 0

        mutating func count(_ status: UInt16) {
            switch status {
            case 100..<200: informational += 1
            case 200..<300: successful += 1
            case 300..<400: redirected += 1
            case 400..<500: clientErrors += 1
            case 500...: serverErrors += 1
            default: abandoned += 1
            }
        }

        mutating func add(_ other: Service) {
            informational += other.informational
            successful += other.successful
            redirected += other.redirected
            clientErrors += other.clientErrors
            serverErrors += other.serverErrors
            abandoned += other.abandoned
        }
    }

    /// Complete request heads.
    public internal(set) var requests = 0
    /// Requests whose response is not complete, tunnels among them.
    public internal(set) var inFlight = 0
    /// Open client connections.
    public internal(set) var connections = 0
    /// Requests answered 429, because their client had taken what it may.
    public internal(set) var limited = 0
    /// Written to clients, before encryption.
    public internal(set) var sentBytes = 0
    /// By service name; requests without a route are under the empty name.
    public internal(set) var services: [String: Service] = [:]

    mutating func add(_ other: EdgeCounters) {
        requests += other.requests
        inFlight += other.inFlight
        connections += other.connections
        limited += other.limited
        sentBytes += other.sentBytes
        for (name, counters) in other.services { services[name, default: Service()].add(counters) }
    }
}
