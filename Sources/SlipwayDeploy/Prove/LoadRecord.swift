// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What the load of a trial showed, by service; filled by the proof that sends it.
final class LoadRecord: Sendable {
    private let peaks = Mutex<[String: Int]>([:])
    private let times = Mutex<[String: [Double]]>([:])

    func set(_ service: String, peak: Int?, latencies: [Double]) {
        if let peak { peaks.withLock { $0[service] = peak } }
        times.withLock { $0[service] = latencies.sorted() }
    }

    func peak(of service: String) -> Int? { peaks.withLock { $0[service] } }
    func latencies(of service: String) -> [Double] { times.withLock { $0[service] ?? [] } }
}
