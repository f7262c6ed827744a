// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Requests to end, as data. One stream per process: signals belong to the whole of it.
package enum SignalStream {
    /// SIGTERM, SIGINT and SIGHUP from now on.
    package static func terminations() -> AsyncStream<Int32> {
        let watched = [SIGTERM, SIGINT, SIGHUP]
        let descriptor = slipway_watch_signals(watched, Int32(watched.count))
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        guard descriptor >= 0 else { return stream }
        DedicatedThread.start {
            while let bytes = Descriptor.read(descriptor, limit: 16), !bytes.isEmpty {
                for byte in bytes { continuation.yield(Int32(byte)) }
            }
        }
        return stream
    }

    /// Makes a write to a closed pipe or socket an error instead of the end.
    package static func ignoreBrokenPipes() { slipway_ignore_broken_pipes() }
}
