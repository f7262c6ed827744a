// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Ends a piece of work at SIGINT or SIGTERM, after it has taken back what it began.
enum SignalEnd {
    /// - Throws: `CancellationError` after a signal; whatever the work throws otherwise.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let ends = SignalStream.terminations()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in ends { return nil }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            while let next = await group.nextResult() {
                if case .success(let value?) = next { return value }
            }
            throw CancellationError()
        }
    }
}
