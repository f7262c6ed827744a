// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// What is remembered of the request under way, besides its exchange.
struct CurrentRequest {
    var route: LoopRoute?
    var id: [UInt8] = []
    var isHEAD = false
    var isHTTP10 = false
    /// The connection can carry another request when this one is answered here.
    var persists = false
    /// Another proxy stands between the client and us, so the client is not at this machine.
    var wasForwarded = false
    var acceptsHTML = false
    var status: UInt16 = 0
    /// For the access log; nothing is kept when there is none.
    var logged: (method: String, target: String, start: NIODeadline)?
}
