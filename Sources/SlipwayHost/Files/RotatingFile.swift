// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A file that grows and is renamed when it is large: `access.log`, `access.log.1`, ... with mode 0600.
///
/// What cannot be written (a full disk) is lost: nobody waits for a log. A file that somebody else has renamed or
/// removed (logrotate) is opened anew.
package final class RotatingFile: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var size = 0
        var inode: UInt64 = 0
    }

    private let path: String
    private let rotationSize: Int
    private let olderFiles: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: In a folder that exists.
    ///   - rotationSize: In bytes; a single larger piece is still written whole.
    package init(path: String, rotationSize: Int, olderFiles: Int) {
        self.path = path
        self.rotationSize = rotationSize
        self.olderFiles = olderFiles
    }

    deinit { state.withLock { if $0.descriptor >= 0 { Descriptor.close($0.descriptor) } } }

    /// Appends whole lines; blocks.
    package func write(_ bytes: [UInt8]) {
        state.withLock { state in
            if state.descriptor < 0 || hasMoved(state.inode) { reopen(&state) }
            if state.size > 0, state.size + bytes.count > rotationSize {
                rotate()
                reopen(&state)
            }
            if state.descriptor >= 0, Descriptor.write(bytes, to: state.descriptor) { state.size += bytes.count }
        }
    }

    private func hasMoved(_ inode: UInt64) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || UInt64(status.st_ino) != inode
    }

    private func rotate() {
        guard olderFiles > 0 else {
            _ = unlink(path)
            return
        }
        for number in stride(from: olderFiles, to: 1, by: -1) {
            _ = rename("\(path).\(number - 1)", "\(path).\(number)")
        }
        _ = rename(path, "\(path).1")
    }

    private func reopen(_ state: inout State) {
        if state.descriptor >= 0 { Descriptor.close(state.descriptor) }
        state = State(descriptor: open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600))
        guard state.descriptor >= 0 else { return }
        var status = stat()
        if fstat(state.descriptor, &status) == 0 {
            state.size = Int(status.st_size)
            state.inode = UInt64(status.st_ino)
        }
    }
}
