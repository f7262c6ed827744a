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
        var walk = TreeWalk(root: root)
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
                contents(Array(root.utf8) + [UInt8(ascii: "/")] + (unusual[path] ?? Array(path.utf8)))
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

    /// `nil` for what is no regular file, is too large for source, or cannot be read.
    static func contents(_ path: [UInt8]) -> [UInt8]? {
        let descriptor = (path + [0]).withUnsafeBytes { raw -> Int32 in
            guard let base = raw.bindMemory(to: CChar.self).baseAddress else { return -1 }
            // Without O_NONBLOCK a FIFO that took the file's place would wait for a writer.
            return open(base, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            Int(status.st_size) <= SourceTree.largestTextInBytes
        else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            guard let base = buffer.baseAddress else { return }
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
