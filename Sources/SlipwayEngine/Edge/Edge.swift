// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
public import SlipwayCore

/// The reverse proxy and static file server under an application's one address.
public actor Edge {
    /// Where the edge listens.
    public struct Address: Hashable, Sendable {
        /// `127.0.0.1`, `::1`.
        public let host: String
        /// The one that was bound, never 0.
        public let port: UInt16
    }

    private let spec: EdgeSpec
    private let threads: Int
    private let condition: @Sendable (String) -> ServiceCondition
    private let log: (@Sendable (AccessRecord) -> Void)?
    private var group: MultiThreadedEventLoopGroup?
    private var loops: [NIOLoopBound<EdgeLoop>] = []
    private var listeners: [any Channel] = []

    /// - Parameters:
    ///   - threads: Event loops; one serves more requests than the application behind it on a small machine.
    ///   - log: Called on an event loop for each answered request; must not block.
    ///   - condition: Called on an event loop when a service does not answer; must not block.
    public init(
        spec: EdgeSpec, threads: Int = 1, log: (@Sendable (AccessRecord) -> Void)? = nil,
        condition: @escaping @Sendable (String) -> ServiceCondition
    ) {
        self.spec = spec
        self.threads = threads
        self.log = log
        self.condition = condition
    }

    /// Binds all addresses and begins to serve.
    /// - Returns: The addresses bound; a family that the machine does not have is left out.
    /// - Throws: ``SlipwayError`` `port-in-use`, `engine-failed`.
    public func start() async throws -> [Address] {
        guard group == nil else { throw SlipwayError(.engineFailed, "the edge was started twice") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(threads, 1))
        self.group = group
        let (spec, condition, log) = (spec, condition, log)
        do {
            for eventLoop in group.makeIterator() {
                let loop = try await eventLoop.submit {
                    let loop = EdgeLoop(
                        eventLoop: eventLoop, limits: spec.limits, files: SiteCache(eventLoop: eventLoop),
                        condition: condition, log: log)
                    loop.route(spec.routes)
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }.get()
                loops.append(loop)
            }
            listeners = try await Listener(group: group, loops: loops).bind(spec.hosts, port: spec.port)
        } catch {
            await shutdown(grace: .zero)
            throw error
        }
        return listeners.compactMap { channel in
            guard let address = channel.localAddress, let host = address.ipAddress, let port = address.port else {
                return nil
            }
            return Address(host: host, port: UInt16(clamping: port))
        }
    }

    /// Requests that come from now on follow these routes; those under way finish where they are.
    public func update(routes: [EdgeRoute]) async throws {
        for loop in loops { try await loop.eventLoop.submit { loop.value.route(routes) }.get() }
    }

    /// What has passed so far.
    public func counters() async throws -> EdgeCounters {
        var total = EdgeCounters()
        for loop in loops { total.add(try await loop.eventLoop.submit { loop.value.snapshot() }.get()) }
        return total
    }

    /// Returns when ``shutdown(grace:)`` has closed the listening sockets.
    public func waitUntilClosed() async {
        for listener in listeners { try? await listener.closeFuture.get() }
    }

    /// Stops accepting, lets requests under way finish, then closes.
    /// - Parameter grace: After it, whatever is still open is cut.
    public func shutdown(grace: Duration) async {
        guard let group else { return }
        self.group = nil
        for listener in listeners { try? await listener.close() }
        listeners = []
        for loop in loops {
            try? await loop.eventLoop.flatSubmit {
                let drained = loop.value.drain()
                let deadline = loop.eventLoop.scheduleTask(in: .nanoseconds(grace.nanoseconds)) {
                    loop.value.closeAll()
                }
                drained.whenComplete { _ in deadline.cancel() }
                return drained
            }.get()
            try? await loop.eventLoop.submit { loop.value.closeAll() }.get()
        }
        loops = []
        try? await group.shutdownGracefully()
    }
}
