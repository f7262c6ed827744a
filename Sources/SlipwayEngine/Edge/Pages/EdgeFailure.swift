// SPDX-License-Identifier: Apache-2.0

/// Why the edge answers itself instead of passing a response on.
struct EdgeFailure: Equatable {
    var status: UInt16
    /// `nil` when it has nothing to do with a service.
    var service: String?
    /// For everyone: lower case, no full stop.
    var reason: String
    /// For the person at this machine only.
    var cause: String?
    var hint: String?
    var retryAfterSeconds: Int?
    var allow: String?

    static func violation(_ violation: ProtocolViolation) -> Self {
        Self(status: violation.status, reason: violation.reason)
    }

    static let noRoute = Self(
        status: 404, reason: "no service answers this address",
        hint: "routes are listed by: slipway detect --explain")

    static func fileNotFound(service: String) -> Self {
        Self(status: 404, service: service, reason: "there is no such file")
    }

    static func methodNotAllowed(allow: String) -> Self {
        Self(status: 405, reason: "this method is not allowed here", allow: allow)
    }

    static func clientTooSlow() -> Self { Self(status: 408, reason: "the request did not arrive in time") }

    static func tooMany(retryAfter seconds: Int, _ what: String) -> Self {
        Self(status: 429, reason: "too many \(what) from this address", retryAfterSeconds: seconds)
    }

    /// The route has no process, or none that may get requests now.
    static func nobody(service: String) -> Self {
        Self(
            status: 503, service: service, reason: "\(service) has no process that takes requests now",
            hint: "slipway status", retryAfterSeconds: 1)
    }

    /// No connection came about.
    static func unreachable(service: String, port: UInt16, condition: ServiceCondition, timedOut: Bool) -> Self {
        let cause =
            timedOut
            ? "connecting to 127.0.0.1:\(port) timed out" : "connecting to 127.0.0.1:\(port) was refused"
        switch condition {
        case .starting:
            return Self(
                status: 503, service: service, reason: "\(service) is starting", cause: cause,
                hint: "slipway logs \(service)", retryAfterSeconds: 1)
        case .down(let reason):
            return Self(
                status: 503, service: service, reason: "\(service) is down", cause: reason,
                hint: "slipway logs \(service)", retryAfterSeconds: 5)
        case .ready:
            return Self(
                status: timedOut ? 504 : 502, service: service, reason: "\(service) cannot be reached", cause: cause,
                hint: "slipway status")
        }
    }

    /// The service is being exchanged and takes longer than a request may wait.
    static func held(service: String) -> Self {
        Self(
            status: 503, service: service, reason: "\(service) is being updated",
            cause: "requests are held while it is exchanged, and this one has waited as long as it may",
            hint: "slipway status", retryAfterSeconds: 2)
    }

    static func ended(service: String, port: UInt16) -> Self {
        Self(
            status: 502, service: service, reason: "\(service) closed the connection without an answer",
            cause: "127.0.0.1:\(port) ended the connection before the first byte of a response",
            hint: "slipway logs \(service)")
    }

    static func malformed(service: String, _ violation: ProtocolViolation) -> Self {
        Self(
            status: 502, service: service, reason: "\(service) sent a response that is not valid HTTP",
            cause: violation.reason, hint: "slipway logs \(service)")
    }

    static func tooSlow(service: String, limit: Duration) -> Self {
        Self(
            status: 504, service: service, reason: "\(service) did not answer in time",
            cause: "nothing was received for \(limit.components.seconds) s", hint: "slipway logs \(service)")
    }
}
