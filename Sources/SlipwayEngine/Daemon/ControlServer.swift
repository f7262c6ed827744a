// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayCore
internal import SlipwayHost
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Answers ``EngineRequest`` lines on the unix socket, each with one ``EngineReply`` line.
final class ControlServer: Sendable {
    typealias Answer = @Sendable (EngineRequest) async -> EngineReply
    private typealias Client = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// A process with its whole environment stays far under this.
    private static let longestRequest = 4 << 20
    private static let newline = UInt8(ascii: "\n")
    /// For a reply to reach its client when the server ends.
    private static let lastReply = Duration.seconds(2)

    /// Bound here and not by the channel, which would remove the socket's name when it closes, a successor's too.
    let descriptor: Int32
    private let server: any Channel
    private let clients: AsyncStream<NIOAsyncChannel<ByteBuffer, ByteBuffer>>
    /// Requests without their replies.
    private let pending = Mutex(0)

    private init(
        descriptor: Int32, server: any Channel, clients: AsyncStream<NIOAsyncChannel<ByteBuffer, ByteBuffer>>
    ) {
        self.descriptor = descriptor
        self.server = server
        self.clients = clients
    }

    static func open(path: String, group: any EventLoopGroup) async throws -> ControlServer {
        try await open(try UnixListener.bind(path), group: group)
    }

    /// - Parameter descriptor: A listening socket.
    static func open(_ descriptor: Int32, group: any EventLoopGroup) async throws -> ControlServer {
        let (clients, client) = AsyncStream<Client>.makeStream()
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    client.yield(try Client(wrappingChannelSynchronously: channel))
                }
            }
            .withBoundSocket(descriptor).get()
        server.closeFuture.whenComplete { _ in client.finish() }
        return ControlServer(descriptor: descriptor, server: server, clients: clients)
    }

    /// Serves until the task is cancelled.
    func run(_ answer: @escaping Answer) async {
        await withDiscardingTaskGroup { group in
            for await client in clients {
                // A client that goes away in the middle hurts nobody else.
                group.addTask { try? await self.serve(client, answer) }
            }
            group.cancelAll()
        }
        try? await server.close()
    }

    /// Takes no more clients, and returns when those who have asked have their answers.
    func retire() async {
        try? await server.setOption(.autoRead, value: false).get()
        let deadline = SystemClock.steady.now + Self.lastReply
        while pending.withLock({ $0 }) > 0, SystemClock.steady.now < deadline {
            try? await SystemClock.steady.sleep(for: .milliseconds(5))
        }
    }

    private func serve(_ client: Client, _ answer: Answer) async throws {
        try await client.executeThenClose { inbound, outbound in
            var received: [UInt8] = []
            for try await buffer in inbound {
                received += buffer.readableBytesView
                while let end = received.firstIndex(of: Self.newline) {
                    pending.withLock { $0 += 1 }
                    defer { pending.withLock { $0 -= 1 } }
                    let reply = await Self.reply(to: Array(received[..<end]), answer)
                    received.removeFirst(end + 1)
                    try await outbound.write(
                        ByteBuffer(bytes: Array(try JSONEncoder().encode(reply)) + [Self.newline]))
                }
                if received.count > Self.longestRequest { return }
            }
        }
    }

    private static func reply(to line: [UInt8], _ answer: Answer) async -> EngineReply {
        do {
            return await answer(try JSONDecoder().decode(EngineRequest.self, from: Data(line)))
        } catch {
            // Never the line itself: it may hold an environment.
            return .failed(code: "engine-failed", message: "the request is not understood", details: [])
        }
    }
}
