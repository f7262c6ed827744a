// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Answers ``EngineRequest`` lines on the unix socket, each with one ``EngineReply`` line.
struct ControlServer: Sendable {
    typealias Answer = @Sendable (EngineRequest) async -> EngineReply

    /// A process with its whole environment stays far under this.
    private static let longestRequest = 4 << 20
    private static let newline = UInt8(ascii: "\n")

    private let server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    static func open(path: String, group: any EventLoopGroup) async throws -> ControlServer {
        let server = try await ServerBootstrap(group: group)
            .bind(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return ControlServer(server: server)
    }

    /// Serves until the task is cancelled.
    func run(_ answer: @escaping Answer) async {
        try? await server.executeThenClose { clients in
            try await withThrowingDiscardingTaskGroup { group in
                for try await client in clients {
                    // A client that goes away in the middle hurts nobody else.
                    group.addTask { try? await Self.serve(client, answer) }
                }
            }
        }
    }

    private static func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ answer: Answer) async throws {
        try await client.executeThenClose { inbound, outbound in
            var pending: [UInt8] = []
            for try await buffer in inbound {
                pending += buffer.readableBytesView
                while let end = pending.firstIndex(of: newline) {
                    let reply = await reply(to: Array(pending[..<end]), answer)
                    pending.removeFirst(end + 1)
                    try await outbound.write(ByteBuffer(bytes: Array(try JSONEncoder().encode(reply)) + [newline]))
                }
                if pending.count > longestRequest { return }
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
