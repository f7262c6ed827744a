// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads a folder into a ``SourceTree`` in one pass: names now, contents when somebody asks.
package enum TreeReader {
    /// - Parameter directory: Absolute, or relative to the working directory.
    /// - Throws: ``SlipwayError`` `notADirectory`, `unreadable`, or `emptyRepository` when no file is left.
    package static func read(_ directory: String) throws -> SourceTree {
        let root = try resolve(directory)
        let folder = try OpenFolder(root)
        var walk = TreeWalk(root: root, descriptor: folder.descriptor, sharing: .allProcessors)
        try walk.run()
        guard !walk.entries.isEmpty else {
            throw SlipwayError(
                .emptyRepository, "\(directory) holds no file that git would keep",
                hint: "cd to a folder with source code, or: git status --ignored", details: walk.remarks)
        }
        let unusual = walk.unusualPaths
        return SourceTree(
            name: String(root.split(separator: "/").last ?? "app"), entries: walk.entries, remarks: walk.remarks,
            sharing: .allProcessors,
            reader: { path in
                guard !unusual.isEmpty, let bytes = unusual[path] else {
                    return path.withCString { contents($0, in: folder.descriptor) }
                }
                return contents(bytes, in: folder.descriptor)
            })
    }

    /// A tree of single files, each under the path by which it was named.
    /// - Parameter paths: Absolute, or relative to the working directory.
    /// - Throws: ``SlipwayError`` `unreadable` when one is absent or no regular file.
    package static func files(_ paths: [String]) throws -> SourceTree {
        let names = Set(paths)
        for path in names.sorted() {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw SlipwayError(
                    .unreadable, "there is no file \(path)", hint: "ls -l \(ShellWord.quote(path))")
            }
        }
        return SourceTree(name: "files", entries: names.map { SourceTree.Entry(path: $0) }) { path in
            contents(Array(path.utf8))
        }
    }

    /// Whether the path leads to a folder.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func resolve(_ directory: String) throws -> String {
        var status = stat()
        guard stat(directory, &status) == 0 else {
            let denied = errno == EACCES
            throw SlipwayError(
                denied ? .unreadable : .notADirectory,
                denied ? "\(directory) may not be read by this user" : "\(directory) does not exist",
                hint: "ls -ld \(ShellWord.quote(directory))")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SlipwayError(
                .notADirectory, "\(directory) is a file, not a folder",
                hint: "name the folder that holds the application")
        }
        guard let real = realpath(directory, nil) else {
            throw SlipwayError(.unreadable, "\(directory) may not be read by this user")
        }
        defer { free(real) }
        return String(cString: real)
    }

    /// The folder of a tree, open as long as somebody may ask for its files: from there the way to each is shorter.
    private final class OpenFolder: Sendable {
        let descriptor: Int32

        init(_ path: String) throws {
            descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw SlipwayError(
                    .unreadable, "\(path) may not be read by this user", hint: "ls -ld \(ShellWord.quote(path))")
            }
        }

        deinit { close(descriptor) }
    }

    /// `nil` for what is no regular file, is too large for source, or cannot be read.
    static func contents(_ path: [UInt8], in folder: Int32 = AT_FDCWD) -> [UInt8]? {
        (path + [0]).withUnsafeBytes { raw in
            raw.bindMemory(to: CChar.self).baseAddress.flatMap { contents($0, in: folder) }
        }
    }

    /// Most source files are smaller, and for these one call tells what is in them and that this was all.
    private static let firstReadInBytes = 32 << 10

    private static func contents(_ path: UnsafePointer<CChar>, in folder: Int32) -> [UInt8]? {
        // Without O_NONBLOCK a FIFO that took the file's place would wait for a writer.
        let descriptor = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: firstReadInBytes) { first in
            guard let base = first.baseAddress else { return nil }
            let count = readSome(descriptor, base, first.count)
            if 0 < count, count < first.count { return [UInt8](first[..<count]) }
            return count < 0 ? nil : rest(of: descriptor, after: first[..<count])
        }
    }

    /// The whole of a file whose first bytes were read.
    private static func rest(of descriptor: Int32, after first: Slice<UnsafeMutableBufferPointer<UInt8>>) -> [UInt8]? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            Int(status.st_size) <= SourceTree.largestTextInBytes
        else { return nil }
        return [UInt8](unsafeUninitializedCapacity: max(Int(status.st_size), first.count)) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            _ = buffer.initialize(fromContentsOf: first)
            count = first.count
            while count < buffer.count {
                let step = Self.readSome(descriptor, base + count, buffer.count - count)
                if step <= 0 { break }
                count += step
            }
        }
    }

    /// `read(2)`, under a name that the type's own ``read(_:)`` does not hide.
    private static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, buffer, count)
        #else
        Darwin.read(descriptor, buffer, count)
        #endif
    }
}
