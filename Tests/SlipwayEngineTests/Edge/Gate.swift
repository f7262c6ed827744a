// SPDX-License-Identifier: Apache-2.0

/// Lets one waiter through for each opening, in either order.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.yield() }
    func wait() async { for await _ in stream { return } }
}
