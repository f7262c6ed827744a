// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What lists of processes call this one. Started through /proc/self/exe, it would be called `exe`.
package enum ProcessName {
    /// - Parameter name: At most 15 bytes count (proc_pid_comm(5)); without /proc nothing happens.
    package static func set(_ name: String) {
        let file = open("/proc/self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        Descriptor.write(Array(name.utf8), to: file)
        Descriptor.close(file)
    }
}
