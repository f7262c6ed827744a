// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads what is appended to a file, across rotations, without holding it open.
public struct FileTail: Sendable {
    /// As given.
    public let path: String
    private var offset: Int64
    private var inode: UInt64

    /// Starts at the beginning of the file, which need not exist yet.
    package init(path: String) {
        self.path = path
        offset = 0
        inode = 0
    }

    /// The bytes that came since the last call, at most `limit`; empty when there are none or no file.
    ///
    /// A file with another inode, or one that became shorter, is read from its start: logs rotate by renaming.
    public mutating func readNew(limit: Int = 1 << 20) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return [] }
        if UInt64(status.st_ino) != inode || Int64(status.st_size) < offset {
            inode = UInt64(status.st_ino)
            offset = 0
        }
        let available = Int(min(Int64(limit), Int64(status.st_size) - offset))
        guard available > 0 else { return [] }
        let start = offset
        let bytes = [UInt8](unsafeUninitializedCapacity: available) { buffer, count in
            let read = pread(descriptor, buffer.baseAddress, available, off_t(start))
            count = max(read, 0)
        }
        offset += Int64(bytes.count)
        return bytes
    }
}
