// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayHost

/// Sends requests at a steady rate whatever becomes of them, and keeps streams open.
public actor LoadGenerator {
    private let plan: LoadPlan
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private var loop: NIOLoopBound<LoadLoop>?

    /// - Parameter plan: At least one path.
    public init(_ plan: LoadPlan) { self.plan = plan }

    /// Begins, with a first stretch of this name.
    public func start(stretch: String) async throws {
        let plan = plan
        let eventLoop = group.next()
        loop = try await eventLoop.submit {
            let loop = LoadLoop(plan, eventLoop: eventLoop)
            loop.begin(stretch)
            loop.start()
            return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get()
    }

    /// Requests due from now on are counted under this name.
    public func begin(stretch: String) async throws {
        guard let loop else { return }
        try await loop.eventLoop.submit { loop.value.begin(stretch) }.get()
    }

    /// Sends nothing more, waits for what is under way, and tells what came of all.
    public func finish() async throws -> LoadResult {
        guard let loop else { return LoadResult() }
        self.loop = nil
        try await loop.eventLoop.submit { loop.value.stop() }.get()
        let deadline = SystemClock.steady.now + plan.timeout
        while try await loop.eventLoop.submit({ loop.value.isBusy }).get(), SystemClock.steady.now < deadline {
            try await SystemClock.steady.sleep(for: .milliseconds(10))
        }
        let result = try await loop.eventLoop.submit {
            loop.value.close()
            return loop.value.result
        }.get()
        try? await group.shutdownGracefully()
        return result
    }

    /// The status that one GET of this path is answered with; `nil` without an answer.
    public static func status(of path: String, port: UInt16) async -> Int? {
        let group = MultiThreadedEventLoopGroup.singleton
        let answer = group.next().makePromise(of: Int?.self)
        let bound = answer.futureResult.eventLoop
        bound.execute {
            LoadRequest.open(
                port: port, eventLoop: bound, request: LoadRequest.get(path, closes: true), timeout: .seconds(10)
            ) { _, outcome in
                switch outcome {
                case .answered(let status): answer.succeed(Int(status))
                case .lost: answer.succeed(nil)
                }
            }
        }
        return (try? await answer.futureResult.get()) ?? nil
    }
}
