// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Everything below a folder with sizes, what Git ignores included: what a build context is made from.
package enum FolderFiles {
    /// A regular file, or a link that is not followed.
    package struct File: Sendable {
        /// Relative to the folder.
        package let path: String
        /// Of a link, the length of its target's name.
        package let sizeInBytes: Int
    }

    private struct Level {
        let listing: FolderListing
        let prefix: [UInt8]
        var position = 0
    }

    /// - Parameters:
    ///   - isSorted: Whether the files come in the order of their paths, which takes longer.
    ///   - skips: Whether a folder, named relative to the root, is left out with all that is in it.
    /// - Returns: The files; pipes, sockets and devices are left out.
    /// - Throws: ``SlipwayError`` `unreadable` when a folder may not be read.
    package static func read(
        _ directory: String, isSorted: Bool = true, skipping skips: (String) -> Bool = { _ in false }
    ) throws -> [File] {
        let root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0, let first = FolderListing(root: root, path: Array(".".utf8) + [0]) else {
            if root >= 0 { close(root) }
            throw SlipwayError(
                .unreadable, "\(directory) may not be read by this user", hint: "ls -ld \(ShellWord.quote(directory))")
        }
        defer { close(root) }
        var files: [File] = []
        var stack = [Level(listing: first, prefix: [])]
        while let level = stack.last {
            guard level.position < level.listing.items.count else {
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].position += 1
            let item = level.listing.items[level.position]
            let path = level.prefix + level.listing.name(item)
            let name = String(decoding: path, as: UTF8.self)
            switch item.kind {
            case .file, .link: files.append(File(path: name, sizeInBytes: size(root, path)))
            case .folder where skips(name): continue
            case .folder:
                guard let listing = FolderListing(root: root, path: path + [0]) else {
                    throw SlipwayError(
                        .unreadable, "\(name) may not be read by this user",
                        hint: "ls -ld \(ShellWord.quote(directory + "/" + name))")
                }
                stack.append(Level(listing: listing, prefix: path + [UInt8(ascii: "/")]))
            case .other: continue
            }
        }
        return isSorted ? files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) } : files
    }

    /// 0 for a file that went away since its folder was read.
    private static func size(_ root: Int32, _ path: [UInt8]) -> Int {
        var status = stat()
        let found = (path + [0]).withUnsafeBytes { raw -> Bool in
            guard let base = raw.bindMemory(to: CChar.self).baseAddress else { return false }
            return fstatat(root, base, &status, AT_SYMLINK_NOFOLLOW) == 0
        }
        return found ? Int(status.st_size) : 0
    }
}
