// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// What clients saw of an application.
public struct LoadResult: Codable, Equatable, Sendable {
    /// Requests of one stretch of time, by when they were due.
    public struct Stretch: Codable, Equatable, Sendable {
        /// Answered or lost.
        public internal(set) var requests = 0
        /// No answer: refused, reset, closed, cut short, or none in time.
        public internal(set) var lost = 0
        /// Answered with 5xx.
        public internal(set) var unexpected5xx = 0
        /// Answered later than the plan allows.
        public internal(set) var late = 0
        /// From the moment a request was due, not from when it could be sent, to its whole answer.
        public internal(set) var latency = LatencyHistogram()

        mutating func count(_ outcome: LoadRequest.Outcome, nanoseconds: Int64, isLate: Bool) {
            requests += 1
            latency.count(nanoseconds: nanoseconds)
            if isLate { late += 1 }
            switch outcome {
            case .answered(let status): if status >= 500 { unexpected5xx += 1 }
            case .lost: lost += 1
            }
        }
    }

    /// How long each of the ``slices`` is.
    public static let sliceLength = Duration.milliseconds(500)

    /// Long-lived connections of one kind.
    public struct Streams: Codable, Equatable, Sendable {
        /// Connections that came about.
        public internal(set) var opened = 0
        /// Ended as their protocol wants it: for a WebSocket a close frame with 1012.
        public internal(set) var ended = 0
        /// Ended without a word.
        public internal(set) var cut = 0
        /// Refused, or answered with something else.
        public internal(set) var refused = 0
    }

    /// In the order in which they were begun, by name.
    public internal(set) var stretches: [String: Stretch] = [:]
    /// All requests again, by when they were due, from the first one on.
    public internal(set) var slices: [Stretch] = []
    /// WebSockets.
    public internal(set) var webSockets = Streams()
    /// Server-sent events.
    public internal(set) var eventStreams = Streams()
    /// Slow uploads: `ended` are those that were answered.
    public internal(set) var uploads = Streams()
    /// Why requests were lost, with how often.
    public internal(set) var reasons: [String: Int] = [:]

    /// All stretches together.
    public var total: Stretch {
        var total = Stretch()
        for stretch in stretches.values {
            total.requests += stretch.requests
            total.lost += stretch.lost
            total.unexpected5xx += stretch.unexpected5xx
            total.late += stretch.late
            total.latency.add(stretch.latency)
        }
        return total
    }
}
