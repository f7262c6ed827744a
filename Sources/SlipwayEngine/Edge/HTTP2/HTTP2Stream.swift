// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Stands between one HTTP/2 stream and a ``ClientConnection``, which sees an HTTP/1.1 connection with one request.
final class HTTP2Stream: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = HTTP2Frame.FramePayload

    private enum Request { case awaited, body(HTTP2Head.Framing), complete }
    private enum Response { case head, body(BodyFraming), complete }

    /// The response is broken off: the client must see that something is missing.
    var isCut = false
    private var request = Request.awaited
    private var response = Response.head
    private var isHEAD = false
    private var parser = HeadParser()
    private var pending = ByteBuffer()
    /// Done when the last frame has left.
    private var ended: EventLoopFuture<Void>?

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), request) {
        case (.headers(let frame), .awaited): begin(frame, context)
        case (.headers, .body(let framing)): end(framing, context)
        case (.data(let frame), .body(let framing)):
            guard case .byteBuffer(let bytes) = frame.data else { return }
            forward(bytes, framing, context)
            if frame.endStream { end(framing, context) }
        default: break
        }
    }

    private func begin(_ frame: HTTP2Frame.FramePayload.Headers, _ context: ChannelHandlerContext) {
        do throws(ProtocolViolation) {
            let head = try HTTP2Head.request(frame.headers, endsStream: frame.endStream)
            isHEAD = frame.headers.first(name: ":method") == "HEAD"
            request = head.framing == .none ? .complete : .body(head.framing)
            context.fireChannelRead(wrapInboundOut(head.bytes))
        } catch {
            request = .complete
            response = .complete
            context.writeAndFlush(wrapOutboundOut(.rstStream(.protocolError)), promise: nil)
            context.close(promise: nil)
        }
    }

    private func forward(_ bytes: ByteBuffer, _ framing: HTTP2Head.Framing, _ context: ChannelHandlerContext) {
        guard bytes.readableBytes > 0 else { return }
        guard framing == .chunked else { return context.fireChannelRead(wrapInboundOut(bytes)) }
        var chunk = ByteBuffer(string: String(bytes.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(bytes)
        chunk.writeStaticString("\r\n")
        context.fireChannelRead(wrapInboundOut(chunk))
    }

    private func end(_ framing: HTTP2Head.Framing, _ context: ChannelHandlerContext) {
        request = .complete
        guard framing == .chunked else { return }
        context.fireChannelRead(wrapInboundOut(ByteBuffer(string: "0\r\n\r\n")))
    }

    // MARK: To the client

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(var bytes) = unwrapOutboundIn(data) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        if bytes.readableBytes == 0 { return finish(context, promise) }
        if case .head = response {
            pending.writeBuffer(&bytes)
            guard readHead(context) else {
                promise?.succeed()
                return
            }
            bytes = pending
            pending = ByteBuffer()
        }
        writeBody(&bytes, context, promise)
    }

    /// - Returns: Whether the head is complete, and what is left is the body.
    private func readHead(_ context: ChannelHandlerContext) -> Bool {
        while case .head = response {
            var length = 0
            let read = pending.withUnsafeReadableBytes { bytes -> (HPACKHeaders, ResponseHead)? in
                guard let end = try? parser.parse(bytes, limit: .max) else { return nil }
                length = end
                let headBytes = bytes.part(0..<end)
                guard let head = try? ResponseHead(parser, headBytes, toHEAD: isHEAD) else { return nil }
                return (HTTP2Head.response(head, parser.fields, headBytes), head)
            }
            guard let (headers, head) = read else { return false }
            pending.moveReaderIndex(forwardBy: length)
            parser.reset()
            let isFinal = head.status >= 200
            let endsStream = isFinal && head.body.isComplete
            if isFinal { response = endsStream ? .complete : .body(head.body) }
            send(.headers(.init(headers: headers, endStream: endsStream)), endsStream, context, nil)
        }
        return true
    }

    private func writeBody(
        _ bytes: inout ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        guard case .body(var framing) = response, bytes.readableBytes > 0 else {
            promise?.succeed()
            return
        }
        var payload = ByteBuffer()
        var progress = BodyFraming.Progress()
        if case .chunked = framing {
            progress = bytes.withUnsafeReadableBytes {
                (try? framing.extract($0) { payload.writeBytes($0) }) ?? BodyFraming.Progress()
            }
        } else {
            progress = bytes.withUnsafeReadableBytes { (try? framing.advance($0)) ?? BodyFraming.Progress() }
            payload = bytes.readSlice(length: progress.passed) ?? ByteBuffer()
        }
        response = progress.isComplete ? .complete : .body(framing)
        guard payload.readableBytes > 0 || progress.isComplete else {
            promise?.succeed()
            return
        }
        send(
            .data(.init(data: .byteBuffer(payload), endStream: progress.isComplete)), progress.isComplete, context,
            promise)
    }

    /// Nothing follows: where the connection's end is the body's end, this is it.
    private func finish(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        if case .body(.untilClose) = response {
            response = .complete
            send(.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)), true, context, promise)
        } else if let ended {
            ended.cascade(to: promise)
        } else {
            promise?.succeed()
        }
    }

    private func send(
        _ frame: HTTP2Frame.FramePayload, _ endsStream: Bool, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        guard endsStream else { return context.write(wrapOutboundOut(frame), promise: promise) }
        let written = context.eventLoop.makePromise(of: Void.self)
        ended = written.futureResult
        written.futureResult.cascade(to: promise)
        context.write(wrapOutboundOut(frame), promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // A stream that is whole on both sides closes by itself.
        switch (response, request) {
        case (.complete, .complete) where !isCut: break
        case (.complete, _) where !isCut: context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil)
        default: context.writeAndFlush(wrapOutboundOut(.rstStream(.internalError)), promise: nil)
        }
        context.close(mode: .all, promise: promise)
    }
}
