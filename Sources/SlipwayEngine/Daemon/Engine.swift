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

    private let plan: EnginePlan
    private let files: EngineFiles
    private let log: ProcessLog
    private let supervisor: Supervisor
    private let startedAt = SystemClock.secondsSinceEpoch()
    private var phase = EngineStatus.Phase.starting
    private var address: String?
    private var failure: EngineFailure?
    private var edge: Edge?
    private var release: Int?
    private var routes: [EdgeRoute]
    /// The newest lease that has spoken.
    private var fence = 0
    private let stopping: AsyncStream<Void>
    private let stopRequest: AsyncStream<Void>.Continuation

    init(_ plan: EnginePlan, paths: StatePaths, files: EngineFiles, log: ProcessLog) throws {
        self.plan = plan
        routes = plan.edge.routes
        self.files = files
        self.log = log
        supervisor = try Supervisor(
            plan.processes, guardExecutable: GuardedProcess.ownExecutable, paths: paths,
            hiding: plan.secretValues.secrets, group: .singletonMultiThreadedEventLoopGroup, engineLog: log)
        (stopping, stopRequest) = AsyncStream.makeStream()
    }

    /// Starts everything, and returns when it was asked to stop and nothing is left.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.supervisor.run() }
            group.addTask { await self.bringUp() }
            for await _ in stopping { break }
            await end()
        }
    }

    func stop() { stopRequest.yield() }

    func answer(_ request: EngineRequest) async -> EngineReply {
        do {
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
        case .replace(let spec): try await supervisor.replace(spec)
        case .remove(let names): await supervisor.remove(names)
        case .halt(let names): await supervisor.halt(names)
        case .revive(let names): try await supervisor.revive(names)
        case .route(let routes): try await route(routes, to: release)
        case .shift(let shift): try await route(shift.routes, to: shift.release)
        case .drain(let order): return .drained(try await edge?.drain(order) ?? DrainReport())
        case .hold(let order): try await edge?.hold(order)
        case .unhold(let services): try await edge?.unhold(services)
        case .traffic: return .traffic(try await edge?.traffic() ?? [])
        case .verify(let order): try await supervisor.verify(order)
        case .hide(let values): await supervisor.hide(values.secrets)
        case .fenced(let token, let inner):
            guard token >= fence else {
                throw SlipwayError(
                    .leaseLost, "another command has taken over (lease \(fence), this one has \(token))",
                    hint: "slipway status")
            }
            fence = token
            return try await perform(inner)
        }
        return .done
    }

    private func route(_ new: [EdgeRoute], to release: Int?) async throws {
        guard let edge else { throw SlipwayError(.notRunning, "the edge is not open", hint: "slipway status") }
        try await edge.update(routes: new)
        routes = new
        self.release = release
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
            processes: processes, failure: failure, release: release, routes: routes)
    }

    private func serves(_ process: ProcessStatus) -> Bool {
        let number = ReleaseProcess(process.name).release
        return number == nil || number == release
    }
}
