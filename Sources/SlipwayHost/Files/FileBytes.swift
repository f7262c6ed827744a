// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whole files as bytes, with every error mapped.
enum FileBytes {
    static func read(_ path: String) throws -> [UInt8] {
        // Without O_NONBLOCK opening a FIFO would wait for a writer that never comes.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SlipwayError.file("read", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SlipwayError.file("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SlipwayError(.unreadable, "\(path) is not a regular file")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let offset = filled
            let count = bytes.withUnsafeMutableBytes {
                readBytes(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[offset...]))
            }
            guard count >= 0 else { throw SlipwayError.file("read", path) }
            guard count > 0 else { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    static func replace(_ path: String, with bytes: [UInt8], mode: UInt32, isDurable: Bool = true) throws {
        let staged = try StagedFile(of: path, bytes, mode: mode)
        if isDurable { try staged.sync() }
        try staged.place()
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { writeBytes(descriptor, $0) }
            guard count > 0 else { throw SlipwayError.file("write", path) }
            rest = rest.dropFirst(count)
        }
    }
}

private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 || errno != EINTR { return count }
    }
}

private func writeBytes(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    while true {
        let count = write(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 || errno != EINTR { return count }
    }
}
