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
    /// Absolute path of the binary that brings it back; `nil` as long as nobody knows whether that one can.
    let executable: String?

    init(identifier: Int32, executable: String?) {
        self.identifier = identifier
        self.executable = executable
    }

    /// Parses what was read of the pipe: a line is written at once and is shorter than PIPE_BUF, so each comes as a whole.
    static func all(in bytes: [UInt8]) -> [GuardSuccession] {
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        return bytes[..<end].split(separator: UInt8(ascii: "\n")).compactMap { line in
            let parts = String(decoding: line, as: UTF8.self).split(separator: Character(" "), maxSplits: 1)
            guard let first = parts.first, let identifier = Int32(first), identifier > 1 else { return nil }
            return GuardSuccession(
                identifier: identifier, executable: parts.count == 2 ? String(parts[1]) : nil)
        }
    }

    var line: [UInt8] { Array("\(identifier)\(executable.map { " " + $0 } ?? "")\n".utf8) }

    /// The pipe of the calling process; `nil` when no guard lets it name anybody.
    package static var inherited: Int32? {
        guard getenv(variable) != nil, fcntl(descriptor, F_GETFD) >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    /// - Parameters:
    ///   - executable: Given once the successor serves: until then the binary before it brings the program back.
    ///   - pipe: As ``inherited``.
    /// - Returns: False when the guard is gone.
    @discardableResult
    package static func name(_ identifier: Int32, executable: String? = nil, on pipe: Int32) -> Bool {
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

    /// Ends either side of a hand-over that failed after the successor was named, as a crash would. The guard may take
    /// either for the program, and brings back what was killed or crashed; what exits by itself stays ended.
    package static func crash() -> Never {
        while true {
            _ = kill(getpid(), SIGKILL)
            pause()
        }
    }

    package static var parentIdentifier: Int32 { getppid() }
}
