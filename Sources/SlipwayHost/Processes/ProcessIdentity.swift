// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One process for as long as it lives: its id alone is given to another one later.
package struct ProcessIdentity: Codable, Equatable, Sendable {
    package let identifier: Int32
    /// Of the machine's run: ids and start times begin anew after a boot.
    package let boot: String
    /// In clock ticks since the boot; 0 where the system does not tell.
    package let startTime: UInt64

    /// The calling process.
    package static var own: ProcessIdentity { ProcessIdentity(of: getpid()) }

    /// One that lives now.
    package init(of identifier: Int32) {
        self.init(
            identifier: identifier, boot: Self.bootIdentifier, startTime: Self.startTime(of: identifier))
    }

    package init(identifier: Int32, boot: String, startTime: UInt64) {
        self.identifier = identifier
        self.boot = boot
        self.startTime = startTime
    }

    /// Whether it runs still.
    package var isAlive: Bool {
        guard boot == Self.bootIdentifier, kill(identifier, 0) == 0 || errno == EPERM else { return false }
        return Self.startTime(of: identifier) == startTime
    }

    private static var bootIdentifier: String {
        Descriptor.contents(of: "/proc/sys/kernel/random/boot_id").map {
            String(decoding: $0.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        } ?? ""
    }

    /// Field 22 of proc(5)'s stat; the program's name, which may hold anything, ends at the last parenthesis.
    private static func startTime(of identifier: Int32) -> UInt64 {
        guard let bytes = Descriptor.contents(of: "/proc/\(identifier)/stat"),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return 0 }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? UInt64(String(decoding: fields[19], as: UTF8.self)) ?? 0 : 0
    }
}
