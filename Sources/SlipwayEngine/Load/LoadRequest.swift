// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

/// One client connection that carries requests, one after the other, and reads their answers to the end.
final class LoadRequest: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias Finish = (LoadRequest, Outcome) -> Void

    enum Outcome: Equatable {
        case answered(UInt16)
        /// The reason in a few words, for the sum of them.
        case lost(String)
    }

    private static let pieces = 50
    private static let largestHead = 64 << 10

    private var context: ChannelHandlerContext?
    private var finish: Finish?
    private var input = ByteBuffer()
    private var parser = HeadParser()
    private var head: (status: UInt16, isPersistent: Bool)?
    private var framing = BodyFraming.none
    private var timer: Scheduled<Void>?
    private var serial = 0
    /// The connection may be used again.
    private(set) var canCarryMore = false

    static func get(_ path: String, closes: Bool) -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\nUser-Agent: slipway-rehearse\r\nAccept: */*\r\n"
            + (closes ? "Connection: close\r\n\r\n" : "\r\n")
    }

    static func post(_ path: String, size: Int) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nUser-Agent: slipway-rehearse\r\nConnection: close\r\n"
            + "Content-Type: application/octet-stream\r\nContent-Length: \(size)\r\n\r\n"
    }

    /// Connects, sends and reads the answer.
    /// - Parameter body: Its size, and the time over which it is sent.
    static func open(
        port: UInt16, eventLoop: any EventLoop, request: String, body: (size: Int, time: Duration)? = nil,
        timeout: TimeAmount, _ finish: @escaping Finish
    ) {
        let connection = LoadRequest()
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        connection.finish = finish
        connection.setTimer(timeout, eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        bootstrap.connect(host: "127.0.0.1", port: Int(port)).hop(to: eventLoop).assumeIsolated().whenComplete {
            switch $0 {
            case .success:
                connection.write(request)
                if let body { connection.upload(body.size, over: body.time, serial: connection.serial) }
            case .failure: connection.end(.lost("no connection"))
            }
        }
    }

    /// - Returns: `false` when the connection is gone: then another one has to carry it.
    func send(_ request: String, timeout: TimeAmount, _ finish: @escaping Finish) -> Bool {
        guard let context, context.channel.isActive, canCarryMore else { return false }
        canCarryMore = false
        self.finish = finish
        head = nil
        serial += 1
        setTimer(timeout, context.eventLoop)
        write(request)
        return true
    }

    func close() { context?.close(promise: nil) }

    private func write(_ text: String) {
        guard let context else { return }
        context.writeAndFlush(NIOAny(context.channel.allocator.buffer(string: text)), promise: nil)
    }

    private func upload(_ left: Int, over time: Duration, serial: Int) {
        guard left > 0, let context, self.serial == serial, finish != nil else { return }
        let pause = TimeAmount.nanoseconds(time.nanoseconds / Int64(Self.pieces))
        let piece = max(1, min(left, (left + Self.pieces - 1) / Self.pieces))
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
            guard let context = self.context, self.serial == serial else { return }
            let buffer = ByteBuffer(repeating: 0x78, count: piece)
            context.writeAndFlush(NIOAny(buffer), promise: nil)
            let rest = left - piece
            self.upload(rest, over: time * (Double(rest) / Double(left)), serial: serial)
        }
    }

    private func setTimer(_ timeout: TimeAmount, _ eventLoop: any EventLoop) {
        timer?.cancel()
        timer = eventLoop.assumeIsolated().scheduleTask(in: timeout) { self.end(.lost("no answer in time")) }
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        input.writeBuffer(&bytes)
        do throws(ProtocolViolation) { try read() } catch { end(.lost("malformed answer")) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        canCarryMore = false
        if let head, framing == .untilClose { return end(.answered(head.status)) }
        end(.lost(head == nil ? "closed without an answer" : "answer cut short"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        canCarryMore = false
        end(.lost("connection reset"))
        context.close(promise: nil)
    }

    private func read() throws(ProtocolViolation) {
        while head == nil {
            var found: (length: Int, head: ResponseHead)?
            try input.withUnsafeReadableBytes { bytes throws(ProtocolViolation) in
                guard let length = try parser.parse(bytes, limit: Self.largestHead) else { return }
                found = (length, try ResponseHead(parser, bytes.part(0..<length), toHEAD: false))
                parser.reset()
            }
            guard let found else { return }
            input.moveReaderIndex(forwardBy: found.length)
            guard found.head.status >= 200 else { continue }
            head = (found.head.status, found.head.isPersistent)
            framing = found.head.body
        }
        var consumed = 0
        try input.withUnsafeReadableBytes { bytes throws(ProtocolViolation) in
            consumed = try framing.advance(bytes).consumed
        }
        input.moveReaderIndex(forwardBy: consumed)
        input.discardReadBytes()
        guard let head, framing.isComplete else { return }
        canCarryMore = head.isPersistent && input.readableBytes == 0
        end(.answered(head.status))
    }

    private func end(_ outcome: Outcome) {
        guard let finish else { return }
        self.finish = nil
        timer?.cancel()
        timer = nil
        finish(self, outcome)
        if !canCarryMore { close() }
    }
}
