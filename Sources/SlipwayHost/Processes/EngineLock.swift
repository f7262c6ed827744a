// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The one engine of an application: held with flock(2), which the kernel frees whatever way the holder dies.
package struct EngineLock: Sendable {
    /// The lock belongs to the open file: whoever gets the descriptor holds it as well.
    package let descriptor: Int32

    /// - Throws: ``SlipwayError`` `alreadyRunning` with the holder's process id, or why the file cannot be made.
    package static func acquire(_ path: String) throws -> EngineLock {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SlipwayError.file("open", path) }
        guard wait(for: descriptor) else {
            let number = errno
            let holder = Descriptor.read(descriptor, limit: 32).map { String(decoding: $0, as: UTF8.self) } ?? ""
            Descriptor.close(descriptor)
            guard number == EWOULDBLOCK else { throw SlipwayError.file("lock", path, errno: number) }
            throw SlipwayError(
                .alreadyRunning, "this application runs already" + (holder.isEmpty ? "" : ", in process \(holder)"),
                hint: "slipway status, or: slipway down")
        }
        ftruncate(descriptor, 0)
        Descriptor.write(Array("\(getpid())".utf8), to: descriptor)
        return EngineLock(descriptor: descriptor)
    }

    /// Who looks whether it is held (``isHeld(_:)``) holds it himself for an instant, and is no engine.
    private static func wait(for descriptor: Int32) -> Bool {
        for _ in 0..<10 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK else { return false }
            _ = poll(nil, 0, 5)
        }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Goes on with the lock of the process before; nobody else can have had it in between.
    package static func inherit(_ descriptor: Int32) -> EngineLock {
        ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
        Descriptor.write(Array("\(getpid())".utf8), to: descriptor)
        return EngineLock(descriptor: descriptor)
    }

    /// Leaves the lock to the process that has got the descriptor.
    package func handOver() { Descriptor.close(descriptor) }

    /// Whether some engine holds it now.
    package static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { Descriptor.close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    package func release() {
        ftruncate(descriptor, 0)
        Descriptor.close(descriptor)
    }
}
