// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayCore
internal import SlipwayHost

/// The listening sockets of an edge, which belong to every process that holds them.
struct EdgeSockets: Equatable, Sendable {
    var plain: [Int32] = []
    var secure: [Int32] = []
    var admin: Int32?
}

extension Edge {
    /// For requests that are under way when another edge takes over: longer than any upload that still gets on.
    static let retirement = Duration.seconds(600)

    /// What another process needs to listen where this one does.
    /// - Throws: ``SlipwayError`` `engine-failed` when the edge is not open.
    func sockets() async throws -> EdgeSockets {
        var sockets = EdgeSockets()
        for listener in listeners {
            let descriptor = try await Self.descriptor(of: listener)
            if secureAddresses.contains(where: { Int($0.port) == listener.localAddress?.port }) {
                sockets.secure.append(descriptor)
            } else {
                sockets.plain.append(descriptor)
            }
        }
        if let admin { sockets.admin = try await Self.descriptor(of: admin) }
        guard !sockets.plain.isEmpty else { throw SlipwayError(.engineFailed, "the edge is not open") }
        return sockets
    }

    /// What has passed, without what is under way.
    func passed() async -> EdgeCounters {
        var counters = (try? await counters()) ?? EdgeCounters()
        counters.inFlight = 0
        counters.connections = 0
        return counters
    }

    private static func descriptor(of channel: any Channel) async throws -> Int32 {
        let descriptor = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        }.get()
        guard let descriptor else { throw SlipwayError(.engineFailed, "a listening socket has no descriptor") }
        return descriptor
    }

    /// Serves on sockets that were inherited.
    func accept() async throws {
        for listener in listeners { try await listener.setOption(.autoRead, value: true).get() }
    }

    /// Another process serves the same sockets from now on: lets requests under way finish, ends streams properly after
    /// their grace, and returns when no connection is left.
    /// - Parameter isOver: Whether nobody waits for the rest any more.
    func retire(_ order: DrainOrder, isOver: @Sendable () -> Bool) async -> DrainReport {
        // What was accepted must have got its handlers before the socket is closed.
        for listener in listeners { try? await listener.setOption(.autoRead, value: false).get() }
        for loop in loops { try? await loop.eventLoop.submit { loop.value.retire() }.get() }
        await closeListeners()
        let report = try? await finish(order, round: .milliseconds(20), isOver: isOver) { loop, share, cutsAll in
            loop.retireRound(endsStreams: share, cutsAll: cutsAll)
        }
        await shutdown(grace: .zero)
        return report ?? DrainReport()
    }
}
