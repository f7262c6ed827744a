// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// A TCP connection as text, for tests that must see every byte.
final class RawStream {
    typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var pending: [UInt8] = []
    private(set) var hasEnded = false

    init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// Text up to and including `marker`, or all that came when the connection ended before it.
    func receive(through marker: String) async throws -> String {
        let marker = Array(marker.utf8)
        while true {
            if let end = pending.firstRange(of: marker)?.upperBound { return take(end) }
            guard try await more() else { return take(pending.count) }
        }
    }

    func receive(count: Int) async throws -> String {
        while pending.count < count, try await more() {}
        return take(min(count, pending.count))
    }

    func receiveAll() async throws -> String {
        while try await more() {}
        return take(pending.count)
    }

    /// A head and its counted body.
    func receiveMessage() async throws -> String {
        let head = try await receive(through: "\r\n\r\n")
        let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        guard let length = field?.split(separator: " ").last.flatMap({ Int($0) }) else { return head }
        return head + (try await receive(count: length))
    }

    private func more() async throws -> Bool {
        do {
            guard let buffer = try await inbound.next() else {
                hasEnded = true
                return false
            }
            pending += Array(buffer: buffer)
            return true
        } catch is IOError {
            hasEnded = true
            return false
        }
    }

    private func take(_ count: Int) -> String {
        defer { pending.removeFirst(count) }
        return String(decoding: pending[..<count], as: UTF8.self)
    }

    /// Connects, runs `body`, closes. A deadline ends reads that would wait for ever.
    static func connect<Result: Sendable>(
        to port: UInt16, _ body: (RawStream) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: Int(port)) { channel in
                channel.eventLoop.makeCompletedFuture { try wrap(channel) }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(RawStream(inbound, outbound))
        }
    }

    static func wrap(_ channel: any NIOCore.Channel) throws -> Channel {
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(20)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in deadline.cancel() }
        return try Channel(wrappingChannelSynchronously: channel)
    }
}
