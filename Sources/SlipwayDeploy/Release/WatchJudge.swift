// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Compares a new release with the old one while requests come in, and decides as soon as it can. Pure.
///
/// Errors are judged by a sequential probability ratio test (A. Wald, Sequential Analysis, 1947), which asks whether the
/// new release's share is that of the old one or clearly higher, and needs no fixed number of requests: many errors are
/// seen after a few dozen, health after a few hundred. Slowness is judged second by second.
package struct WatchJudge: Sendable {
    /// A good release is sent back once in a thousand deploys at most.
    private static let falseAlarm = 0.001
    /// A bad one passes once in a hundred.
    private static let miss = 0.01
    /// Fewer requests never acquit.
    package static let leastRequests = 200
    /// Of the old release, for its times to count.
    private static let leastOldRequests = 50
    /// One request in a thousand fails anywhere; said of the old release with the weight of one request, so that a few
    /// answers of its own outweigh it.
    private static let usualErrors = 0.001
    /// What counts as clearly worse: two in a hundred more.
    private static let moreErrors = 0.02
    /// Slower than this times the old release's slowest twentieth is slow.
    private static let slowFactor = 3
    /// A difference below is nobody's concern.
    private static let slowFloor = Duration.milliseconds(250)
    /// Slow answers come in bursts (a cold start, a collection of garbage), so they are no independent events as the
    /// test wants them. Half of the answers must be slow in each of so many seconds in a row.
    private static let slowSeconds = 5
    /// In a second, for it to count.
    private static let leastPerSecond = 10

    private let old: UpstreamTraffic
    private let errorRate: Double
    private let slowLimit: Duration?
    private var secondBegan = Duration.zero
    private var beforeSecond = UpstreamTraffic(port: 0)
    private var slowStreak = 0

    /// - Parameter old: All that the old release has answered.
    package init(old: UpstreamTraffic) {
        self.old = old
        let counts = old.requests >= Self.leastOldRequests
        errorRate = max((Double(old.errors) + Self.usualErrors) / Double(old.requests + 1), Self.usualErrors)
        slowLimit = counts ? old.latency.quantile(0.95).map { max($0 * Self.slowFactor, Self.slowFloor) } : nil
    }

    /// - Parameters:
    ///   - new: What the new release has answered since the shift.
    ///   - isOver: No more time: what is known now decides.
    /// - Returns: `nil` while more requests are needed.
    package mutating func judge(_ new: UpstreamTraffic, after time: Duration, isOver: Bool) -> WatchVerdict? {
        countSecond(new, at: time)
        let errors = ratio(
            hits: new.errors, of: new.requests, usual: errorRate, raised: min(errorRate * 3 + Self.moreErrors, 0.9))
        let guilty = log(1 - Self.miss) - log(Self.falseAlarm)
        let innocent = log(Self.miss) - log(1 - Self.falseAlarm)
        if errors >= guilty || slowStreak >= Self.slowSeconds { return verdict(.worse, new, time) }
        let isWell = errors <= innocent && slowStreak == 0 && secondBegan > .zero
        if new.requests >= Self.leastRequests, isWell { return verdict(.good, new, time) }
        guard isOver else { return nil }
        return verdict(new.requests >= Self.leastRequests ? .good : .unsure, new, time)
    }

    private mutating func countSecond(_ new: UpstreamTraffic, at time: Duration) {
        guard let slowLimit else {
            secondBegan = time
            return
        }
        guard time - secondBegan >= .seconds(1) else { return }
        let second = new.since(beforeSecond)
        let isSlow = second.requests >= Self.leastPerSecond && second.latency.above(slowLimit) * 2 > second.requests
        slowStreak = isSlow ? slowStreak + 1 : 0
        beforeSecond = new
        secondBegan = time
    }

    /// The logarithm of how much likelier the hits are under the raised share than under the usual one.
    private func ratio(hits: Int, of total: Int, usual: Double, raised: Double) -> Double {
        Double(hits) * (log(raised) - log(usual)) + Double(total - hits) * (log(1 - raised) - log(1 - usual))
    }

    private func verdict(_ judgement: WatchVerdict.Judgement, _ new: UpstreamTraffic, _ time: Duration) -> WatchVerdict
    {
        WatchVerdict(
            judgement: judgement, requests: new.requests, errors: new.errors, oldRequests: old.requests,
            oldErrors: old.errors, p99: new.latency.quantile(0.99)?.milliseconds,
            oldP99: old.latency.quantile(0.99)?.milliseconds, seconds: time.milliseconds / 1000)
    }

    /// The natural logarithm, without a mathematics library: by halving into 0.5 to 1 and a series for atanh.
    private func log(_ value: Double) -> Double {
        let mantissa = value.significand
        let ratio = (mantissa - 1) / (mantissa + 1)
        var power = ratio
        var sum = 0.0
        for term in stride(from: 1.0, through: 41, by: 2) {
            sum += power / term
            power *= ratio * ratio
        }
        return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
    }
}

extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15 }
}
