// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// One client's HTTP/1.1 connection: reads requests one after the other and has each answered by an upstream, from
/// files or by the edge itself.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    enum Phase {
        /// Between requests, or within a head.
        case head
        /// A request is with an upstream.
        case exchange
        /// The edge answers by itself and has not finished.
        case answering
        /// Switched to another protocol: bytes pass both ways unread.
        case tunnel
        /// Everything is written; waits until the client has it.
        case lingering
        case closed
    }

    /// Unread bytes of later requests kept while one is under way; more stays in the socket.
    private static let largestBacklog = 64 << 10

    let loop: EdgeLoop
    let identity: ClientIdentity
    /// `nil` when nobody counts what clients take.
    let account: ClientAccount?
    /// The kernel cannot send files on its own here.
    let isEncrypted: Bool
    /// When this is one stream of an HTTP/2 connection.
    var stream: HTTP2Stream?
    /// Position in the loop's list.
    var index = 0
    var phase = Phase.head
    var context: ChannelHandlerContext?
    var input = ByteBuffer()
    var parser = HeadParser()
    var current = CurrentRequest()
    var exchange: Exchange?
    var upstream: UpstreamConnection?
    var tunnel = TunnelState()
    /// As sent to the upstream; kept until a response comes, for another try.
    var upstreamHead = ByteBuffer()
    /// Tells a late connect that its request is gone.
    var generation: UInt64 = 0
    private var isAdvancing = false
    /// Something came while it was being done.
    private var advancesAgain = false
    private var hasHeldRead = false
    private var lastActivity: UInt32
    private var headStart: UInt32

    init(loop: EdgeLoop, identity: ClientIdentity, account: ClientAccount?, isEncrypted: Bool = false) {
        self.loop = loop
        self.identity = identity
        self.account = account
        self.isEncrypted = isEncrypted
        lastActivity = loop.clock
        headStart = loop.clock
    }

    var isBusy: Bool {
        switch phase {
        case .exchange, .answering, .tunnel: true
        case .head, .lingering, .closed: false
        }
    }
    /// Of the request under way.
    var upstreamPort: UInt16? {
        isBusy && !current.isOnHold ? current.pool?.port : nil
    }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func touch() { lastActivity = loop.clock }
    func write(_ bytes: ByteBuffer) {
        current.sentBytes &+= bytes.readableBytes
        context?.write(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
    }
    func flush() { context?.flush() }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if holdsReads { hasHeldRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        // What a client goes on sending after its answer gives it no more time.
        if phase != .lingering { touch() }
        switch phase {
        case .tunnel: upstream?.write(bytes)
        case .lingering, .closed: break
        case .head, .exchange, .answering:
            if input.readableBytes == 0 {
                if phase == .head { headStart = loop.clock }
                input = bytes
            } else {
                input.writeBuffer(&bytes)
            }
            advance()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if phase == .tunnel { upstream?.flush() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        touch()
        upstream?.holdReads(!context.channel.isWritable)
        if phase == .head { advance() }
        updateReading()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        let wasBusy = isBusy
        let status: UInt16? = phase == .tunnel ? nil : 0
        phase = .closed
        generation += 1
        releaseUpstream(.close)
        if wasBusy { finishRequest(status: status) }
        loop.remove(self)
    }

    // MARK: Reading

    /// Backpressure: what cannot be passed on stays in the client's socket.
    private var holdsReads: Bool {
        switch phase {
        case .head: !isWritable
        case .exchange:
            if let exchange, !exchange.isRequestComplete {
                !(upstream?.isWritable ?? false)
            } else {
                input.readableBytes > Self.largestBacklog
            }
        case .answering: input.readableBytes > Self.largestBacklog
        case .tunnel: !(upstream?.isWritable ?? false)
        case .lingering, .closed: false
        }
    }

    func updateReading() {
        guard hasHeldRead, !holdsReads else { return }
        hasHeldRead = false
        context?.read()
    }

    /// Does what the bytes at hand allow. A loop and no recursion: a thousand pipelined requests need no deep stack.
    func advance() {
        guard !isAdvancing else {
            advancesAgain = true
            return
        }
        isAdvancing = true
        defer { isAdvancing = false }
        repeat {
            advancesAgain = false
            while phase == .head, isWritable, input.readableBytes > 0, readRequest() {}
            if phase == .exchange { forwardRequestBody() }
            // Gives the channel its buffer back, so that the next read allocates none.
            if input.readableBytes == 0 { input = ByteBuffer() }
            // An HTTP/2 stream hands over at once what it holds.
            updateReading()
        } while advancesAgain
    }

    /// The response has passed; the next request may be there already.
    func becomeReady() {
        guard phase != .closed else { return }
        phase = .head
        exchange = nil
        headStart = loop.clock
        guard !loop.isDraining || loop.isRetiring else { return closeAfterWrites(lingers: false) }
        if input.readableBytes > 0 { advance() } else { updateReading() }
    }

    // MARK: Ends

    /// Lets what is written reach the client, then closes.
    /// - Parameter lingers: The client may still be sending; closing at once would reset the connection and take the
    ///   response away (RFC 9112, section 9.6).
    func closeAfterWrites(lingers: Bool) {
        guard let context, phase != .closed else { return }
        phase = .lingering
        exchange = nil
        input = ByteBuffer()
        touch()
        let written = context.eventLoop.makePromise(of: Void.self)
        let mode: CloseMode = lingers ? .output : .all
        written.futureResult.assumeIsolated().whenComplete { _ in self.context?.close(mode: mode, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
        updateReading()
    }

    /// Closes so that the client cannot take what it has for the whole response.
    func cut() {
        guard let context else { return }
        stream?.isCut = true
        context.channel.resetsOnClose()
        context.close(promise: nil)
    }

    /// The edge goes down: idle connections end now, the others after their response.
    func drain() {
        if phase == .head, input.readableBytes == 0 { context?.close(promise: nil) }
    }

    func checkTimeouts() {
        let limits = loop.timeouts
        let still = loop.clock &- lastActivity
        switch phase {
        case .head:
            if input.readableBytes > 0 {
                if loop.clock &- headStart > limits.header { refuse(.clientTooSlow()) }
            } else if still > limits.idle {
                context?.close(promise: nil)
            }
        case .exchange: if still > limits.body { exchangeTimedOut() }
        case .answering: if still > limits.body { cut() }
        case .tunnel: if still > limits.tunnel { context?.close(promise: nil) }
        case .lingering: if still > limits.linger { context?.close(promise: nil) }
        case .closed: break
        }
    }
}
