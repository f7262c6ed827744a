// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix
internal import SlipwayCore
internal import SlipwayHost

/// One run of the engine: start-up, answers to clients, and the end.
actor Engine {
    /// How long a failed start can be asked about before the engine leaves by itself.
    private static let failurePatience: Duration = .seconds(60)

    /// For requests under way when the engine stops.
    private static let edgeGrace: Duration = .seconds(5)

    let plan: EnginePlan
    private let files: EngineFiles
    private let log: ProcessLog
    let supervisor: Supervisor
    let backups: BackupKeeper
    let startedAt: Double
    private var phase = EngineStatus.Phase.starting
    private(set) var address: String?
    private var failure: EngineFailure?
    private(set) var edge: Edge?
    private(set) var release: Int?
    private(set) var routes: [EdgeRoute]
    /// Whose requests wait now.
    private(set) var holds: [HoldOrder] = []
    /// The newest lease that has spoken.
    private(set) var fence = 0
    private(set) var changesUnderWay = 0
    private(set) var isAskedToStop = false
    private let stopping: AsyncStream<Void>
    private let stopRequest: AsyncStream<Void>.Continuation
    /// Set before ``run()``.
    var holdings: EngineHoldings?
    var isHandingOver = false
    /// Who has everything now; this process only finishes requests.
    var successor: SuccessorProcess?
    private(set) var predecessor: Predecessor?

    init(_ plan: EnginePlan, paths: StatePaths, files: EngineFiles, log: ProcessLog) throws {
        self.plan = plan
        routes = plan.edge.routes
        self.files = files
        self.log = log
        backups = BackupKeeper(paths, directory: plan.directory, secrets: plan.secretValues.secrets, engineLog: log)
        startedAt = SystemClock.secondsSinceEpoch()
        supervisor = try Supervisor(
            plan.processes, guardExecutable: GuardedProcess.ownExecutable, paths: paths,
            hiding: plan.secretValues.secrets, group: .singletonMultiThreadedEventLoopGroup, engineLog: log)
        (stopping, stopRequest) = AsyncStream.makeStream()
    }

    /// Goes on where another engine stopped deciding.
    init(
        _ inheritance: Inheritance, from predecessor: Predecessor, paths: StatePaths, files: EngineFiles,
        log: ProcessLog
    ) throws {
        plan = inheritance.plan
        routes = plan.edge.routes
        self.files = files
        self.log = log
        self.predecessor = predecessor
        backups = BackupKeeper(paths, directory: plan.directory, secrets: plan.secretValues.secrets, engineLog: log)
        startedAt = inheritance.startedAt
        address = inheritance.address
        release = inheritance.release
        fence = inheritance.fence
        holds = inheritance.holds
        supervisor = try Supervisor(
            inheritance.supervisor, processes: plan.processes, guardExecutable: GuardedProcess.ownExecutable,
            paths: paths, hiding: plan.secretValues.secrets, group: .singletonMultiThreadedEventLoopGroup,
            engineLog: log)
        (stopping, stopRequest) = AsyncStream.makeStream()
    }

    func hold(_ holdings: EngineHoldings) { self.holdings = holdings }
    func note(_ text: String) { log.note(text) }
    var isOpen: Bool { phase == .running }
    var hasHandedOver: Bool { successor != nil }
    /// The successor has ended after it was named; the guard takes either of both for the program by now.
    var hasLostSuccessor = false

    /// Opens the edge on sockets of the engine before, without serving yet.
    func openEdge(on sockets: EdgeSockets, after inheritance: Inheritance) async throws {
        let (board, log) = (supervisor.board, log)
        let edge = Edge(
            spec: plan.edge, earlier: inheritance.counters, earlierTraffic: inheritance.traffic,
            note: { log.note($0) }, condition: { board.condition(of: $0) })
        _ = try await edge.start(on: sockets)
        for order in holds { try await edge.hold(order) }
        self.edge = edge
    }

    /// Serves in the place of the engine before.
    func takeOver(_ memory: Supervisor.Memory) async throws {
        await supervisor.adopt(memory)
        try await edge?.accept()
        let record = EngineRecord(
            processIdentifier: StandardStreams.ownIdentifier, socketPath: plan.socketPath, address: address)
        // On a full disk the record of the engine before stays, whose socket is the same.
        do { try files.write(record) } catch { log.note("engine: the record is not written: \(error)") }
        phase = .running
    }

    /// Starts everything, and returns when it was asked to stop and nothing is left.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.backups.run { await self.isOpen } }
            await serve()
            group.cancelAll()
        }
    }

    private func serve() async {
        await edge?.addMetrics { await self.backups.metrics() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.supervisor.run() }
            if edge == nil { group.addTask { await self.bringUp() } }
            for await _ in stopping { break }
            await backups.stop()
            await end()
        }
    }

    func stop() {
        isAskedToStop = true
        stopRequest.yield()
    }

    func answer(_ request: EngineRequest) async -> EngineReply {
        do {
            guard !hasHandedOver else {
                throw SlipwayError(.engineUnreachable, "another process has taken over", hint: "try again")
            }
            return try await perform(request)
        } catch let error as SlipwayError {
            return .failed(code: error.code.rawValue, message: error.message, details: error.details)
        } catch {
            return .failed(code: "engine-failed", message: "\(error)", details: [])
        }
    }

    private func perform(_ request: EngineRequest) async throws -> EngineReply {
        switch request {
        case .status: return .status(await status())
        case .stop: stop()
        case .traffic: return .traffic(try await edge?.traffic() ?? [])
        case .handOver(let executable): try await handOver(to: executable)
        case .fenced(let token, let inner):
            guard token >= fence else {
                throw SlipwayError(
                    .leaseLost, "another command has taken over (lease \(fence), this one has \(token))",
                    hint: "slipway status")
            }
            fence = token
            return try await perform(inner)
        default: return try await change(request)
        }
        return .done
    }

    private func change(_ request: EngineRequest) async throws -> EngineReply {
        guard !isHandingOver else {
            throw SlipwayError(.deployLocked, "the engine is handing over to another process", hint: "try again")
        }
        changesUnderWay += 1
        defer { changesUnderWay -= 1 }
        switch request {
        case .replace(let spec): try await supervisor.replace(spec)
        case .remove(let names): await supervisor.remove(names)
        case .halt(let names): await supervisor.halt(names)
        case .revive(let names): try await supervisor.revive(names)
        case .route(let routes): try await route(routes, to: release)
        case .shift(let shift): try await route(shift.routes, to: shift.release)
        case .drain(let order): return .drained(try await drain(order))
        case .hold(let order): try await hold(order)
        case .unhold(let services): try await unhold(services)
        case .verify(let order): try await supervisor.verify(order)
        case .hide(let values): await supervisor.hide(values.secrets)
        case .status, .stop, .traffic, .handOver, .fenced: break
        }
        return .done
    }

    // What concerns requests under way concerns those of the engine before as well.

    private func route(_ new: [EdgeRoute], to release: Int?) async throws {
        guard let edge else { throw SlipwayError(.notRunning, "the edge is not open", hint: "slipway status") }
        try await edge.update(routes: new)
        routes = new
        self.release = release
        _ = await predecessor?.ask(.route(new))
    }

    private func drain(_ order: DrainOrder) async throws -> DrainReport {
        async let earlier = predecessor?.ask(.drain(order))
        var report = try await edge?.drain(order) ?? DrainReport()
        if case .drained(let other)? = await earlier { report.add(other) }
        return report
    }

    private func hold(_ order: HoldOrder) async throws {
        try await edge?.hold(order)
        holds.append(order)
        _ = await predecessor?.ask(.hold(order))
    }

    private func unhold(_ services: [String]) async throws {
        try await edge?.unhold(services)
        for index in holds.indices { holds[index].services.removeAll { services.contains($0) } }
        holds.removeAll { $0.services.isEmpty }
        _ = await predecessor?.ask(.unhold(services))
    }

    private func bringUp() async {
        await supervisor.wait { $0.isReady || $0.hasFailed || $0.isEnding }
        guard await !supervisor.isEnding else { return }
        if await supervisor.isReady {
            do {
                try await openEdge()
                return
            } catch {
                let known = error as? SlipwayError
                failure = EngineFailure(known ?? SlipwayError(.engineFailed, "the edge does not open: \(error)"))
                log.note("edge: \(known?.message ?? "\(error)")")
            }
        }
        await fail()
    }

    private func openEdge() async throws {
        let board = supervisor.board
        let log = log
        let edge = Edge(spec: plan.edge, note: { log.note($0) }, condition: { board.condition(of: $0) })
        await edge.addMetrics { await self.backups.metrics() }
        let bound = try await edge.start()
        self.edge = edge
        let port = bound.first?.port ?? plan.edge.port
        address = "http://localhost:\(port)"
        try files.write(
            EngineRecord(
                processIdentifier: StandardStreams.ownIdentifier, socketPath: plan.socketPath, address: address))
        phase = .running
        log.note("edge: open at \(address ?? "")")
    }

    /// Nothing of a failed start keeps running, but its story can be asked for.
    private func fail() async {
        phase = .failed
        log.note("engine: the start failed")
        await supervisor.stop()
        try? await SystemClock.steady.sleep(for: Self.failurePatience)
        stop()
    }

    private func end() async {
        if hasHandedOver { return await retire() }
        if phase != .failed { phase = .stopping }
        await edge?.shutdown(grace: Self.edgeGrace)
        await supervisor.stop()
    }

    private func status() async -> EngineStatus {
        let processes = await supervisor.statuses()
        // A release that starts, or one that waits to be asked back, says nothing about what serves.
        let isWhole = processes.filter(serves).allSatisfy { $0.state == .ready }
        return EngineStatus(
            application: plan.application, directory: plan.directory,
            processIdentifier: StandardStreams.ownIdentifier,
            phase: phase == .running && !isWhole ? .degraded : phase, address: address, startedAt: startedAt,
            processes: processes, failure: failure, release: release, routes: routes, version: Version.current,
            backup: await backups.status())
    }

    private func serves(_ process: ProcessStatus) -> Bool {
        let number = ReleaseProcess(process.name).release
        return number == nil || number == release
    }
}
