// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
public import SlipwayCore
internal import SlipwayHost

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
    var group: MultiThreadedEventLoopGroup?
    var loops: [NIOLoopBound<EdgeLoop>] = []
    var listeners: [any Channel] = []
    var accessLog: AccessLogFile?
    var admin: (any Channel)?
    private var certificates: CertificateStore?
    private var reloading: Task<Void, Never>?
    private var renewal: Task<Void, Never>?
    private let note: @Sendable (String) -> Void
    /// What passed through the edge that this one took over from.
    private let earlier: EdgeCounters
    private let earlierTraffic: [UpstreamTraffic]
    /// What others count, in the same format.
    private var moreMetrics: (@Sendable () async -> String)?
    /// Where encrypted connections are taken.
    public private(set) var secureAddresses: [Address] = []
    /// Where `/metrics` is answered, when the spec wants it.
    public private(set) var adminAddress: Address?

    /// - Parameters:
    ///   - threads: Event loops; one serves more requests than the application behind it on a small machine.
    ///   - log: Called on an event loop for each answered request; must not block.
    ///   - condition: Called on an event loop when a service does not answer; must not block.
    public init(
        spec: EdgeSpec, threads: Int = 1, log: (@Sendable (AccessRecord) -> Void)? = nil,
        note: @escaping @Sendable (String) -> Void = { _ in },
        condition: @escaping @Sendable (String) -> ServiceCondition
    ) {
        self.init(
            spec: spec, threads: threads, earlier: EdgeCounters(), earlierTraffic: [], log: log, note: note,
            condition: condition)
    }

    /// - Parameter earlier: What passed through the edge that this one takes over from.
    init(
        spec: EdgeSpec, threads: Int = 1, earlier: EdgeCounters, earlierTraffic: [UpstreamTraffic],
        log: (@Sendable (AccessRecord) -> Void)? = nil, note: @escaping @Sendable (String) -> Void = { _ in },
        condition: @escaping @Sendable (String) -> ServiceCondition
    ) {
        self.earlier = earlier
        self.earlierTraffic = earlierTraffic
        self.spec = spec
        self.threads = threads
        self.log = log
        self.note = note
        self.condition = condition
    }

    /// Binds all addresses and begins to serve.
    /// - Returns: The addresses bound; a family that the machine does not have is left out.
    /// - Throws: ``SlipwayError`` `port-in-use`, `engine-failed`, `bad-configuration` for certificates.
    public func start() async throws -> [Address] { try await start(on: nil) }

    /// - Parameter inherited: Bound by the edge that this one takes over from; ``accept()`` begins to serve on them.
    func start(on inherited: EdgeSockets?) async throws -> [Address] {
        guard group == nil else { throw SlipwayError(.engineFailed, "the edge was started twice") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(threads, 1))
        self.group = group
        let (spec, condition, log) = (spec, condition, log)
        let accessLog = spec.accessLog.map(AccessLogFile.init)
        self.accessLog = accessLog
        let challenges = spec.tls?.acme.map { _ in ACMEChallenges() }
        do {
            for eventLoop in group.makeIterator() {
                let loop = try await eventLoop.submit {
                    let loop = EdgeLoop(
                        eventLoop: eventLoop, spec: spec, files: SiteCache(eventLoop: eventLoop),
                        condition: condition, log: log, accessLog: accessLog,
                        challenges: challenges)
                    loop.route(spec.routes)
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }.get()
                loops.append(loop)
            }
            if let port = spec.adminPort { try await openAdmin(port, group, inherited?.admin) }
            if let tls = spec.tls, tls.acme == nil { try await openEncrypted(tls, group, inherited?.secure) }
            let plain = Listener(group: group, loops: loops, balancers: try balancers())
            if let inherited {
                listeners += try await plain.adopt(inherited.plain)
            } else {
                listeners += try await plain.bind(spec.hosts, port: spec.port)
            }
            if let tls = spec.tls, let acme = tls.acme, let challenges {
                // The plain port is open first: the authority asks there.
                let renewal = CertificateRenewal(acme: acme, challenges: challenges, group: group, note: note)
                let secure = inherited.flatMap { $0.secure.isEmpty ? nil : $0.secure }
                if secure != nil || renewal.isUsable(at: SystemClock.secondsSinceEpoch()) {
                    try await openEncrypted(tls, group, secure)
                }
                self.renewal = Task { await renewal.run { await self.take(tls) } }
            }
        } catch {
            await shutdown(grace: .zero)
            throw error
        }
        return listeners.compactMap(Address.init).filter { !secureAddresses.contains($0) }
    }

    // MARK: Encryption

    /// A new certificate is there: the first opens the port, later ones are exchanged.
    private func take(_ tls: EdgeTLS) async {
        guard let group else { return }
        do {
            if certificates == nil { try await openEncrypted(tls, group, nil) } else { try reloadCertificates() }
        } catch {
            note("edge: \((error as? SlipwayError)?.message ?? "\(error)")")
        }
    }

    /// Before the plain port where it can be, which may send its clients there.
    private func openEncrypted(
        _ tls: EdgeTLS, _ group: MultiThreadedEventLoopGroup, _ inherited: [Int32]?
    ) async throws {
        let certificates = try CertificateStore(tls)
        self.certificates = certificates
        let listener = Listener(
            group: group, loops: loops, balancers: try balancers(), certificates: certificates)
        let encrypted =
            if let inherited {
                try await listener.adopt(inherited)
            } else {
                try await listener.bind(spec.hosts, port: tls.port)
            }
        listeners += encrypted
        secureAddresses = encrypted.compactMap(Address.init)
        let port = tls.redirects ? secureAddresses.first?.port : nil
        for loop in loops { try await loop.eventLoop.submit { loop.value.redirectPort = port }.get() }
        keepReloading(certificates)
    }

    /// Between two looks at the files; a certificate is exchanged days before it ends.
    private static let reloadInterval = Duration.seconds(10)

    private func keepReloading(_ certificates: CertificateStore) {
        let note = note
        reloading = Task {
            while !Task.isCancelled {
                try? await SystemClock.steady.sleep(for: Self.reloadInterval)
                do {
                    if try certificates.reload() { note("edge: new certificates are in use") }
                } catch {
                    note("edge: the certificates stay as they were: \((error as? SlipwayError)?.message ?? "\(error)")")
                }
            }
        }
    }

    /// Looks at the certificates' files at once; the edge does so by itself every 10 s.
    /// - Throws: ``SlipwayError`` `bad-configuration`; those in use stay.
    public func reloadCertificates() throws { _ = try certificates?.reload() }

    private func balancers() throws -> [IPNetwork] {
        try spec.balancers.map { text in
            guard let network = IPNetwork(text) else {
                throw SlipwayError(
                    .badConfiguration, "\(text) is no address and no network", hint: "write it like 10.0.0.0/8")
            }
            return network
        }
    }

    private func openAdmin(
        _ port: UInt16, _ group: MultiThreadedEventLoopGroup, _ inherited: Int32?
    ) async throws {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AdminConnection { await self.metrics() })
                }
            }
        let channel: any Channel
        if let inherited {
            channel = try await bootstrap.withBoundSocket(inherited).get()
        } else {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: Int(port)).get()
        }
        admin = channel
        adminAddress = Address(channel)
    }

    func addMetrics(_ more: @escaping @Sendable () async -> String) { moreMetrics = more }

    /// Everything that is counted, as Prometheus reads it.
    public func metrics() async -> String {
        guard let counters = try? await counters(), let traffic = try? await traffic() else { return "" }
        return PrometheusText(counters: counters, traffic: traffic).text + (await moreMetrics?() ?? "")
    }

    /// Requests that come from now on follow these routes; those under way finish where they are.
    public func update(routes: [EdgeRoute]) async throws {
        for loop in loops { try await loop.eventLoop.submit { loop.value.route(routes) }.get() }
    }

    /// What has passed so far.
    public func counters() async throws -> EdgeCounters {
        var total = earlier
        for loop in loops { total.add(try await loop.eventLoop.submit { loop.value.snapshot() }.get()) }
        return total
    }

    /// What each upstream has answered, whether it still gets requests or not; sorted by port.
    public func traffic() async throws -> [UpstreamTraffic] {
        var total = Dictionary(earlierTraffic.map { ($0.port, $0) }) { first, _ in first }
        for loop in loops {
            for traffic in try await loop.eventLoop.submit({ loop.value.traffic }).get() {
                total[traffic.port, default: UpstreamTraffic(port: traffic.port)].add(traffic)
            }
        }
        return total.values.sorted { $0.port < $1.port }
    }

    /// Requests for these services wait from now on.
    public func hold(_ order: HoldOrder) async throws {
        for loop in loops { try await loop.eventLoop.submit { loop.value.hold(order) }.get() }
    }

    /// Requests for these services go on, those that have waited first.
    public func unhold(_ services: [String]) async throws {
        for loop in loops { try await loop.eventLoop.submit { loop.value.unhold(services) }.get() }
    }

    /// Returns when ``shutdown(grace:)`` has closed the listening sockets.
    public func waitUntilClosed() async {
        for listener in listeners { try? await listener.closeFuture.get() }
    }

    /// Accepts nothing any more, and looks after no certificate.
    func closeListeners() async {
        for listener in listeners { try? await listener.close() }
        listeners = []
        reloading?.cancel()
        renewal?.cancel()
        try? await admin?.close()
        admin = nil
    }

    /// Stops accepting, lets requests under way finish, then closes.
    /// - Parameter grace: After it, whatever is still open is cut.
    public func shutdown(grace: Duration) async {
        guard let group else { return }
        self.group = nil
        await closeListeners()
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
        accessLog?.finish()
        try? await group.shutdownGracefully()
    }
}

extension Edge.Address {
    fileprivate init?(_ channel: any Channel) {
        guard let address = channel.localAddress, let host = address.ipAddress, let port = address.port else {
            return nil
        }
        self.init(host: host, port: UInt16(clamping: port))
    }
}
