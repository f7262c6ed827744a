// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// One connection to a service: carries bytes between the channel and the client connection that holds it.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Whom the response belongs to; `nil` while it waits in the pool.
    var owner: ClientConnection?
    /// Kept here, so that its memory is reused by the next response.
    var parser = HeadParser()
    /// The beginning of a head whose rest has not come.
    var backlog = ByteBuffer()
    private(set) var isPooled = false
    private(set) var idleSince: UInt32 = 0
    /// In seconds, as the server announced it.
    var keepAliveSeconds: Int?
    let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var error: (any Error)?
    private var holdsReads = false
    private var hasHeldRead = false

    init(pool: UpstreamPool) { self.pool = pool }

    var isActive: Bool { context?.channel.isActive ?? false }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(.byteBuffer(bytes)), promise: nil) }
    func flush() { context?.flush() }

    func close() {
        owner = nil
        context?.close(promise: nil)
    }

    /// Goes into the pool.
    func rest(since clock: UInt32) {
        owner = nil
        isPooled = true
        idleSince = clock
        parser.reset()
        holdReads(false)
    }

    /// Backpressure: nothing is read from the service while the client does not take it.
    func holdReads(_ hold: Bool) {
        guard holdsReads != hold else { return }
        holdsReads = hold
        guard !hold, hasHeldRead else { return }
        hasHeldRead = false
        context?.read()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if holdsReads { hasHeldRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let owner else {
            // Bytes that nobody asked for could be taken for the next request's response.
            context.close(promise: nil)
            return
        }
        owner.receive(unwrapInboundIn(data), from: self)
    }

    func channelReadComplete(context: ChannelHandlerContext) { owner?.upstreamReadComplete() }
    func channelWritabilityChanged(context: ChannelHandlerContext) { owner?.upstreamWritabilityChanged() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool.forget(self)
        let owner = owner
        self.owner = nil
        owner?.upstreamEnded(wasPooled: isPooled, cleanly: error == nil)
    }
}
