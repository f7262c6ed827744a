// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// An address of either family as the 128 bits of IPv6; IPv4 is `::ffff:a.b.c.d` (RFC 4291, section 2.5.5.2).
struct IPAddress: Hashable {
    private static let mapped: UInt64 = 0xFFFF << 32

    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(v4 bits: UInt32) { self.init(high: 0, low: Self.mapped | UInt64(bits)) }

    init?(_ address: SocketAddress?) {
        switch address {
        // Behind family and port (RFC 2553, section 3.3, before it the flow's label).
        case .v4(let v4):
            let bits = withUnsafeBytes(of: v4.address) { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) }
            self.init(v4: UInt32(bigEndian: bits))
        case .v6(let v6):
            let halves = withUnsafeBytes(of: v6.address) { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
                )
            }
            self.init(high: UInt64(bigEndian: halves.0), low: UInt64(bigEndian: halves.1))
        case .unixDomainSocket, nil: return nil
        }
    }

    init?(_ text: String) {
        // A zone names an interface of this machine and no part of the address.
        guard !text.contains("%"), let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        self.init(address)
    }

    var isIPv4: Bool { high == 0 && low >> 32 == Self.mapped >> 32 }

    var isLoopback: Bool { isIPv4 ? low >> 24 & 0xFF == 127 : high == 0 && low == 1 }

    /// Who is behind it: an IPv6 customer has a /64 network and may use a new address for every connection.
    var customer: IPAddress { isIPv4 ? self : IPAddress(high: high, low: 0) }
}

/// `10.0.0.0/8`, `2001:db8::/32`, or one address.
struct IPNetwork: Equatable {
    private let base: IPAddress
    private let bits: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let base = IPAddress(String(parts[0])) else { return nil }
        let most = base.isIPv4 ? 32 : 128
        var bits = most
        if parts.count == 2 {
            guard let given = Int(parts[1]), (0...most).contains(given) else { return nil }
            bits = given
        }
        self.bits = base.isIPv4 ? bits + 96 : bits
        self.base = base
    }

    func contains(_ address: IPAddress) -> Bool {
        Self.agree(base.high, address.high, bits) && Self.agree(base.low, address.low, bits - 64)
    }

    private static func agree(_ one: UInt64, _ other: UInt64, _ bits: Int) -> Bool {
        bits <= 0 || bits >= 64 ? bits <= 0 || one == other : (one ^ other) >> UInt64(64 - bits) == 0
    }
}
