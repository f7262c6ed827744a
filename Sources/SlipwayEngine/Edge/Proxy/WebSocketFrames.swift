// SPDX-License-Identifier: Apache-2.0

/// Follows the frames of a WebSocket (RFC 6455, section 5.2) as they pass, to know where one more may be put in.
struct WebSocketFrames: Equatable {
    /// Status 1012, service restart (IANA's WebSocket close code registry): the client is to connect again.
    static let restartClose: [UInt8] = [0x88, 0x02, 0x03, 0xF4]

    private static let closeOpcode: UInt8 = 0x8

    private var header: [UInt8] = []
    private var payload: UInt64 = 0
    /// The server has closed by itself.
    private(set) var sawClose = false

    /// Everything so far is whole frames.
    var isAtBoundary: Bool { header.isEmpty && payload == 0 }

    mutating func advance(_ bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if payload > 0 {
                let count = Int(clamping: min(payload, UInt64(rest.count)))
                payload -= UInt64(count)
                rest = rest.dropFirst(count)
                continue
            }
            header.append(rest.removeFirst())
            guard header.count >= 2, header.count == headerLength else { continue }
            payload = payloadLength
            if header[0] & 0x0F == Self.closeOpcode { sawClose = true }
            header.removeAll(keepingCapacity: true)
        }
    }

    private var lengthBytes: Int {
        switch header[1] & 0x7F {
        case 126: 2
        case 127: 8
        default: 0
        }
    }

    private var headerLength: Int { 2 + lengthBytes + (header[1] & 0x80 == 0 ? 0 : 4) }

    private var payloadLength: UInt64 {
        guard lengthBytes > 0 else { return UInt64(header[1] & 0x7F) }
        return header[2..<2 + lengthBytes].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// What is known of an upgraded connection.
struct TunnelState {
    var isWebSocket: Bool
    var frames = WebSocketFrames()
    /// The client was told to go; nothing more of the server's reaches it.
    var isClosing = false
    /// Of the loop's clock, when that was.
    var closingSince: UInt32 = 0

    init(isWebSocket: Bool = false) { self.isWebSocket = isWebSocket }
}
