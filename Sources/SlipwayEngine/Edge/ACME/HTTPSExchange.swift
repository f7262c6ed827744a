// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import SlipwayCore

/// One request over an encrypted connection of its own.
struct HTTPSExchange: Sendable {
    enum Method: String {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    /// From the first packet to the last byte.
    private static let deadline = TimeAmount.seconds(30)
    /// A chain of certificates needs a hundredth of this.
    private static let largestInBytes = 1 << 20

    let group: MultiThreadedEventLoopGroup
    /// PEM file of those who may vouch for the server; `nil` for the system's.
    let authority: String?

    /// - Parameter address: `https://...`.
    /// - Throws: ``SlipwayError`` `unreachable` or `bad-configuration`; errors of the connection.
    func perform(_ method: Method, _ address: String, body: [UInt8] = []) async throws -> Answer {
        guard let place = Place(address) else {
            throw SlipwayError(
                .badConfiguration, "\(address) is no https address",
                hint: "https://acme-v02.api.letsencrypt.org/directory")
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authority { configuration.trustRoots = .file(authority) }
        let context = try NIOSSLContext(configuration: configuration)
        let promise = group.next().makePromise(of: Answer.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .connectTimeout(.seconds(10))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let name = place.isAddress ? nil : place.host
                        let handlers = channel.pipeline.syncOperations
                        try handlers.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                        try handlers.addHTTPClientHandlers()
                        try handlers.addHandler(
                            NIOHTTPClientResponseAggregator(maxContentLength: Self.largestInBytes))
                        try handlers.addHandler(AnswerReader(promise: promise))
                    }
                }
                .connect(host: place.host, port: place.port).get()
        } catch {
            promise.fail(error)
            throw error
        }
        let timer = channel.eventLoop.scheduleTask(in: Self.deadline) {
            promise.fail(SlipwayError(.timedOut, "\(place.host) does not answer"))
        }
        defer {
            timer.cancel()
            channel.close(promise: nil)
        }
        var head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: method.rawValue), uri: place.target)
        head.headers.add(name: "Host", value: place.authority)
        head.headers.add(name: "User-Agent", value: "slipway")
        head.headers.add(name: "Connection", value: "close")
        if method == .post {
            head.headers.add(name: "Content-Type", value: "application/jose+json")
            head.headers.add(name: "Content-Length", value: "\(body.count)")
        }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !body.isEmpty {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try await promise.futureResult.get()
    }

    /// Where a request goes.
    private struct Place {
        let host: String
        let port: Int
        /// As the Host field has it.
        let authority: String
        let target: String

        init?(_ address: String) {
            guard address.hasPrefix("https://") else { return nil }
            let rest = address.dropFirst("https://".count)
            authority = String(rest.prefix { $0 != "/" })
            target = rest.count > authority.count ? String(rest.dropFirst(authority.count)) : "/"
            if let end = authority.lastIndex(of: ":"), !authority[end...].contains("]") {
                guard let port = UInt16(authority[authority.index(after: end)...]) else { return nil }
                (host, self.port) = (authority[..<end].filter { $0 != "[" && $0 != "]" }, Int(port))
            } else {
                (host, port) = (authority.filter { $0 != "[" && $0 != "]" }, 443)
            }
            guard !host.isEmpty else { return nil }
        }

        var isAddress: Bool { host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } }
    }

    private final class AnswerReader: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPClientResponseFull

        private let promise: EventLoopPromise<Answer>

        init(promise: EventLoopPromise<Answer>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let full = unwrapInboundIn(data)
            promise.succeed(
                Answer(
                    status: Int(full.head.status.code), headers: full.head.headers,
                    body: full.body.map { Array($0.readableBytesView) } ?? []))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
    }
}
