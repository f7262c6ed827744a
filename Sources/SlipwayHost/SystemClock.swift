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

    /// Seconds since the machine was started, sleep included where the system counts it: all processes agree on it,
    /// and nobody sets it.
    public static func secondsSinceBoot() -> Double {
        var time = timespec()
        #if canImport(Glibc)
        clock_gettime(CLOCK_BOOTTIME, &time)
        #else
        clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
