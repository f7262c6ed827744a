// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps two processes from changing one small file at the same time; the kernel frees it whatever way its holder dies.
package enum FileLock {
    /// For work that takes long, whose end this process's end is at the latest.
    /// - Returns: What ``release(_:)`` takes; `nil` when another process has it.
    package static func claim(_ path: String) throws -> Int32? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SlipwayError.file("open", path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            if number == EINTR { continue }
            close(descriptor)
            guard number == EWOULDBLOCK else { throw SlipwayError.file("lock", path, errno: number) }
            return nil
        }
        return descriptor
    }

    package static func release(_ descriptor: Int32) { close(descriptor) }

    /// - Parameter path: Created when it is not there, and left there.
    package static func hold<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SlipwayError.file("open", path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw SlipwayError.file("lock", path) }
        }
        return try body()
    }
}
