// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a running engine leaves on disk for others to find it.
package struct EngineFiles: Sendable {
    private let paths: StatePaths
    private let socketPath: String

    package init(_ paths: StatePaths, socketPath: String) {
        self.paths = paths
        self.socketPath = socketPath
    }

    /// Creates the folders that hold the lock and, with mode 0700, the logs.
    package func prepareState() throws {
        try Self.makeFolder(paths.root, mode: 0o755)
        try Self.makeFolder(paths.logs, mode: 0o700)
    }

    /// Creates the socket's folder with mode 0700, and removes the socket of an engine that was killed;
    /// call it with the lock held.
    package func prepare() throws {
        let folder = socketPath.lastIndex(of: "/").map { String(socketPath[..<$0]) } ?? "."
        try Self.makeFolder(folder, mode: 0o700)
        _ = unlink(socketPath)
    }

    package func protectSocket() throws {
        guard chmod(socketPath, 0o600) == 0 else { throw SlipwayError.file("protect", socketPath) }
    }

    /// Replaces the record as a whole: a reader sees the old one or the new one.
    package func write(_ record: EngineRecord) throws {
        let bytes = Array(try JSONEncoder().encode(record)) + [UInt8(ascii: "\n")]
        let temporary = paths.record + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SlipwayError.file("write", temporary) }
        let isWritten = Descriptor.write(bytes, to: descriptor) && fsync(descriptor) == 0
        let number = errno
        Descriptor.close(descriptor)
        guard isWritten else { throw SlipwayError.file("write", temporary, errno: number) }
        guard rename(temporary, paths.record) == 0 else { throw SlipwayError.file("write", paths.record) }
    }

    package func remove() {
        _ = unlink(paths.record)
        _ = unlink(socketPath)
    }

    private static func makeFolder(_ path: String, mode: mode_t) throws {
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw SlipwayError.file("create the folder", path) }
        if mode == 0o700, chmod(path, mode) != 0 { throw SlipwayError.file("protect", path) }
    }
}
