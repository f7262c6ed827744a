// SPDX-License-Identifier: Apache-2.0

/// What a watch saw, for the record.
public struct WatchVerdict: Codable, Equatable, Sendable {
    /// What it came to.
    public enum Judgement: String, Codable, Sendable {
        /// The new release is as good as the old one.
        case good
        /// It answers with more errors, or more slowly.
        case worse
        /// Too few requests came to tell; nothing spoke against it.
        case unsure
    }

    /// What it came to.
    public var judgement: Judgement
    /// Requests that the new release answered while it was watched.
    public var requests: Int
    /// Of them: 5xx.
    public var errors: Int
    /// Requests of the old release that it was compared with.
    public var oldRequests: Int
    /// Of them: 5xx.
    public var oldErrors: Int
    /// Milliseconds to the response's head.
    public var p99: Double?
    /// Of the old release.
    public var oldP99: Double?
    /// How long it was watched.
    public var seconds: Double

    package init(
        judgement: Judgement, requests: Int = 0, errors: Int = 0, oldRequests: Int = 0, oldErrors: Int = 0,
        p99: Double? = nil, oldP99: Double? = nil, seconds: Double = 0
    ) {
        self.judgement = judgement
        self.requests = requests
        self.errors = errors
        self.oldRequests = oldRequests
        self.oldErrors = oldErrors
        self.p99 = p99
        self.oldP99 = oldP99
        self.seconds = seconds
    }
}
