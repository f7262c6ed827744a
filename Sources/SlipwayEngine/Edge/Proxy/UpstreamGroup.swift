// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// The processes that share one route's requests on one event loop, each by its weight.
///
/// Smooth weighted round robin (nginx, ngx_http_upstream_round_robin.c): of 20 requests exactly one goes to a canary of
/// 5 %, and never two in a row, which a random choice promises only on average.
final class UpstreamGroup {
    struct Member {
        let pool: UpstreamPool
        let weight: Int
        let process: String
        var balance = 0
        /// Seen by the supervisor, once a tick.
        var isReady = true
    }

    /// Weights are multiplied with it, so that a process that warms up can have a part of its share.
    private static let fullShare = 100

    private(set) var members: [Member]

    init(_ members: [Member]) { self.members = members }

    /// Who gets the next request.
    /// - Parameter others: Already tried in vain.
    /// - Returns: `nil` when nobody may have it.
    @inline(__always) func choose(at now: NIODeadline, but others: [UpstreamPool] = []) -> UpstreamPool? {
        guard members.count == 1, others.isEmpty else { return balanced(at: now, but: others) }
        let pool = members[0].pool
        return pool.takes(at: now, isAlone: true) ? pool : nil
    }

    private func balanced(at now: NIODeadline, but others: [UpstreamPool]) -> UpstreamPool? {
        func share(_ member: Member, _ weight: Int) -> Int {
            guard weight > 0, !others.contains(where: { $0 === member.pool }) else { return 0 }
            return weight * member.pool.share(at: now, full: Self.fullShare)
        }
        // With nobody good left, the weights decide alone: an answer that says what is wrong is better than none.
        return weighted { $0.isReady && $0.pool.takes(at: now, isAlone: false) ? share($0, $0.weight) : 0 }
            ?? weighted { $0.isReady && $0.pool.takes(at: now, isAlone: false) ? share($0, 1) : 0 }
            ?? weighted { $0.pool.takes(at: now, isAlone: true) ? share($0, $0.weight) : 0 }
            ?? weighted { $0.pool.takes(at: now, isAlone: true) ? share($0, 1) : 0 }
    }

    private func weighted(_ share: (Member) -> Int) -> UpstreamPool? {
        var total = 0
        var best: Int?
        for index in members.indices {
            let share = share(members[index])
            guard share > 0 else { continue }
            members[index].balance += share
            total += share
            if best.map({ members[index].balance > members[$0].balance }) ?? true { best = index }
        }
        guard let best else { return nil }
        members[best].balance -= total
        return members[best].pool
    }

    /// Whose condition explains why one of them does not answer.
    func process(of pool: UpstreamPool) -> String? { members.first { $0.pool === pool }?.process }

    /// What the supervisor sees of each decides who gets requests; of one alone it changes nothing.
    func refresh(_ condition: (String) -> ServiceCondition) {
        guard members.count > 1 else { return }
        for index in members.indices {
            let isReady = condition(members[index].process) == .ready
            if isReady, !members[index].isReady { members[index].pool.warmUp() }
            members[index].isReady = isReady
        }
    }
}
