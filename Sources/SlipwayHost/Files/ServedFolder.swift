// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder that is shown to the internet: nothing outside it and nothing hidden can be found through it.
package struct ServedFolder: Sendable {
    private let root: String

    /// - Returns: `nil` when there is no such folder.
    package init?(_ path: String) {
        guard let root = Self.resolved(path) else { return nil }
        self.root = root
    }

    /// A file or folder below it.
    package struct Entry: Sendable {
        /// Absolute, without links.
        package let path: String
        package let isRegular: Bool
        package let size: Int
        /// Since the Unix epoch.
        package let modifiedNanoseconds: Int
        package let inode: UInt64
    }

    /// - Parameter relative: Without a leading slash; empty for the folder itself.
    /// - Returns: `nil` for what is not there, is neither file nor folder, or is, once its links are followed, outside
    ///   the folder or hidden by a leading dot (`.well-known` at the top is not: RFC 8615).
    package func entry(_ relative: String) -> Entry? {
        guard let path = Self.resolved(relative.isEmpty ? root : root + "/" + relative) else { return nil }
        let base = root == "/" ? "/" : root + "/"
        guard path == root || path.hasPrefix(base) else { return nil }
        let below = path.dropFirst(base.count).split(separator: "/")
        let isHidden = below.enumerated().contains { $1.hasPrefix(".") && !($0 == 0 && $1 == ".well-known") }
        var status = stat()
        guard !isHidden, stat(path, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else { return nil }
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        return Entry(
            path: path, isRegular: kind == S_IFREG, size: Int(status.st_size),
            modifiedNanoseconds: Int(modified.tv_sec) * 1_000_000_000 + Int(modified.tv_nsec),
            inode: UInt64(status.st_ino))
    }

    private static func resolved(_ path: String) -> String? {
        guard let result = realpath(path, nil) else { return nil }
        defer { free(result) }
        return String(cString: result)
    }
}
