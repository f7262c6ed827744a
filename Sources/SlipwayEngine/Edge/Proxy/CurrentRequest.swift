// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// What is remembered of the request under way, besides its exchange.
struct CurrentRequest {
    var route: LoopRoute?
    /// Which of the route's upstreams has the request, or had it last.
    var pool: UpstreamPool? {
        didSet {
            oldValue?.inFlight -= 1
            pool?.inFlight += 1
        }
    }
    /// Upstreams that could not be reached with it.
    var failed: [UpstreamPool] = []
    var id: [UInt8] = []
    var isHEAD = false
    var isHTTP10 = false
    /// The connection can carry another request when this one is answered here.
    var persists = false
    /// Another proxy stands between the client and us, so the client is not at this machine.
    var wasForwarded = false
    var acceptsHTML = false
    var status: UInt16 = 0
    /// The response is a stream of server-sent events.
    var isEventStream = false
    /// The connection turns into a WebSocket.
    var isWebSocket = false
    /// It waits until its service has been exchanged.
    var isOnHold = false
    /// From the complete head of the request to that of its response.
    var began = NIODeadline.uptimeNanoseconds(0)
    var latency: TimeAmount?
    /// Bytes of the response so far, its head among them.
    var sentBytes = 0
    /// The beginning of the access log's line; empty when there is no log.
    var line: [UInt8] = []
    /// For whoever watches requests; nothing is kept when there is nobody.
    var logged: (method: String, target: String, start: NIODeadline)?

    /// Nothing of the request before may show in an answer to one that never became complete.
    mutating func reset() {
        route = nil
        if pool != nil { pool = nil }
        if !failed.isEmpty { failed = [] }
        id.removeAll(keepingCapacity: true)
        isHEAD = false
        isHTTP10 = false
        persists = false
        wasForwarded = false
        acceptsHTML = false
        status = 0
        isEventStream = false
        isWebSocket = false
        isOnHold = false
        latency = nil
        sentBytes = 0
        if !line.isEmpty { line.removeAll(keepingCapacity: true) }
        logged = nil
    }
}
