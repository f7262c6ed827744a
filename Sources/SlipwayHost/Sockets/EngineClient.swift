// SPDX-License-Identifier: Apache-2.0

import Dispatch
package import SlipwayCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Speaks to a running engine: one request line, one reply line, over its unix socket.
package struct EngineClient: Sendable {
    /// A status with thirty log lines of each process stays far under this.
    private static let largestReplyInBytes = 16 << 20

    package let socketPath: String

    package init(socketPath: String) { self.socketPath = socketPath }

    /// Asks, and waits for the reply.
    /// - Parameter deadline: Counted from the call. 5 s is much for a status; `replace` and `stop` wait for processes.
    /// - Throws: ``SlipwayError`` `engineUnreachable` when nobody answers, `timedOut` at the deadline, or what the
    ///   engine itself reports as failed; `CancellationError` when the task is cancelled.
    package func send(_ request: EngineRequest, deadline: Duration = .seconds(5)) async throws -> EngineReply {
        let line = try JSONEncoder().encode(request) + [UInt8(ascii: "\n")]
        let connection = try UnixConnection(path: socketPath)
        let bytes = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[UInt8], any Error>) in
                // The calls below block, so they must not run on the cooperative pool.
                DispatchQueue.global().async {
                    continuation.resume(
                        with: Result {
                            try connection.exchange(
                                Array(line), deadline: .now + deadline, limit: Self.largestReplyInBytes)
                        })
                }
            }
        } onCancel: {
            connection.interrupt()
        }
        try Task.checkCancellation()
        do {
            return try JSONDecoder().decode(EngineReply.self, from: Data(bytes))
        } catch {
            throw SlipwayError(
                .engineUnreachable, "the engine at \(socketPath) closed the connection without a reply",
                hint: "slipway status", cause: bytes.isEmpty ? nil : error)
        }
    }

    /// The engine's observed state.
    package func status(deadline: Duration = .seconds(5)) async throws -> EngineStatus {
        let reply = try await send(.status, deadline: deadline)
        guard case .status(let status) = reply else { throw Self.unexpected(reply) }
        return status
    }

    /// Sends a request that is answered with nothing but success.
    package func perform(_ request: EngineRequest, deadline: Duration) async throws {
        let reply = try await send(request, deadline: deadline)
        guard case .done = reply else { throw Self.unexpected(reply) }
    }

    private static func unexpected(_ reply: EngineReply) -> SlipwayError {
        guard case .failed(let code, let message, let details) = reply else {
            return SlipwayError(.engineFailed, "the engine gave an answer to another question: \(reply)")
        }
        let known = SlipwayError.Code.all.first { $0.rawValue == code } ?? .engineFailed
        return SlipwayError(known, message, details: details)
    }
}
