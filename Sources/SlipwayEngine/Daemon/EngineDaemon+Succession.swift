// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix
internal import SlipwayCore
internal import SlipwayHost

extension EngineDaemon {
    private static let patience = Duration.seconds(15)

    /// Takes the place of the engine that started this process, which speaks through standard input; ends like
    /// a crashed one when that goes away before it has said `go`.
    public static func runAsSuccessor() async throws {
        let terminations = SignalStream.terminations()
        SignalStream.ignoreBrokenPipes()
        let channel = DescriptorChannel(descriptor: 0)
        guard await channel.tell(.hello(format: SuccessionMessage.format, version: Version.current)),
            let parcel = await channel.hear(within: patience), case .state(let inheritance) = parcel.message
        else { throw SlipwayError(.engineFailed, "standard input holds no engine to take over from") }
        guard let descriptors = InheritedDescriptors(parcel.descriptors, of: inheritance) else {
            throw SlipwayError(.engineFailed, "\(parcel.descriptors.count) descriptors are not what was announced")
        }
        let plan = inheritance.plan
        let paths = StatePaths(root: plan.stateDirectory)
        let files = EngineFiles(paths, socketPath: plan.socketPath)
        let log = ProcessLog(path: paths.engineLog, redactor: Redactor(plan.secretValues.secrets))
        let engine: Engine
        do {
            engine = try Engine(
                inheritance, from: Predecessor(channel, inheritance.predecessor), paths: paths, files: files, log: log)
            try await engine.openEdge(on: descriptors.edge, after: inheritance)
        } catch {
            let known = error as? SlipwayError ?? SlipwayError(.engineFailed, "it does not start: \(error)")
            _ = await channel.tell(.refused(EngineFailure(known)))
            throw known
        }
        do {
            let holdings = try await takePlace(engine, inheritance, descriptors, channel)
            log.note("engine: process \(StandardStreams.ownIdentifier) serves, version \(Version.current)")
            _ = await channel.tell(.running)
            await serve(engine, holdings, terminations, files: files, log: log)
        } catch {
            log.note("engine: process \(StandardStreams.ownIdentifier) does not take over: \(error)")
            GuardSuccession.crash()
        }
    }

    private static func takePlace(
        _ engine: Engine, _ inheritance: Inheritance, _ descriptors: InheritedDescriptors, _ channel: DescriptorChannel
    ) async throws -> EngineHoldings {
        guard await channel.tell(.ready), case .go? = await channel.hear(within: patience)?.message else {
            throw SlipwayError(.engineFailed, "the engine before this one has not let go")
        }
        let lock = EngineLock.inherit(descriptors.lock)
        let memory = inheritance.supervisor.renumbered(descriptors.services)
        AdoptedProcesses.inherit(
            memory.slots.compactMap { $0.service?.guardIdentifier },
            elders: [inheritance.predecessor, ProcessIdentity(of: inheritance.keeper)])
        try await engine.takeOver(memory)
        let server = try await ControlServer.open(descriptors.control, group: .singletonMultiThreadedEventLoopGroup)
        bindToGuard(inheritance)
        return EngineHoldings(lock: lock, succession: descriptors.succession, control: server)
    }

    private static func bindToGuard(_ inheritance: Inheritance) {
        let (predecessor, keeper) = (inheritance.predecessor.identifier, inheritance.keeper)
        DedicatedThread.start { GuardSuccession.bindToGuard(after: predecessor, guardIdentifier: keeper) }
    }
}
