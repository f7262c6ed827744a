// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

/// One client of a WebSocket or an event stream, which notices how it ends.
final class LoadStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    enum Kind { case webSocket, events }
    enum Event { case opened, ended, cut, refused }

    private static let largestHead = 64 << 10
    /// What the client says now and then, so that a stream is no idle connection: a masked text frame `hi`.
    private static let words: [UInt8] = [0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]
    private static let pause = TimeAmount.milliseconds(500)
    /// A masked close frame with the code that came.
    private static let farewell: [UInt8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xF4]

    private let kind: Kind
    private let report: (LoadStream, Event) -> Void
    private(set) var channel: (any Channel)?
    private var input = ByteBuffer()
    private var parser = HeadParser()
    private var framing: BodyFraming?
    private var frames = WebSocketFrames()
    private var hasEnded = false

    private init(_ kind: Kind, _ report: @escaping (LoadStream, Event) -> Void) {
        self.kind = kind
        self.report = report
    }

    static func socketRequest(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2xpcHdheS1yZWhlYXJzZQ==\r\n\r\n"
    }

    static func eventRequest(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
    }

    static func open(
        port: UInt16, eventLoop: any EventLoop, request: String, kind: Kind,
        _ report: @escaping (LoadStream, Event) -> Void
    ) {
        let stream = LoadStream(kind, report)
        let bound = NIOLoopBound(stream, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        bootstrap.connect(host: "127.0.0.1", port: Int(port)).hop(to: eventLoop).assumeIsolated().whenComplete {
            switch $0 {
            case .success(let channel):
                stream.channel = channel
                channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
            case .failure: stream.end(.refused)
            }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        input.writeBuffer(&bytes)
        do throws(ProtocolViolation) {
            if framing == nil { try readHead(context) }
            try readBody(context)
        } catch { end(.refused) }
    }

    private func readHead(_ context: ChannelHandlerContext) throws(ProtocolViolation) {
        var found: (length: Int, head: ResponseHead)?
        try input.withUnsafeReadableBytes { bytes throws(ProtocolViolation) in
            guard let length = try parser.parse(bytes, limit: Self.largestHead) else { return }
            found = (length, try ResponseHead(parser, bytes.part(0..<length), toHEAD: false))
        }
        guard let found else { return }
        input.moveReaderIndex(forwardBy: found.length)
        guard found.head.status == (kind == .webSocket ? 101 : 200) else { return end(.refused) }
        framing = found.head.body
        report(self, .opened)
        if kind == .webSocket { speak(context) }
    }

    private func readBody(_ context: ChannelHandlerContext) throws(ProtocolViolation) {
        guard var body = framing, !hasEnded else { return }
        if kind == .webSocket {
            frames.advance(input.readableBytesView)
            input.clear()
            guard frames.sawClose else { return }
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: Self.farewell)), promise: nil)
            return end(.ended)
        }
        var consumed = 0
        try input.withUnsafeReadableBytes { bytes throws(ProtocolViolation) in
            consumed = try body.advance(bytes).consumed
        }
        input.moveReaderIndex(forwardBy: consumed)
        input.discardReadBytes()
        framing = body
        if body.isComplete { end(.ended) }
    }

    private func speak(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            guard !self.hasEnded, context.channel.isActive else { return }
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: Self.words)), promise: nil)
            self.speak(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(framing == nil ? .refused : framing == .untilClose && kind == .events ? .ended : .cut)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(framing == nil ? .refused : .cut)
        context.close(promise: nil)
    }

    private func end(_ event: Event) {
        guard !hasEnded else { return }
        hasEnded = true
        report(self, event)
        guard event != .ended || kind == .events else {
            // The server closes when it has seen the farewell; a client that waits for it hurts nobody.
            let channel = channel
            _ = channel?.eventLoop.scheduleTask(in: .seconds(1)) { channel?.close(promise: nil) }
            return
        }
        channel?.close(promise: nil)
    }
}
