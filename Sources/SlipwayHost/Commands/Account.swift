// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An account of this machine, from its user database.
package struct Account: Equatable, Sendable {
    package let name: String
    package let userID: UInt32
    package let groupID: UInt32
    package let home: String

    /// The account that this process acts for.
    package static var effectiveUserID: UInt32 { geteuid() }
    package static var isRoot: Bool { geteuid() == 0 }

    /// The account of this name, or `nil` when the machine has none.
    package static func named(_ name: String) -> Account? {
        // 16 KiB is more than sysconf(_SC_GETPW_R_SIZE_MAX) says on Linux and macOS.
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &result) == 0, result != nil else { return nil }
        let home = entry.pw_dir.map { String(cString: $0) } ?? "/"
        return Account(name: name, userID: entry.pw_uid, groupID: entry.pw_gid, home: home)
    }
}
