// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The engine's own beginning: what it is told on standard input, and the one line it answers.
package enum StandardStreams {
    package static var ownIdentifier: Int32 { getpid() }

    /// Everything up to the end, at most 64 MB.
    package static func readInput() -> [UInt8] {
        var all: [UInt8] = []
        while all.count < 64 << 20, let more = Descriptor.read(0, limit: 64 << 10), !more.isEmpty { all += more }
        return all
    }

    /// Writes the line and closes standard output, on which nobody listens afterwards.
    package static func announce(_ announcement: EngineAnnouncement) {
        guard let bytes = try? JSONEncoder().encode(announcement) else { return }
        Descriptor.write(Array(bytes) + [UInt8(ascii: "\n")], to: 1)
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard null >= 0 else { return }
        _ = dup2(null, 1)
        Descriptor.close(null)
    }
}
