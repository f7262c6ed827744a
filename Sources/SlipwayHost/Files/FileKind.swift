// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What stands at a path, a symbolic link itself rather than what it points to.
package enum FileKind: Equatable, Sendable {
    case nothing
    /// A regular file with its permission bits.
    case file(mode: UInt32)
    case folder
    case link
    /// A device, a socket, a FIFO.
    case other
    /// A file stands where a folder on the way would have to be.
    case underFile
}

extension FileKind {
    /// What stands at an absolute path.
    /// - Throws: ``SlipwayError`` `unreadable` when it may not be seen.
    init(at full: String) throws {
        var status = stat()
        guard lstat(full, &status) == 0 else {
            switch errno {
            case ENOENT: self = .nothing
            case ENOTDIR: self = .underFile
            default: throw SlipwayError.file("look at", full)
            }
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file(mode: UInt32(status.st_mode & 0o7777))
        case S_IFDIR: self = .folder
        case S_IFLNK: self = .link
        default: self = .other
        }
    }
}

extension FileStore {
    /// What stands at a path below the root.
    /// - Throws: ``SlipwayError`` `unreadable` when the way there leads out of the folder, or may not be seen.
    package func kind(of path: String) throws -> FileKind { try FileKind(at: try resolve(path)) }
}
