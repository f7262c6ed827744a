// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process of some machine as one word, for a label on what it made elsewhere.
package struct ProcessOwner: Equatable, Sendable {
    private let machine: String
    private let process: ProcessIdentity

    /// The calling process.
    package static var own: ProcessOwner { ProcessOwner(machine: machineName, process: .own) }

    private init(machine: String, process: ProcessIdentity) {
        self.machine = machine
        self.process = process
    }

    /// From ``text``.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let identifier = Int32(parts[2]), let start = UInt64(parts[3]) else { return nil }
        self.init(
            machine: parts[0], process: ProcessIdentity(identifier: identifier, boot: parts[1], startTime: start))
    }

    package var text: String { "\(machine)/\(process.boot)/\(process.identifier)/\(process.startTime)" }

    /// Whether the process has certainly ended. One of another machine never has, as far as can be seen from here.
    package var isGone: Bool { machine == Self.machineName && !process.isAlive }

    private static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
