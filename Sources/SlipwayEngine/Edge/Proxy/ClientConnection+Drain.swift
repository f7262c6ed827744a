// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// What one look at the connections of a retired upstream did.
struct DrainRound: Sendable {
    var left = 0
    var closedSockets = 0
    var endedStreams = 0
    var cut = 0
}

extension EdgeLoop {
    /// - Parameters:
    ///   - endsStreams: At most so many streams are ended now.
    ///   - cutsAll: The deadline is over.
    func drainRound(_ ports: Set<UInt16>, endsStreams: Int, cutsAll: Bool) -> DrainRound {
        var round = DrainRound()
        var allowance = endsStreams
        for connection in connections(to: ports) {
            round.left += 1
            if cutsAll || connection.ignoresClose {
                connection.cut()
                round.cut += 1
                continue
            }
            guard allowance > 0 else { continue }
            switch connection.endStream() {
            case .socket: round.closedSockets += 1
            case .events: round.endedStreams += 1
            case .none: continue
            }
            allowance -= 1
        }
        if cutsAll { round.left = 0 }
        return round
    }
}

extension ClientConnection {
    enum EndedStream { case socket, events }

    /// Ends a WebSocket with a close frame, or an event stream between two events; anything else is left to finish.
    func endStream() -> EndedStream? {
        if phase == .tunnel { return endSocket() ? .socket : nil }
        guard phase == .exchange, current.isEventStream, let exchange, exchange.canEndBetweenEvents else { return nil }
        if exchange.deliversChunks { write(Self.lastChunk) }
        releaseUpstream(.close)
        finishRequest(status: current.status)
        closeAfterWrites(lingers: false)
        return .events
    }

    private static let lastChunk = ByteBuffer(string: "0\r\n\r\n")

    /// The client's answer to the close frame goes to the server, for which that is an ordinary end.
    private func endSocket() -> Bool {
        guard !tunnel.isClosing, tunnel.isWebSocket, tunnel.frames.isAtBoundary, !tunnel.frames.sawClose else {
            return false
        }
        tunnel.isClosing = true
        tunnel.closingSince = loop.clock
        write(ByteBuffer(bytes: WebSocketFrames.restartClose))
        flush()
        return true
    }

    /// Browsers answer a close frame at once; Go's and Python's libraries give the other side 5 to 10 s.
    private static let closePatienceInSeconds = 5

    var ignoresClose: Bool {
        phase == .tunnel && tunnel.isClosing && loop.seconds(since: tunnel.closingSince) > Self.closePatienceInSeconds
    }

    func forwardTunnel(_ bytes: ByteBuffer) {
        guard !tunnel.isClosing else { return }
        if tunnel.isWebSocket { tunnel.frames.advance(bytes.readableBytesView) }
        write(bytes)
    }
}

extension DrainReport {
    mutating func add(_ round: DrainRound) {
        closedSockets += round.closedSockets
        endedStreams += round.endedStreams
        cut += round.cut
    }

    mutating func add(_ other: DrainReport) {
        closedSockets += other.closedSockets
        endedStreams += other.endedStreams
        cut += other.cut
    }
}
