// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import SlipwayCore

/// Connections of one event loop to one service that wait for their next request.
final class UpstreamPool {
    /// For requests that can be sent again. Node and uvicorn close after 5 s.
    private static let idleSeconds = 4
    /// For requests that cannot: the shortest default around is gunicorn's 2 s.
    private static let freshSeconds = 1
    /// Beyond, connections are closed instead of kept. Go's default is 100 in all (net/http, MaxIdleConns).
    private static let largest = 128

    let port: UInt16
    let statistics: UpstreamStatistics
    private let loop: EdgeLoop
    private var idle: [UpstreamConnection] = []
    private(set) var isRetired = false
    private(set) var health = UpstreamHealth()
    /// Requests and tunnels that it has now.
    var inFlight = 0
    private var warmSince: NIODeadline?

    init(port: UInt16, loop: EdgeLoop) {
        self.port = port
        self.loop = loop
        statistics = loop.statistics(of: port)
    }

    // MARK: Health

    @inline(__always) func takes(at now: NIODeadline, isAlone: Bool) -> Bool {
        if let most = loop.health.concurrency, inFlight >= most { return false }
        return health.isClosed || health.takes(at: now, isAlone: isAlone)
    }

    func began(at now: NIODeadline) {
        if !health.isClosed { health.began(at: now, loop.health) }
    }

    func answered(_ status: UInt16) {
        guard status >= 500 else {
            let wasClosed = health.isClosed
            health.succeeded()
            if !wasClosed { warmUp() }
            return
        }
        if health.answeredError(at: .now(), loop.health) { statistics.countPause() }
    }

    func failed(_ failure: UpstreamHealth.Failure) {
        if health.failed(failure, at: .now(), loop.health) { statistics.countPause() }
    }

    /// From now on its share grows to the full one.
    func warmUp() {
        if loop.health.slowStart != nil { warmSince = .now() }
    }

    /// - Returns: `full`, or less while it warms up, at least a tenth.
    func share(at now: NIODeadline, full: Int) -> Int {
        guard let warmSince, let slowStart = loop.health.slowStart else { return full }
        let passed = (now - warmSince).nanoseconds
        guard passed < slowStart.nanoseconds else {
            self.warmSince = nil
            return full
        }
        return max(full / 10, Int(Double(full) * Double(passed) / Double(slowStart.nanoseconds)))
    }

    var isEmpty: Bool { idle.isEmpty }

    /// The connection used last, because it is the one least likely to be closed by the other side.
    func take(toleratesStale: Bool) -> UpstreamConnection? {
        let seconds = toleratesStale ? Self.idleSeconds : Self.freshSeconds
        while let connection = idle.popLast() {
            guard connection.isActive else { continue }
            let announced = connection.keepAliveSeconds.map { $0 - 1 } ?? seconds
            if loop.seconds(since: connection.idleSince) <= min(seconds, announced) { return connection }
            connection.close()
        }
        return nil
    }

    func put(_ connection: UpstreamConnection) {
        guard !isRetired, connection.isActive, idle.count < Self.largest else { return connection.close() }
        connection.rest(since: loop.clock)
        idle.append(connection)
        loop.startClock()
    }

    func forget(_ connection: UpstreamConnection) {
        guard connection.owner == nil, let index = idle.lastIndex(where: { $0 === connection }) else { return }
        idle.remove(at: index)
    }

    /// Closes what has waited too long.
    func sweep() {
        let old = idle.prefix { loop.seconds(since: $0.idleSince) > Self.idleSeconds }
        idle.removeFirst(old.count)
        for connection in old { connection.close() }
    }

    /// No route leads here any more.
    func retire() {
        isRetired = true
        let connections = idle
        idle = []
        for connection in connections { connection.close() }
    }

    /// - Parameter completion: Called on this event loop.
    func connect(timeout: Duration, _ completion: @escaping (Result<UpstreamConnection, any Error>) -> Void) {
        let connection = UpstreamConnection(pool: self)
        let bound = NIOLoopBound(connection, eventLoop: loop.eventLoop)
        let bootstrap = ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(.nanoseconds(timeout.nanoseconds))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: EdgeLoop.receiveAllocator)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        do {
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: Int(port))
            bootstrap.connect(to: address).assumeIsolated().whenComplete { result in
                completion(result.map { _ in connection })
            }
        } catch {
            completion(.failure(error))
        }
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return whole.overflow ? .max / 2 : whole.partialValue + attoseconds / 1_000_000_000
    }
}
