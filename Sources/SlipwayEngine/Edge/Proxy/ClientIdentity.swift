// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Who is at the other end of a client connection, spelled once per connection as headers need it.
struct ClientIdentity {
    /// `192.0.2.1`, `2001:db8::1`.
    let address: [UInt8]
    /// `192.0.2.1`, `"[2001:db8::1]"` (RFC 7239, section 6).
    let forwardedNode: [UInt8]
    /// On this machine: sees details in error pages, and may be a proxy whose forwarding headers are true.
    let isLoopback: Bool
    /// Encrypted up to here.
    let isSecure: Bool
    /// `nil` for a unix socket.
    let ip: IPAddress?

    init(_ remote: SocketAddress?, isSecure: Bool = false) {
        var text = remote?.ipAddress ?? "unknown"
        if text.hasPrefix("::ffff:") { text = String(text.dropFirst(7)) }
        isLoopback = text.hasPrefix("127.") || text == "::1"
        address = Array(text.utf8)
        forwardedNode = text.contains(":") ? Array("\"[\(text)]\"".utf8) : address
        self.isSecure = isSecure
        ip = IPAddress(remote)
    }
}
