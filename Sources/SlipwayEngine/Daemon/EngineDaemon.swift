// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix
public import SlipwayCore
internal import SlipwayHost

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The embedded engine's program: one application, supervised, behind one address.
public enum EngineDaemon {
    /// Reads an ``EnginePlan`` as JSON from standard input, tells on standard output whether it listens
    /// (``EngineAnnouncement``), and runs until it is asked to stop.
    /// - Throws: ``SlipwayError`` when it does not start, after saying so on standard output.
    public static func runFromStandardInput() async throws {
        do {
            let input = StandardStreams.readInput()
            guard let plan = try? JSONDecoder().decode(EnginePlan.self, from: Data(input)) else {
                throw SlipwayError(
                    .engineFailed, "standard input holds no plan for the engine (\(input.count) bytes)",
                    hint: "slipway up")
            }
            try await run(plan: plan) { StandardStreams.announce($0) }
        } catch let error as SlipwayError {
            StandardStreams.announce(.refused(EngineFailure(error)))
            throw error
        }
    }

    /// Runs the plan until SIGTERM, SIGINT, SIGHUP or a `stop` request, and leaves nothing behind.
    /// - Throws: ``SlipwayError`` `alreadyRunning` when another engine runs this application, `portInUse` when the
    ///   edge's port is taken, `badConfiguration` for dependencies in a circle. Failing processes throw nothing: the
    ///   status tells, until somebody stops the engine or a minute has passed.
    public static func run(plan: EnginePlan) async throws { try await run(plan: plan) { _ in } }

    private static func run(plan: EnginePlan, announce: @Sendable (EngineAnnouncement) -> Void) async throws {
        // Before anything starts: a signal that comes too early must not be lost.
        let terminations = SignalStream.terminations()
        SignalStream.ignoreBrokenPipes()
        let paths = StatePaths(root: plan.stateDirectory)
        let files = EngineFiles(paths, socketPath: plan.socketPath)
        try files.prepareState()
        let lock = try EngineLock.acquire(paths.lock)
        do {
            try await run(plan, paths, files, lock, terminations, announce: announce)
        } catch {
            lock.release()
            throw error
        }
    }

    private static func run(
        _ plan: EnginePlan, _ paths: StatePaths, _ files: EngineFiles, _ lock: EngineLock,
        _ terminations: AsyncStream<Int32>, announce: @Sendable (EngineAnnouncement) -> Void
    ) async throws {
        try files.prepare()
        try requireFreePort(plan.edge)
        AdoptedProcesses.adopt()

        let log = ProcessLog(path: paths.engineLog, redactor: Redactor(plan.secretValues.secrets))
        let engine = try Engine(plan, paths: paths, files: files, log: log)
        let server: ControlServer
        do {
            server = try await ControlServer.open(path: plan.socketPath, group: .singletonMultiThreadedEventLoopGroup)
            try files.protectSocket()
            let record = EngineRecord(processIdentifier: StandardStreams.ownIdentifier, socketPath: plan.socketPath)
            try files.write(record)
            announce(.listening(record))
            log.note("engine: started as process \(record.processIdentifier)")
        } catch {
            files.remove()
            throw error
        }
        let holdings = EngineHoldings(lock: lock, succession: GuardSuccession.inherited, control: server)
        await serve(engine, holdings, terminations, files: files, log: log)
    }

    /// Runs until the end, and leaves nothing behind but what a successor has taken.
    static func serve(
        _ engine: Engine, _ holdings: EngineHoldings, _ terminations: AsyncStream<Int32>, files: EngineFiles,
        log: ProcessLog
    ) async {
        await engine.hold(holdings)
        await withDiscardingTaskGroup { group in
            group.addTask { await holdings.control.run { await engine.answer($0) } }
            group.addTask { for await _ in terminations { await engine.stop() } }
            await engine.run()
            group.cancelAll()
        }
        log.note("engine: stopped")
        if await engine.hasLostSuccessor { GuardSuccession.crash() }
        guard await !engine.hasHandedOver else { return }
        files.remove()
        holdings.lock.release()
    }

    private static func requireFreePort(_ edge: EdgeSpec) throws {
        guard edge.port != 0, !LoopbackPort.isFree(edge.port) else { return }
        let owner = ListeningSockets.owner(ofPort: edge.port)?.description ?? "another program"
        throw SlipwayError(
            .portInUse, "port \(edge.port) is taken by \(owner)",
            hint: "free it, or: slipway up --port \(edge.port < .max ? edge.port + 1 : 8080)")
    }
}
