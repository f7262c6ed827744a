// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// The limits of `EdgeLimits` in ticks of a coarse clock.
struct Timeouts: Equatable {
    /// A quarter of the shortest timeout, so that none is late by more, but never more than a second nor so short
    /// that ticking costs anything.
    let tick: TimeAmount
    let header: UInt32
    let idle: UInt32
    let body: UInt32
    let tunnel: UInt32
    /// How long a connection is read to its end after the response, so that the client gets to see it. nginx's
    /// lingering_timeout is 5 s, its lingering_time 30 s.
    let linger: UInt32

    var tickSeconds: Double { Double(tick.nanoseconds) / 1_000_000_000 }

    init(_ limits: EdgeLimits) {
        let all = [limits.headerTimeout, limits.idleTimeout, limits.bodyTimeout, limits.tunnelIdleTimeout]
        let shortest = all.map(\.nanoseconds).min() ?? 0
        let tick = min(max(shortest / 4, 20_000_000), 1_000_000_000)
        func ticks(_ duration: Duration) -> UInt32 {
            UInt32(clamping: (duration.nanoseconds + tick - 1) / tick)
        }
        self.tick = .nanoseconds(tick)
        header = ticks(limits.headerTimeout)
        idle = ticks(limits.idleTimeout)
        body = ticks(limits.bodyTimeout)
        tunnel = ticks(limits.tunnelIdleTimeout)
        linger = ticks(.seconds(5))
    }
}
