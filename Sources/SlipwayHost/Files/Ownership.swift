// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Who owns files and who may reach them.
package enum Ownership {
    /// Gives a file or folder (not what is in it) to an account; needs root.
    package static func give(_ path: String, to account: Account) throws {
        guard lchown(path, account.userID, account.groupID) == 0 else {
            throw SlipwayError.file("change the owner of", path)
        }
    }

    /// The owner's numeric id and the permission bits, without following a symbolic link.
    package static func of(_ path: String) -> (userID: UInt32, mode: UInt32)? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return (status.st_uid, UInt32(status.st_mode))
    }

    /// Whether an account may pass through every folder above the path (search permission, as path_resolution(7)
    /// says; supplementary groups are not counted). Folders that do not exist yet do not stand in the way.
    package static func canTraverse(to path: String, as account: Account) -> Bool {
        var folder = FileStore.canonical(path) ?? path
        while let slash = folder.lastIndex(of: "/") {
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
            var status = stat()
            if stat(folder, &status) == 0 {
                let bit: mode_t =
                    status.st_uid == account.userID ? S_IXUSR : status.st_gid == account.groupID ? S_IXGRP : S_IXOTH
                guard status.st_mode & bit != 0 else { return false }
            }
            if folder == "/" { break }
        }
        return true
    }

    /// Makes `path` a symbolic link to `target`, replacing a link that stands there.
    package static func link(_ path: String, to target: String) throws {
        if let found = of(path), found.mode & UInt32(S_IFMT) == UInt32(S_IFLNK) { unlink(path) }
        guard symlink(target, path) == 0 else { throw SlipwayError.file("create the link", path) }
    }

    /// Where a symbolic link points to, or `nil` when the path is not one.
    package static func target(of path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
