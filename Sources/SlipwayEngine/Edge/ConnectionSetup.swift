// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP2
internal import NIOSSL
internal import NIOTLS
internal import SlipwayCore

/// Puts together the handlers of one accepted connection.
struct ConnectionSetup {
    let loop: EdgeLoop
    let channel: any Channel

    private var pipeline: ChannelPipeline.SynchronousOperations { channel.pipeline.syncOperations }
    private var patience: TimeAmount { .nanoseconds(loop.limits.headerTimeout.nanoseconds) }

    /// - Parameters:
    ///   - balancers: From their addresses a connection begins with a PROXY header, and only from theirs.
    ///   - certificates: For encryption; `nil` on the plain port.
    func install(balancers: [IPNetwork], certificates: CertificateStore?) throws {
        guard !balancers.isEmpty, let ip = IPAddress(channel.remoteAddress),
            balancers.contains(where: { $0.contains(ip) })
        else { return try serve(channel.remoteAddress, certificates) }
        try pipeline.addHandler(
            ProxyHeaderReader(deadline: patience) { address in
                try serve(address ?? channel.remoteAddress, certificates)
            })
    }

    private func serve(_ remote: SocketAddress?, _ certificates: CertificateStore?) throws {
        let identity = ClientIdentity(remote, isSecure: certificates != nil)
        let account = account(of: identity)
        guard let certificates else {
            return try pipeline.addHandler(ClientConnection(loop: loop, identity: identity, account: account))
        }
        try encrypt(certificates, identity, account)
    }

    private func account(of identity: ClientIdentity) -> ClientAccount? {
        guard let account = loop.account(of: identity) else { return nil }
        channel.closeFuture.assumeIsolated().whenComplete { _ in account.connections -= 1 }
        return account
    }

    // MARK: Encryption

    private func encrypt(
        _ certificates: CertificateStore, _ identity: ClientIdentity, _ account: ClientAccount?
    ) throws {
        let channel = channel
        // A handshake that does not end would hold the connection for ever.
        let deadline = loop.eventLoop.assumeIsolated().scheduleTask(in: patience) { channel.close(promise: nil) }
        channel.closeFuture.assumeIsolated().whenComplete { _ in deadline.cancel() }
        let bound = NIOLoopBound((self, identity, account), eventLoop: loop.eventLoop)
        let negotiation = ApplicationProtocolNegotiationHandler { result, channel in
            deadline.cancel()
            return channel.eventLoop.makeCompletedFuture {
                let (setup, identity, account) = bound.value
                if case .negotiated("h2") = result {
                    try setup.multiplex(identity, account)
                } else {
                    try setup.pipeline.addHandler(
                        ClientConnection(loop: setup.loop, identity: identity, account: account, isEncrypted: true))
                }
            }
        }
        try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
        try pipeline.addHandler(negotiation)
    }

    // MARK: HTTP/2

    /// Streams at a time; 100 is the least that RFC 9113 recommends, and nginx has 128.
    private static let mostStreams = 100
    /// Bytes that a client may send on one stream before the service has taken them; nginx's http2_body_preread_size.
    private static let streamWindow = 64 << 10

    private func multiplex(_ identity: ClientIdentity, _ account: ClientAccount?) throws {
        let idle = TimeAmount.nanoseconds(loop.limits.idleTimeout.nanoseconds)
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(maxIdleTime: idle, maxAge: nil, maxGraceTime: nil, keepalive: nil))
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.mostStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: loop.limits.headerBytes),
        ]
        // All streams of a connection together; 64 KiB for all of them would be one slow upload's.
        connection.targetWindowSize = 16 * Self.streamWindow
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.targetWindowSize = Self.streamWindow
        stream.outboundBufferSizeHighWatermark = 64 << 10
        stream.outboundBufferSizeLowWatermark = 32 << 10
        let bound = NIOLoopBound((loop, identity, account), eventLoop: loop.eventLoop)
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: stream,
            streamDelegate: manager.http2StreamDelegate
        ) { child in
            child.eventLoop.makeCompletedFuture {
                let (loop, identity, account) = bound.value
                let translator = HTTP2Stream()
                let client = ClientConnection(loop: loop, identity: identity, account: account, isEncrypted: true)
                client.stream = translator
                try child.pipeline.syncOperations.addHandlers(translator, client)
            }
        }
        try pipeline.addHandler(manager)
        loop.addMultiplexed(channel)
    }
}
