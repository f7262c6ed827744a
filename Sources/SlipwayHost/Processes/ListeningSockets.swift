// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Who listens on TCP, from /proc/net/tcp and the open files of processes (proc(5)). Empty where there is no /proc,
/// and without the owners that the caller may not see.
package struct ListeningSockets: Sendable {
    package struct Socket: Equatable, Sendable {
        /// `127.0.0.1`, `0.0.0.0`, `::`, `::1`.
        package var address: String
        package var port: UInt16
        package var inode: UInt64

        /// `127.0.0.1:8000`, `[::]:3000`.
        package var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
        /// Whether a connection to 127.0.0.1 arrives here; `::` takes IPv4 too unless a program asks otherwise.
        package var isReachableOnLoopback: Bool { ["127.0.0.1", "0.0.0.0", "::"].contains(address) }
    }

    package struct Owner: Codable, Equatable, Sendable, CustomStringConvertible {
        package var identifier: Int32
        package var name: String
        package var description: String { "\(name) (pid \(identifier))" }
    }

    package let sockets: [Socket]

    package init(_ sockets: [Socket]) { self.sockets = sockets }

    package static func current() -> ListeningSockets {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { Descriptor.contents(of: $0) }
        return ListeningSockets(tables.flatMap(Self.parse))
    }

    /// Who listens on a port of this machine; the first owner when several share it, `nil` when nobody does or the
    /// owner belongs to another user.
    package static func owner(ofPort port: UInt16) -> Owner? {
        let inodes = Set(current().sockets.filter { $0.port == port }.map(\.inode))
        guard !inodes.isEmpty else { return nil }
        let tree = ProcessTree.current()
        for identifier in tree.entries.keys.sorted() where !openSockets(of: identifier).isDisjoint(with: inodes) {
            return Owner(identifier: identifier, name: tree.entries[identifier]?.name ?? "?")
        }
        return nil
    }

    /// What a process and everything below it listen on, sorted by port; each address once.
    package func bound(byTreeOf root: Int32, in tree: ProcessTree = .current()) -> [Socket] {
        var inodes: Set<UInt64> = []
        for process in [root] + tree.descendants(of: root) { inodes.formUnion(Self.openSockets(of: process)) }
        var seen: Set<String> = []
        return sockets.filter { inodes.contains($0.inode) && seen.insert($0.description).inserted }
            .sorted { ($0.port, $0.address) < ($1.port, $1.address) }
    }

    private static func openSockets(of process: Int32) -> Set<UInt64> {
        let folder = "/proc/\(process)/fd"
        var buffer = [CChar](repeating: 0, count: 64)
        var inodes: Set<UInt64> = []
        for name in Folder.names(in: folder) {
            let count = readlink("\(folder)/\(name)", &buffer, buffer.count)
            // `socket:[12345]`
            guard count > 9, buffer[0] == CChar(UInt8(ascii: "s")), buffer[7] == CChar(UInt8(ascii: "[")) else {
                continue
            }
            let digits = buffer[8..<(count - 1)].map { UInt8(bitPattern: $0) }
            if let inode = UInt64(String(decoding: digits, as: UTF8.self)) { inodes.insert(inode) }
        }
        return inodes
    }
}

extension ListeningSockets {
    /// The listening entries (state 0A) of /proc/net/tcp or tcp6.
    package static func parse(_ table: [UInt8]) -> [Socket] {
        table.split(separator: UInt8(ascii: "\n")).dropFirst().compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard fields.count > 9, fields[3] == "0A", let inode = UInt64(fields[9]) else { return nil }
            let parts = fields[1].split(separator: Character(":"))
            guard parts.count == 2, let port = UInt16(parts[1], radix: 16), let address = text(of: parts[0]) else {
                return nil
            }
            return Socket(address: address, port: port, inode: inode)
        }
    }

    /// The kernel prints each 32-bit word of an address as a number of the machine's own byte order.
    private static func text(of hexadecimal: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = hexadecimal
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            withUnsafeBytes(of: word) { bytes += $0 }
            rest = rest.dropFirst(8)
        }
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // An IPv6 socket bound to an IPv4 address.
        return text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
    }
}
