// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Small steps on raw file descriptors, for code that must start without a large library.
package enum Descriptor {
    /// A pipe that programs started elsewhere in this process do not inherit.
    package static func pipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard slipway_pipe(&ends) == 0 else { return nil }
        return (ends[0], ends[1])
    }

    /// Writes everything, however slowly the other side reads; false when nobody reads any more.
    @discardableResult
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = systemWrite(descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
                if count > 0 { sent += count } else if errno != EINTR { return false }
            }
            return true
        }
    }

    /// Up to `limit` bytes; empty at the end, `nil` on an error such as "nothing there now" of a non-blocking one.
    package static func read(_ descriptor: Int32, limit: Int) -> [UInt8]? {
        var count = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
            repeat { count = systemRead(descriptor, buffer.baseAddress, limit) } while count < 0 && errno == EINTR
            initialized = max(count, 0)
        }
        return count < 0 ? nil : bytes
    }

    package static func setNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    package static func close(_ descriptor: Int32) { systemClose(descriptor) }

    /// A whole small file, of /proc for instance; `nil` when it cannot be read.
    package static func contents(of path: String, limit: Int = 16 << 20) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var all: [UInt8] = []
        while all.count < limit, let chunk = read(descriptor, limit: 64 << 10), !chunk.isEmpty { all += chunk }
        return all
    }
}

// The methods above hide the system's functions of the same names.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

private func systemClose(_ descriptor: Int32) { _ = close(descriptor) }
