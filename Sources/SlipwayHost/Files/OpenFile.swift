// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file opened for one answer; closed when nobody needs it any more, whatever way the answer ends.
package final class OpenFile: Sendable {
    private let descriptor: Int32

    /// - Parameter path: Without links in it: the last part is not followed, and a FIFO does not block.
    package init?(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Returns: `nil` when the file is not as long as it was.
    package func read(_ size: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            while count < size, let base = memory.baseAddress {
                let received = pread(descriptor, base + count, size - count, off_t(count))
                guard received > 0 else { return }
                count += received
            }
        }
        return bytes.count == size ? bytes : nil
    }

    /// Another descriptor of the same file, which belongs to the caller.
    package func duplicate() -> Int32? {
        let copy = dup(descriptor)
        return copy >= 0 ? copy : nil
    }
}
