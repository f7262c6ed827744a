// SPDX-License-Identifier: Apache-2.0

/// What one upstream has answered since the edge first sent it something.
public struct UpstreamTraffic: Codable, Equatable, Sendable {
    /// On 127.0.0.1.
    public var port: UInt16
    /// Answered requests; upgraded connections and those whose client left are not among them.
    public var requests: Int
    /// Of them: 5xx, the edge's own among them.
    public var errors: Int
    /// From a request's complete head to the head of its response.
    public var latency: LatencyHistogram
    /// Times that it was left alone because requests to it failed.
    public var pauses: Int
    /// Requests that failed here and were tried again.
    public var retries: Int

    package init(
        port: UInt16, requests: Int = 0, errors: Int = 0, latency: LatencyHistogram = LatencyHistogram(),
        pauses: Int = 0, retries: Int = 0
    ) {
        self.port = port
        self.requests = requests
        self.errors = errors
        self.latency = latency
        self.pauses = pauses
        self.retries = retries
    }

    /// What was added since an earlier look.
    public func since(_ earlier: UpstreamTraffic) -> UpstreamTraffic {
        UpstreamTraffic(
            port: port, requests: requests - earlier.requests, errors: errors - earlier.errors,
            latency: latency.since(earlier.latency), pauses: pauses - earlier.pauses,
            retries: retries - earlier.retries)
    }

    /// Several event loops or processes together.
    public mutating func add(_ other: UpstreamTraffic) {
        requests += other.requests
        errors += other.errors
        latency.add(other.latency)
        pauses += other.pauses
        retries += other.retries
    }
}

/// Counts of durations in buckets that are at most a fifth wide: a few hundred bytes, no allocation when counting.
public struct LatencyHistogram: Codable, Equatable, Sendable {
    /// Four a doubling, from 1 microsecond to more than a minute.
    private static let buckets = 108

    /// Counts by bucket.
    public private(set) var counts: [Int]

    package init() { counts = [Int](repeating: 0, count: Self.buckets) }

    /// All of them.
    public var total: Int { counts.reduce(0, +) }

    /// - Parameter nanoseconds: Negative counts as zero.
    public mutating func count(nanoseconds: Int64) { counts[Self.bucket(nanoseconds)] += 1 }

    /// The largest duration of the bucket that holds this share of the counts; `nil` when nothing was counted.
    /// - Parameter share: From 0 to 1.
    public func quantile(_ share: Double) -> Duration? {
        let total = total
        guard total > 0 else { return nil }
        var left = max(1, Int((Double(total) * share).rounded(.up)))
        for (bucket, count) in counts.enumerated() {
            left -= count
            if left <= 0 { return Self.limit(of: bucket) }
        }
        return Self.limit(of: counts.count - 1)
    }

    /// How many took longer than a bucket's limit.
    public func above(_ limit: Duration) -> Int {
        zip(counts.indices, counts).reduce(0) { $0 + (Self.limit(of: $1.0) > limit ? $1.1 : 0) }
    }

    /// The sum of everything counted, each taken for its bucket's limit; not more than a fifth too much.
    public var approximateSeconds: Double {
        counts.enumerated().reduce(0) { $0 + Double($1.element) * (Self.limit(of: $1.offset) / .seconds(1)) }
    }

    /// What was added since an earlier look.
    public func since(_ earlier: LatencyHistogram) -> LatencyHistogram {
        var difference = self
        for (bucket, count) in earlier.counts.enumerated() where bucket < difference.counts.count {
            difference.counts[bucket] -= count
        }
        return difference
    }

    /// Both together.
    public mutating func add(_ other: LatencyHistogram) {
        for (bucket, count) in other.counts.enumerated() where bucket < counts.count { counts[bucket] += count }
    }

    private static func bucket(_ nanoseconds: Int64) -> Int {
        let microseconds = UInt64(max(nanoseconds, 0)) / 1000
        guard microseconds >= 4 else { return Int(microseconds) }
        let exponent = 63 - microseconds.leadingZeroBitCount
        let quarter = Int(microseconds >> UInt64(exponent - 2)) & 3
        return min((exponent - 1) * 4 + quarter, buckets - 1)
    }

    /// The first duration that is in a later bucket.
    package static func limit(of bucket: Int) -> Duration {
        guard bucket >= 4 else { return .microseconds(bucket + 1) }
        let exponent = bucket / 4 + 1
        return .microseconds((Int64(1) << Int64(exponent)) + Int64(bucket % 4 + 1) * (Int64(1) << Int64(exponent - 2)))
    }
}
