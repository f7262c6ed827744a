// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks whether a process group still has members.
enum ProcessGroupProbe {
    /// Waits a moment for the system to remove what was killed already.
    static func isEmpty(_ group: Int32) -> Bool {
        for _ in 0..<200 {
            if kill(-group, 0) != 0, errno == ESRCH { return true }
            usleep(10_000)
        }
        return false
    }
}
