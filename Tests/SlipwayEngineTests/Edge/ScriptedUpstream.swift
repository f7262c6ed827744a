// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

/// A real server on loopback that does with each connection what a test says.
enum ScriptedUpstream {
    typealias Script = @Sendable (_ stream: RawStream, _ connection: Int) async throws -> Void

    /// Serves while `body` runs.
    static func serve<Result>(
        _ script: @escaping Script, _ body: (Counted) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try RawStream.wrap(channel) }
            }
        let counted = Counted(port: UInt16(listener.channel.localAddress?.port ?? 0))
        let accepting = Task {
            try await withThrowingDiscardingTaskGroup { group in
                try await listener.executeThenClose { clients in
                    for try await client in clients {
                        let number = counted.add()
                        group.addTask {
                            try? await client.executeThenClose { try await script(RawStream($0, $1), number) }
                        }
                    }
                }
                group.cancelAll()
            }
        }
        // Closing ends the loop above after the last accepted connection; cancelling could leave one without a reader.
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(counted))
        } catch {
            result = .failure(error)
        }
        try? await listener.channel.close()
        _ = await accepting.result
        return try result.get()
    }

    /// The running server.
    final class Counted: Sendable {
        let port: UInt16
        private let count = Mutex(0)

        init(port: UInt16) { self.port = port }

        /// Connections accepted so far.
        var connections: Int { count.withLock { $0 } }
        fileprivate func add() -> Int {
            count.withLock { value in
                value += 1
                return value
            }
        }
    }
}
