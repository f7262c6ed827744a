// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// Counts what one upstream answers, on one event loop.
final class UpstreamStatistics {
    private(set) var value: UpstreamTraffic

    init(port: UInt16) { value = UpstreamTraffic(port: port) }

    func count(_ status: UInt16, after latency: TimeAmount) {
        value.requests += 1
        if status >= 500 { value.errors += 1 }
        value.latency.count(nanoseconds: latency.nanoseconds)
    }

    func countPause() { value.pauses += 1 }
    func countRetry() { value.retries += 1 }
}
