// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of lines that are only ever added, each with its checksum and on the disk before the call returns.
///
/// A line that a crash tore, or that somebody changed, is skipped by readers; the next one starts on a line of its own.
package struct RecordLog: Sendable {
    /// 64 bits of SHA-256: enough against accidents, which is all it is for.
    private static let sumLength = 16
    private static let newline = UInt8(ascii: "\n")

    /// Absolute path.
    package let path: String

    package init(path: String) { self.path = path }

    /// Adds one line.
    /// - Parameter text: Without a line feed.
    /// - Throws: ``SlipwayError`` `diskFull` or `writeFailed`; what was there before is as it was.
    package func append(_ text: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SlipwayError.file("open", path) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        var last = Self.newline
        if end > 0 { pread(descriptor, &last, 1, end - 1) }
        let line = (last == Self.newline ? "" : "\n") + Self.sum(of: text) + " " + text + "\n"
        do {
            try FileBytes.write(Array(line.utf8), to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw SlipwayError.file("write", path) }
        } catch {
            ftruncate(descriptor, end)
            throw error
        }
        if end == 0 { Self.syncFolder(of: path) }
    }

    /// The whole lines, oldest first, and whether any was damaged; nothing when there is no file.
    package func read() -> (lines: [String], isDamaged: Bool) {
        guard let bytes = Descriptor.contents(of: path) else { return ([], false) }
        var isDamaged = false
        let lines = bytes.split(separator: Self.newline).compactMap { line -> String? in
            let text = String(decoding: line.dropFirst(Self.sumLength + 1), as: UTF8.self)
            guard String(decoding: line.prefix(Self.sumLength), as: UTF8.self) == Self.sum(of: text) else {
                isDamaged = true
                return nil
            }
            return text
        }
        return (lines, isDamaged)
    }

    /// Begins anew.
    package func clear() throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw SlipwayError.file("remove", path) }
    }

    private static func sum(of text: String) -> String { String(Digest.sha256(text).prefix(sumLength)) }

    /// A new file's name is not on the disk before its folder is.
    private static func syncFolder(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let descriptor = open(String(path[..<slash]), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
