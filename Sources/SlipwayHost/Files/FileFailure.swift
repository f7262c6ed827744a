// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SlipwayError {
    /// What a failed system call on a file means to the person who runs the command.
    package static func file(_ action: String, _ path: String, errno number: Int32 = errno) -> SlipwayError {
        let reason = String(cString: strerror(number))
        switch number {
        case ENOSPC, EDQUOT:
            return SlipwayError(
                .diskFull, "no space left to \(action) \(path)", hint: "df -h \(ShellWord.quote(path))")
        case ENOENT, ENOTDIR, EISDIR, ELOOP:
            return SlipwayError(.unreadable, "cannot \(action) \(path): \(reason.lowercased())")
        default:
            return SlipwayError(
                .writeFailed, "cannot \(action) \(path): \(reason.lowercased())",
                hint: "ls -ld \(ShellWord.quote(path))")
        }
    }
}
