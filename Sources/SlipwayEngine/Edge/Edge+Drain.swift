// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
public import SlipwayCore
internal import SlipwayHost

extension Edge {
    /// Waits until nothing is under way with some upstreams. Streams are ended properly when their grace is over, and
    /// whatever is left at the deadline is cut.
    public func drain(_ order: DrainOrder) async throws -> DrainReport {
        let ports = Set(order.ports)
        return try await finish(order, round: .milliseconds(10)) { loop, share, cutsAll in
            loop.drainRound(ports, endsStreams: share, cutsAll: cutsAll)
        }
    }

    /// Looks at every loop again and again until none has anything left. Streams are ended in equal shares over
    /// ``DrainOrder/spread``, so that their clients do not all come back at once.
    /// - Parameters:
    ///   - isOver: Whether nobody waits for the rest any more: then all is cut before the deadline.
    ///   - look: One look at what a loop has left. Gets how many streams it may end now, and whether all is to be cut.
    func finish(
        _ order: DrainOrder, round: Duration, isOver: @Sendable () -> Bool = { false },
        look: @escaping @Sendable (EdgeLoop, Int, Bool) -> DrainRound
    ) async throws -> DrainReport {
        var report = DrainReport()
        let began = SystemClock.steady.now
        let rounds = max(1, Int(order.spread / round))
        var share: Int?
        while true {
            let passed = SystemClock.steady.now - began
            let cutsAll = passed >= order.deadline || isOver()
            let allowance = share ?? 0
            var left = 0
            for loop in loops {
                let found = try await loop.eventLoop.submit { look(loop.value, allowance, cutsAll) }.get()
                report.add(found)
                left += found.left
            }
            if left == 0 { return report }
            if passed >= order.streamGrace, share == nil { share = max(1, left / rounds) }
            try await SystemClock.steady.sleep(for: round)
        }
    }
}
