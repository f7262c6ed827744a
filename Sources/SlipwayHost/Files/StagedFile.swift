// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file's new contents, written whole but not yet under its name. What is not placed is to be discarded.
struct StagedFile: Sendable {
    let path: String
    // It stands beside the real one, because rename(2) does not cross file systems.
    private let temporary: String

    /// - Parameter mode: Permission bits; set before the contents are there.
    init(of path: String, _ bytes: [UInt8], mode: UInt32) throws {
        self.path = path
        temporary = path + ".\(getpid()).\(RandomToken.hex(bytes: 4)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SlipwayError.file("write", path) }
        do {
            defer { close(descriptor) }
            // The umask must not take away what the caller asked for.
            guard fchmod(descriptor, mode) == 0 else { throw SlipwayError.file("write", path) }
            try FileBytes.write(bytes, to: descriptor, path: path)
        } catch {
            discard()
            throw error
        }
    }

    /// Waits until the contents would survive a power failure.
    func sync() throws {
        let descriptor = open(temporary, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            let failure = SlipwayError.file("write", path)
            if descriptor >= 0 { close(descriptor) }
            discard()
            throw failure
        }
        close(descriptor)
    }

    /// Gives it its name, in one step.
    func place() throws {
        guard rename(temporary, path) == 0 else {
            let failure = SlipwayError.file("write", path)
            discard()
            throw failure
        }
    }

    func discard() { unlink(temporary) }
}
