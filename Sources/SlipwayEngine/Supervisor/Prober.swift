// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayCore

/// Asks a process whether it is ready.
struct Prober: Sendable {
    /// Enough for a status line and the first words of a reason.
    private static let bytesRead = 4096

    private let group: any EventLoopGroup

    init(group: any EventLoopGroup) { self.group = group }

    func probe(_ probe: Probe) async -> ProbeResult {
        switch probe.kind {
        case .uptime: .passed
        case .tcp(let port):
            await connect(timeout: probe.timeout, request: nil) {
                try await $0.connect(host: "127.0.0.1", port: Int(port)).get()
            }
        case .unix(let path):
            await connect(timeout: probe.timeout, request: nil) {
                try await $0.connect(unixDomainSocketPath: path).get()
            }
        case .http(let port, let path):
            await connect(timeout: probe.timeout, request: Self.request(path: path, port: port)) {
                try await $0.connect(host: "127.0.0.1", port: Int(port)).get()
            }
        }
    }

    /// HTTP/1.1 with a Host, which frameworks check, and `Connection: close`, so that the end is the answer's end; as a
    /// proxy with TLS asks, because a server that wants HTTPS sends everybody else away.
    private static func request(path: String, port: UInt16) -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nUser-Agent: slipway-probe\r\nAccept: */*\r\n"
            + "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    }

    private func connect(
        timeout: Duration, request: String?, _ open: @Sendable (ClientBootstrap) async throws -> any Channel
    ) async -> ProbeResult {
        let loop = group.next()
        let answer = loop.makePromise(of: ProbeResult.self)
        let limit = TimeAmount(timeout)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if request != nil { try channel.pipeline.syncOperations.addHandler(AnswerReader(answer)) }
                }
            }
        let timer = loop.scheduleTask(in: limit) { answer.succeed(.timedOut) }
        defer { timer.cancel() }
        do {
            let channel = try await open(bootstrap)
            if let request {
                channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
            } else {
                answer.succeed(.passed)
            }
            let result = (try? await answer.futureResult.get()) ?? .timedOut
            channel.close(promise: nil)
            return result
        } catch {
            answer.succeed(.refused)
            if case ChannelError.connectTimeout = error { return .timedOut }
            return .refused
        }
    }

    /// Collects the start of the answer; decides at its end or when enough has come.
    private final class AnswerReader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: EventLoopPromise<ProbeResult>
        private var received: [UInt8] = []

        init(_ answer: EventLoopPromise<ProbeResult>) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            let head = HTTPAnswer(received)
            if received.count >= Prober.bytesRead || head?.isGood == true { finish(context) }
        }

        func channelInactive(context: ChannelHandlerContext) { finish(context) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            answer.succeed(.broken("the connection broke"))
            context.close(promise: nil)
        }

        private func finish(_ context: ChannelHandlerContext) {
            if let head = HTTPAnswer(received) {
                answer.succeed(head.isGood ? .passed : .status(head.status, bodyStart: head.bodyStart))
            } else {
                answer.succeed(.broken(received.isEmpty ? "closed without an answer" : "the answer is no HTTP"))
            }
            context.close(promise: nil)
        }
    }
}
