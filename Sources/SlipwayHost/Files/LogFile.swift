// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A text file that grows line by line while a step runs; each opening starts it anew.
package final class LogFile: Sendable {
    package let path: String
    private let descriptor: Int32
    private let failure = Mutex<SlipwayError?>(nil)

    /// - Parameter path: In a folder that exists.
    package init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw SlipwayError.file("write", path) }
    }

    deinit { close(descriptor) }

    /// Appends a line; the first failure is kept for ``check()``, because the step that logs must not stop half-way.
    package func write(line: String) { write(bytes: Array((line + "\n").utf8)) }

    /// Appends bytes as they are, as ``write(line:)`` does.
    package func write(bytes: [UInt8]) {
        failure.withLock { failure in
            do {
                try FileBytes.write(bytes, to: descriptor, path: path)
            } catch {
                failure = failure ?? (error as? SlipwayError)
            }
        }
    }

    /// - Throws: What went wrong while writing, `diskFull` most likely.
    package func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
