// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Answers `GET /metrics` and `GET /health` on loopback, one request a connection.
final class AdminConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let longestHead = 8 << 10

    private let metrics: @Sendable () async -> String
    private var input = ByteBuffer()
    private var parser = HeadParser()
    private var isAnswered = false

    /// - Parameter metrics: In Prometheus' text format.
    init(metrics: @escaping @Sendable () async -> String) { self.metrics = metrics }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        input.writeImmutableBuffer(unwrapInboundIn(data))
        let path = input.withUnsafeReadableBytes { bytes -> String? in
            do throws(ProtocolViolation) {
                guard let end = try parser.parse(bytes, limit: Self.longestHead) else { return nil }
                let head = try RequestHead(parser, bytes.part(0..<end))
                return head.method == .get ? bytes.text(head.target.path) : ""
            } catch {
                return ""
            }
        }
        guard let path else { return }
        isAnswered = true
        switch path {
        case "/metrics":
            let metrics = metrics
            context.eventLoop.makeFutureWithTask { await metrics() }.assumeIsolated().whenComplete { result in
                self.answer("200 OK", PrometheusText.contentType, (try? result.get()) ?? "", context)
            }
        case "/health": answer("200 OK", "text/plain", "ok\n", context)
        default: answer("404 Not Found", "text/plain", "there is /metrics and /health\n", context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ status: String, _ type: String, _ body: String, _ context: ChannelHandlerContext) {
        let text =
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\n\r\n\(body)"
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: written)
    }
}
