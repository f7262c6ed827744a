// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The machine's time, for code that must not reach for it.
public enum SystemClock {
    /// Steady time: for deadlines, pauses and measuring.
    public static let steady = ContinuousClock()

    /// Seconds since the Unix epoch, as the machine believes.
    public static func secondsSinceEpoch() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
