// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The files below one folder. Paths are relative to it; one that leaves it, by `..` or through a symbolic link, is
/// refused, so that nothing in a repository can make Slipway read or write elsewhere.
package struct FileStore: Sendable {
    /// Absolute path.
    package let root: String

    package init(root: String) { self.root = root }

    package func exists(_ path: String) -> Bool { status(of: path) != nil }

    package func isDirectory(_ path: String) -> Bool { status(of: path).map { $0 & S_IFMT == S_IFDIR } ?? false }

    /// Permission bits; `nil` when it is absent.
    package func permissions(of path: String) -> UInt32? { status(of: path).map { UInt32($0) & 0o7777 } }

    /// - Throws: ``SlipwayError`` `unreadable` when it is absent, not a regular file, or leads out of the folder.
    package func read(_ path: String) throws -> [UInt8] {
        try FileBytes.read(try resolve(path, followingLast: true))
    }

    package func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }

    /// Replaces the file in one step: readers see the old contents or the new, also after a crash.
    /// - Parameter mode: Permission bits; set before the contents are there.
    /// - Throws: ``SlipwayError`` `diskFull` or `writeFailed`; the old file is then as it was.
    package func write(_ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o644) throws {
        try FileBytes.replace(try resolve(path), with: Array(bytes), mode: mode)
    }

    package func write(_ text: String, to path: String, mode: UInt32 = 0o644) throws {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// Creates the folder and those above it, these with mode 0755; one that exists keeps its mode.
    package func makeDirectory(_ path: String = ".", mode: UInt32 = 0o755) throws {
        let full = try resolve(path)
        if Self.isFolder(full) { return }
        var made = ""
        for component in full.split(separator: "/") {
            made += "/" + component
            guard mkdir(made, made == full ? mode : 0o755) != 0 else { continue }
            // Looking at what stands there would forget why it failed.
            let reason = errno
            guard reason != EEXIST, !Self.isFolder(made) else { continue }
            throw SlipwayError.file("create the folder", made, errno: reason)
        }
        guard Self.isFolder(full) else { throw SlipwayError.file("create the folder", full, errno: ENOTDIR) }
    }

    /// Removes a file or a whole folder; symbolic links are removed, not followed; absence is fine.
    package func remove(_ path: String) throws {
        let full = try resolve(path)
        try FileTree.remove(full)
    }

    /// Names in the folder, sorted; without `.` and `..`.
    package func list(_ path: String = ".") throws -> [String] {
        try FileTree.names(in: try resolve(path, followingLast: true))
    }

    /// Moves within the folder, replacing what stands there; both must be on one file system.
    package func rename(_ path: String, to destination: String) throws {
        let (from, to) = (try resolve(path), try resolve(destination))
        guard renamePath(from, to) == 0 else { throw SlipwayError.file("rename to", to) }
    }

    /// Copies a folder of regular files and folders; symbolic links inside are left out.
    /// - Parameter source: Absolute path outside or inside the folder.
    package func copyTree(from source: String, to path: String) throws {
        try FileTree.copy(source, to: try resolve(path))
    }

    /// Copies regular files with their permission bits; folders are made on the way. What is no regular file any more
    /// is left out.
    /// - Parameters:
    ///   - files: Relative to both folders.
    ///   - source: Absolute path.
    package func copyFiles(_ files: [String], from source: String, to path: String) throws {
        let destination = try resolve(path)
        try makeDirectory(path)
        var made: Set<Substring> = []
        for file in files {
            if let slash = file.lastIndex(of: "/"), made.insert(file[..<slash]).inserted {
                try makeDirectory(path + "/" + file[..<slash])
            }
            try FileTree.copyFile(source + "/" + file, to: destination + "/" + file)
        }
    }

    /// Bytes of all regular files below the path; 0 when it is not there.
    package func size(of path: String) throws -> UInt64 { FileTree.size(of: try resolve(path)) }

    /// Bytes that an unprivileged process may still write on the file system that holds the folder, or the nearest
    /// folder above it that exists.
    package func freeSpace() throws -> UInt64 {
        var status = statvfs()
        var folder = root
        while statvfs(folder, &status) != 0 {
            guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else {
                throw SlipwayError.file("measure the free space of", root)
            }
            folder = String(folder[..<slash])
        }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// The absolute path of a relative one.
    /// - Throws: ``SlipwayError`` `unreadable` when it would lead out of the folder.
    package func resolve(_ path: String, followingLast: Bool = false) throws -> String {
        let components = path.split(separator: "/").filter { $0 != "." }
        guard !path.hasPrefix("/"), !components.contains("..") else { throw leavesFolder(path) }
        let full = ([root] + components.map(String.init)).joined(separator: "/")
        guard !components.isEmpty else { return root }
        let checked = followingLast ? components : components.dropLast()
        guard let canonicalRoot = Self.canonical(root) else { return full }
        var deepest = canonicalRoot
        for count in stride(from: checked.count, to: 0, by: -1) {
            guard let canonical = Self.canonical(root + "/" + checked.prefix(count).joined(separator: "/")) else {
                continue
            }
            deepest = canonical
            break
        }
        let prefix = canonicalRoot == "/" ? "/" : canonicalRoot + "/"
        guard deepest == canonicalRoot || deepest.hasPrefix(prefix) else { throw leavesFolder(path) }
        return full
    }

    /// The path without symbolic links, or `nil` when it does not exist.
    package static func canonical(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// A path of the command line, seen from the working directory.
    package static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return (canonical(".") ?? "") + "/" + path
    }

    private func leavesFolder(_ path: String) -> SlipwayError {
        SlipwayError(.unreadable, "\(path) leads out of \(root)")
    }

    private func status(of path: String) -> mode_t? {
        guard let full = try? resolve(path, followingLast: true) else { return nil }
        var status = stat()
        return stat(full, &status) == 0 ? status.st_mode : nil
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

private func renamePath(_ from: String, _ to: String) -> Int32 { rename(from, to) }
