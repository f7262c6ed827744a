// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore

/// Everything that one event loop needs to serve its connections without asking another thread.
final class EdgeLoop {
    /// Starts small for idle connections and grows for streams; the least holds a usual head in one read.
    static let receiveAllocator = AdaptiveRecvByteBufferAllocator(minimum: 1 << 10, initial: 2 << 10, maximum: 64 << 10)

    let eventLoop: any EventLoop
    let limits: EdgeLimits
    let health: UpstreamRules
    let timeouts: Timeouts
    /// The encrypted port that plain requests are sent to.
    var redirectPort: UInt16?
    /// A whole header line, for encrypted answers.
    let strictTransport: ByteBuffer?
    let condition: @Sendable (String) -> ServiceCondition
    let log: (@Sendable (AccessRecord) -> Void)?
    let files: SiteCache
    let accessLog: AccessLog?
    /// Nobody asks for them unless the edge gets its certificate by itself.
    let challenges: ACMEChallenges?
    var clients: ClientLedger?
    /// Scratch for heads: written, flushed and free again before the next one.
    var output = ByteBuffer()
    var requestIDs = RequestIDSource()
    var date = DateLine()
    private(set) var table = RouteTable<LoopRoute>([])
    private(set) var clock: UInt32 = 0
    private(set) var isDraining = false
    /// Another process serves the same port: a connection that was not told its end yet gets one request more.
    private(set) var isRetiring = false
    private(set) var pools: [UInt16: UpstreamPool] = [:]
    /// Of routes that more than one process serves.
    private var groups: [UpstreamGroup] = []
    private var connections: [ClientConnection] = []
    /// HTTP/2 connections, whose streams are among ``connections``.
    private var multiplexed: [ObjectIdentifier: any Channel] = [:]
    private var services: [String: ServiceCounters] = [:]
    private var statistics: [UInt16: UpstreamStatistics] = [:]
    private var requests = 0
    private var sentBytes = 0
    private var isTicking = false
    private var whenEmpty: EventLoopPromise<Void>?
    /// Services whose requests wait while they are exchanged.
    var holds: [String: RequestHold] = [:]

    init(
        eventLoop: any EventLoop, spec: EdgeSpec, files: SiteCache,
        condition: @escaping @Sendable (String) -> ServiceCondition, log: (@Sendable (AccessRecord) -> Void)?,
        accessLog: AccessLogFile? = nil, challenges: ACMEChallenges? = nil
    ) {
        self.eventLoop = eventLoop
        limits = spec.limits
        health = spec.health
        self.files = files
        self.condition = condition
        self.challenges = challenges
        self.log = log
        timeouts = Timeouts(limits)
        strictTransport = spec.tls?.strictTransportSeconds.map {
            ByteBuffer(string: "Strict-Transport-Security: max-age=\($0)\r\n")
        }
        clients = spec.clients.map(ClientLedger.init)
        self.accessLog = accessLog.flatMap { file in spec.accessLog.map { AccessLog($0, file: file) } }
    }

    // MARK: Routes

    func route(_ routes: [EdgeRoute]) {
        let old = pools
        pools = [:]
        groups = []
        table = RouteTable(
            routes.map { route in
                let destination: LoopRoute.Destination
                switch route.destination {
                case .upstream, .upstreams: destination = .upstream(group(route, old))
                case .files(let root, let fallback):
                    destination = .files(
                        StaticSite(
                            root: root, fallback: fallback, earlier: route.earlier,
                            holdsUploads: route.holdsUploads ?? false))
                }
                let counters = counters(of: route.service)
                return (route.prefix, LoopRoute(route, destination: destination, counters: counters))
            })
        for (port, pool) in old where pools[port] == nil { pool.retire() }
    }

    private func group(_ route: EdgeRoute, _ old: [UInt16: UpstreamPool]) -> UpstreamGroup {
        let members = route.upstreams.map { upstream in
            let known = pools[upstream.port] ?? old[upstream.port]
            let pool = known ?? UpstreamPool(port: upstream.port, loop: self)
            if known == nil, route.upstreams.count > 1 { pool.warmUp() }
            pools[upstream.port] = pool
            return UpstreamGroup.Member(
                pool: pool, weight: max(upstream.weight, 0),
                process: upstream.process ?? route.process ?? route.service)
        }
        let group = UpstreamGroup(members)
        group.refresh(condition)
        if members.count > 1 { groups.append(group) }
        return group
    }

    /// Where requests of a route's service go now, when the route itself is not in the table any more.
    func successor(of route: LoopRoute) -> LoopRoute? {
        table.first { $0.service == route.service && $0.prefix == route.prefix && $0 !== route }
    }

    // MARK: Upstreams

    /// Kept after the pool is gone, because what an old upstream has answered is what a new one is compared with.
    func statistics(of port: UInt16) -> UpstreamStatistics {
        if let known = statistics[port] { return known }
        let new = UpstreamStatistics(port: port)
        statistics[port] = new
        return new
    }

    var traffic: [UpstreamTraffic] { statistics.values.map(\.value) }

    func connections(to ports: Set<UInt16>) -> [ClientConnection] {
        connections.filter { $0.upstreamPort.map(ports.contains) ?? false }
    }

    private func counters(of service: String) -> ServiceCounters {
        if let counters = services[service] { return counters }
        let counters = ServiceCounters()
        services[service] = counters
        return counters
    }

    // MARK: Counting

    func countRequest() { requests &+= 1 }
    func countSent(_ bytes: Int) { sentBytes &+= bytes }

    /// - Parameter counters: Of the route's service; `nil` when no route matched.
    func count(_ status: UInt16, _ counters: ServiceCounters?) {
        (counters ?? self.counters(of: "")).value.count(status)
    }

    func snapshot() -> EdgeCounters {
        var counters = EdgeCounters()
        counters.requests = requests
        counters.connections = connections.count
        counters.inFlight = connections.count { $0.isBusy }
        counters.limited = clients?.refusals ?? 0
        counters.sentBytes = sentBytes
        counters.services = services.mapValues { $0.value }
        return counters
    }

    // MARK: Connections

    func account(of client: ClientIdentity) -> ClientAccount? {
        guard clients != nil, let ip = client.ip else { return nil }
        return clients?.open(ip, at: .now())
    }

    func add(_ connection: ClientConnection) {
        connection.index = connections.count
        connections.append(connection)
        startClock()
    }

    func addMultiplexed(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        multiplexed[key] = channel
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.multiplexed[key] = nil
            self.empty()
        }
    }

    func remove(_ connection: ClientConnection) {
        let index = connection.index
        guard index < connections.count, connections[index] === connection else { return }
        connections.swapAt(index, connections.count - 1)
        connections[index].index = index
        connections.removeLast()
        empty()
    }

    /// No request is accepted any more; those under way finish.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = whenEmpty ?? eventLoop.makePromise(of: Void.self)
        whenEmpty = promise
        for connection in connections { connection.drain() }
        for channel in multiplexed.values {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        empty()
        return promise.futureResult
    }

    /// The same for an edge that another one takes over from: idle connections learn with their next answer that they
    /// end, since a request that is on its way already would be lost otherwise.
    func retire() {
        isDraining = true
        isRetiring = true
        for channel in multiplexed.values {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// One look at what is left.
    /// - Parameters:
    ///   - endsStreams: At most so many streams are ended now.
    ///   - cutsAll: The deadline is over.
    func retireRound(endsStreams: Int, cutsAll: Bool) -> DrainRound {
        var round = DrainRound()
        guard !cutsAll else {
            // Closing the edge cuts them.
            round.cut = connections.count { $0.isBusy }
            return round
        }
        round.left = connections.count + multiplexed.count
        let streams = drainRound(Set(pools.keys).union(statistics.keys), endsStreams: endsStreams, cutsAll: false)
        round.closedSockets = streams.closedSockets
        round.endedStreams = streams.endedStreams
        round.cut = streams.cut
        return round
    }

    func closeAll() {
        for connection in connections { connection.cut() }
        for channel in multiplexed.values { channel.close(promise: nil) }
        route([])
        accessLog?.flush()
    }

    private func empty() {
        guard isDraining, connections.isEmpty, multiplexed.isEmpty else { return }
        whenEmpty?.succeed()
    }

    // MARK: The clock

    /// Whole seconds since an earlier value of ``clock``.
    func seconds(since earlier: UInt32) -> Int { Int(Double(clock &- earlier) * timeouts.tickSeconds) }

    /// One coarse clock for all timeouts: a request costs no timer, an idle edge does not wake up.
    func startClock() {
        guard !isTicking else { return }
        isTicking = true
        scheduleTick()
    }

    private func scheduleTick() {
        eventLoop.assumeIsolated().scheduleTask(in: timeouts.tick) { self.advanceClock() }
    }

    private func advanceClock() {
        clock &+= 1
        for connection in connections { connection.checkTimeouts() }
        for pool in pools.values { pool.sweep() }
        for group in groups { group.refresh(condition) }
        accessLog?.flush()
        clients?.sweep(at: .now())
        isTicking = !connections.isEmpty || pools.values.contains { !$0.isEmpty }
        if isTicking { scheduleTick() }
    }
}

/// What one route leads to on one event loop.
final class LoopRoute {
    enum Destination {
        case upstream(UpstreamGroup)
        case files(StaticSite)
    }

    let service: String
    let prefix: String
    let destination: Destination
    let stripsPrefix: Bool
    let counters: ServiceCounters

    init(_ route: EdgeRoute, destination: Destination, counters: ServiceCounters) {
        service = route.service
        prefix = route.prefix
        stripsPrefix = route.stripsPrefix
        self.destination = destination
        self.counters = counters
    }
}

final class ServiceCounters {
    var value = EdgeCounters.Service()
}
