// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// Whether one upstream gets requests, by what its last ones came to: a circuit breaker. Pure.
///
/// After failures in a row there is a pause; when it is over one request goes through, and its outcome ends the pause
/// or begins one that is twice as long.
struct UpstreamHealth: Equatable {
    enum Failure: Equatable {
        /// Costs nobody any time, so it is no reason to spare the only process there is.
        case refused
        /// An end without an answer, an answer that is no HTTP, none in time.
        case broken
    }

    enum State: Equatable {
        case closed
        case paused(until: NIODeadline, onlyRefused: Bool)
        /// One request finds out.
        case trying(until: NIODeadline, onlyRefused: Bool)
    }

    private(set) var state = State.closed
    private var failures = 0
    private var serverErrors = 0
    private var pauses = 0
    private var hasOnlyRefused = true

    var isClosed: Bool { state == .closed }

    /// - Parameter isAlone: No other process could take the request.
    /// - Returns: Whether the upstream gets a request now; after `true` call ``began(at:_:)`` when it really does.
    func takes(at now: NIODeadline, isAlone: Bool) -> Bool {
        switch state {
        case .closed: true
        case .paused(let until, let onlyRefused), .trying(let until, let onlyRefused):
            now >= until || (isAlone && onlyRefused)
        }
    }

    mutating func began(at now: NIODeadline, _ rules: UpstreamRules) {
        guard case .paused(let until, let onlyRefused) = state, now >= until else { return }
        state = .trying(until: now + pause(rules), onlyRefused: onlyRefused)
    }

    mutating func succeeded() {
        guard failures > 0 || state != .closed || serverErrors > 0 else { return }
        self = UpstreamHealth()
    }

    /// - Returns: Whether a pause begins.
    @discardableResult
    mutating func failed(_ failure: Failure, at now: NIODeadline, _ rules: UpstreamRules) -> Bool {
        failures += 1
        hasOnlyRefused = hasOnlyRefused && failure == .refused
        if case .paused = state { return false }
        // A process that takes no connection is not there; the others need not find out one request after another.
        guard state != .closed || failures >= rules.failures || failure == .refused else { return false }
        startPause(at: now, rules)
        return true
    }

    /// An answer 5xx, which is the application's own word: it ends a trial, and counts only when the rules say so.
    @discardableResult
    mutating func answeredError(at now: NIODeadline, _ rules: UpstreamRules) -> Bool {
        guard let limit = rules.serverErrors else {
            succeeded()
            return false
        }
        serverErrors += 1
        hasOnlyRefused = false
        if case .paused = state { return false }
        guard state != .closed || serverErrors >= limit else { return false }
        startPause(at: now, rules)
        return true
    }

    private mutating func startPause(at now: NIODeadline, _ rules: UpstreamRules) {
        state = .paused(until: now + pause(rules), onlyRefused: hasOnlyRefused)
        pauses += 1
    }

    private func pause(_ rules: UpstreamRules) -> TimeAmount {
        let longest = rules.longestPause.nanoseconds
        let doubled = rules.pause.nanoseconds.multipliedReportingOverflow(by: 1 << Int64(min(pauses, 20)))
        return .nanoseconds(doubled.overflow ? longest : min(doubled.partialValue, longest))
    }
}
