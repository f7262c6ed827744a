// SPDX-License-Identifier: Apache-2.0

internal import CSlipwayHost

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How a guarded program names the process that takes its place: one line through a pipe that its guard reads.
///
/// The successor is a descendant of the program. When the program has ended, the guard, a subreaper, is its parent.
package struct GuardSuccession: Equatable, Sendable {
    /// Where the program finds the pipe.
    static let descriptor: Int32 = 3
    /// Says that the pipe is there.
    package static let variable = "SLIPWAY_SUCCESSION"

    let identifier: Int32
    /// Absolute path of its binary.
    let executable: String

    init(identifier: Int32, executable: String) {
        self.identifier = identifier
        self.executable = executable
    }

    /// A line is written at once and is shorter than PIPE_BUF, so it comes as a whole.
    init?(_ bytes: [UInt8]) {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        guard line.count < bytes.count else { return nil }
        let parts = String(decoding: line, as: UTF8.self).split(separator: Character(" "), maxSplits: 1)
        guard parts.count == 2, let identifier = Int32(parts[0]), identifier > 1 else { return nil }
        self.init(identifier: identifier, executable: String(parts[1]))
    }

    var line: [UInt8] { Array("\(identifier) \(executable)\n".utf8) }

    /// The pipe of the calling process; `nil` when no guard lets it name anybody.
    package static var inherited: Int32? {
        guard getenv(variable) != nil, fcntl(descriptor, F_GETFD) >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// - Parameter pipe: As ``inherited``.
    /// - Returns: False when the guard is gone.
    package static func name(_ identifier: Int32, executable: String, on pipe: Int32) -> Bool {
        Descriptor.write(GuardSuccession(identifier: identifier, executable: executable).line, to: pipe)
    }

    /// For a successor, whose parent still is the process before it: returns when that has ended, and has the kernel
    /// end this process with the guard from then on. Call it on a thread that never ends: the setting is the thread's.
    /// - Parameters:
    ///   - predecessor: Its process.
    ///   - keeper: The guard's.
    package static func bindToGuard(after predecessor: Int32, guardIdentifier keeper: Int32) {
        while getppid() == predecessor { usleep(20_000) }
        _ = slipway_end_with_parent(SIGTERM)
        // The guard may have ended before; nobody would tell us any more.
        if getppid() != keeper { _ = kill(getpid(), SIGTERM) }
        while true { pause() }
    }

    /// Ends a successor that cannot take over, as a crash would. The guard may take it for the program already, and
    /// brings back what was killed or crashed; what exits by itself stays ended.
    package static func crash() -> Never {
        while true {
            _ = kill(getpid(), SIGKILL)
            pause()
        }
    }

    package static var parentIdentifier: Int32 { getppid() }
}
