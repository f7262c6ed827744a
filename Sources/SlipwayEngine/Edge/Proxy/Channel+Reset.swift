// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension Channel {
    /// Closing sends RST: where the connection's end is the body's end, FIN would say that the body is whole.
    func resetsOnClose() {
        guard let socket = self as? any SocketOptionProvider else { return }
        // Done at once on the channel's own event loop; when it fails the client gets FIN, which is no worse.
        _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }
}
