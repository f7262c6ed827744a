// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDeploy

struct WatchJudgeTests {
    private static func traffic(_ requests: Int, errors: Int, milliseconds: Int64 = 20) -> UpstreamTraffic {
        var traffic = UpstreamTraffic(port: 1, requests: requests, errors: errors)
        for _ in 0..<requests { traffic.latency.count(nanoseconds: milliseconds * 1_000_000) }
        return traffic
    }

    @Test(arguments: [
        (400, 0, 20, WatchVerdict.Judgement.good), (400, 20, 20, .worse), (60, 6, 20, .worse), (3, 3, 20, .worse),
        (400, 0, 60, .good),
    ])
    func `a release with clearly more errors is sent back`(
        requests: Int, errors: Int, milliseconds: Int64, expected: WatchVerdict.Judgement
    ) {
        var judge = WatchJudge(old: Self.traffic(8000, errors: 4))
        let verdict = judge.judge(
            Self.traffic(requests, errors: errors, milliseconds: milliseconds), after: .seconds(1), isOver: false)
        #expect(verdict?.judgement == expected)
    }

    @Test func `a release that stays slow is sent back, one that starts slowly is not`() {
        var judge = WatchJudge(old: Self.traffic(8000, errors: 4))
        var seen = UpstreamTraffic(port: 1)
        for second in 1...6 {
            seen.add(Self.traffic(40, errors: 0, milliseconds: 900))
            let verdict = judge.judge(seen, after: .seconds(second), isOver: false)
            #expect(verdict?.judgement == (second < 5 ? nil : .worse))
        }
        judge = WatchJudge(old: Self.traffic(8000, errors: 4))
        seen = Self.traffic(300, errors: 0, milliseconds: 900)
        #expect(judge.judge(seen, after: .seconds(1), isOver: false) == nil)
        seen.add(Self.traffic(300, errors: 0))
        #expect(judge.judge(seen, after: .seconds(2), isOver: false)?.judgement == .good)
    }

    @Test func `a release is not blamed for errors that the old one has too`() {
        var judge = WatchJudge(old: Self.traffic(2000, errors: 200))
        #expect(judge.judge(Self.traffic(600, errors: 60), after: .seconds(1), isOver: false)?.judgement == .good)
        judge = WatchJudge(old: Self.traffic(2000, errors: 200))
        #expect(judge.judge(Self.traffic(600, errors: 300), after: .seconds(1), isOver: false)?.judgement == .worse)
    }

    @Test(arguments: [10, 48]) func `a few requests to the old release count, when they all failed`(requests: Int) {
        var judge = WatchJudge(old: Self.traffic(requests, errors: requests))
        #expect(judge.judge(Self.traffic(20, errors: 20), after: .seconds(1), isOver: false)?.judgement != .worse)
        judge = WatchJudge(old: Self.traffic(requests, errors: 0))
        #expect(judge.judge(Self.traffic(20, errors: 20), after: .seconds(1), isOver: false)?.judgement == .worse)
    }

    @Test(arguments: [(0, 0), (1, 1), (20, 0), (199, 0)])
    func `too few requests decide nothing until the time is over`(requests: Int, errors: Int) {
        var judge = WatchJudge(old: Self.traffic(0, errors: 0))
        let seen = Self.traffic(requests, errors: errors)
        #expect(judge.judge(seen, after: .seconds(1), isOver: false) == nil)
        #expect(judge.judge(seen, after: .seconds(10), isOver: true)?.judgement == .unsure)
    }

    @Test(arguments: [(0, 1), (999, 1), (1000, 2), (20_000_000, 20_480), (100_000_000_000, 134_217_728)])
    func `a quantile is at most a fifth above the value`(nanoseconds: Int64, atMostMicroseconds: Int64) {
        var histogram = LatencyHistogram()
        histogram.count(nanoseconds: nanoseconds)
        let found = histogram.quantile(0.99) ?? .zero
        #expect(found >= .nanoseconds(nanoseconds))
        #expect(found <= .microseconds(max(atMostMicroseconds, nanoseconds / 1000 * 5 / 4 + 1)))
    }
}
