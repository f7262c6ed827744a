// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost
internal import Synchronization

/// What an engine holds that only its successor may have as well.
struct EngineHoldings: Sendable {
    var lock: EngineLock
    /// `nil` when no guard lets the engine name a successor.
    var succession: Int32?
    var control: ControlServer
}

extension Engine {
    /// A start takes some tens of milliseconds.
    private static let patience = Duration.seconds(10)

    /// Starts a process of another binary, gives it everything, and goes on alone with requests under way.
    ///
    /// Up to the word `go` nothing has changed: this engine thaws when anything goes wrong before it, and the processes
    /// have noticed nothing. From then on the guard around both takes the successor for the engine.
    func handOver(to executable: String) async throws {
        guard let holdings, let succession = holdings.succession, let edge else {
            throw SlipwayError(
                .engineFailed, "this engine runs without a guard that could hold another one", hint: "slipway down")
        }
        try await requireRest()
        isHandingOver = true
        defer { isHandingOver = false }
        let successor = try await start(executable)
        let memory = await supervisor.beginFreeze()
        do {
            let sockets = try await edge.sockets()
            let inheritance = await inheritance(memory, sockets, edge)
            let descriptors = InheritedDescriptors(
                lock: holdings.lock.descriptor, succession: succession, control: holdings.control.descriptor,
                edge: sockets, services: memory.slots.compactMap { $0.service?.descriptors })
            try await prepare(successor, inheritance, descriptors)
            guard !isAskedToStop else { throw SlipwayError(.notRunning, "the engine is stopping") }
            guard GuardSuccession.name(successor.identifier, on: succession) else {
                throw SlipwayError(.engineFailed, "the guard around the engine is gone", hint: "slipway status")
            }
        } catch {
            await supervisor.thaw(memory)
            await DedicatedThread.value { successor.abandon() }
            note("engine: the hand-over failed, this process goes on")
            throw error
        }
        self.successor = successor
        AdoptedProcesses.leave()
        let isTold = await successor.channel.tell(.go)
        let answer = await successor.channel.hear(within: Self.patience)
        await supervisor.abandon(memory)
        guard isTold, case .running? = answer?.message else {
            // What the successor has done with its descriptors nobody knows: the guard ends the rest and starts anew.
            hasLostSuccessor = true
            successor.channel.interrupt()
            stop()
            throw SlipwayError(
                .engineFailed, "the new engine ended when it took over", hint: "slipway status")
        }
        GuardSuccession.name(successor.identifier, executable: executable, on: succession)
        note("engine: process \(successor.identifier) has taken over")
        stop()
    }

    /// Lets requests under way finish while the successor serves all others.
    func retire() async {
        guard let successor, let edge, let holdings else { return }
        await holdings.control.retire()
        holdings.lock.handOver()
        let isOver = Flag()
        async let answering: Void = answer(successor, isOver)
        let order = DrainOrder(ports: [], deadline: Edge.retirement)
        let report = await edge.retire(order) { isOver.isSet }
        note("engine: \(report.closedSockets) WebSockets and \(report.endedStreams) streams ended, \(report.cut) cut")
        successor.channel.interrupt()
        await answering
    }

    private func answer(_ successor: SuccessorProcess, _ isOver: Flag) async {
        while case .request(let request)? = await successor.channel.hear(within: nil)?.message {
            let reply = await answerSuccessor(request)
            guard await successor.channel.tell(.reply(reply)) else { break }
        }
        // The successor is gone, or has stopped: nobody comes back for what is under way here.
        isOver.set()
    }

    private func answerSuccessor(_ request: EngineRequest) async -> EngineReply {
        do {
            switch request {
            case .route(let routes): try await edge?.update(routes: routes)
            case .drain(let order): return .drained(try await edge?.drain(order) ?? DrainReport())
            case .hold(let order): try await edge?.hold(order)
            case .unhold(let services): try await edge?.unhold(services)
            default: return .failed(code: "engine-failed", message: "another engine has taken over", details: [])
            }
            return .done
        } catch {
            return .failed(code: "engine-failed", message: "\(error)", details: [])
        }
    }

    private func requireRest() async throws {
        guard !isHandingOver, changesUnderWay == 0, await supervisor.replacing.isEmpty else {
            throw SlipwayError(.deployLocked, "the engine is in the middle of a change", hint: "try again")
        }
        guard await !backups.isRunning else {
            throw SlipwayError(.deployLocked, "a backup is under way", hint: "try again when it is done")
        }
        guard await predecessor?.isAlive != true else {
            throw SlipwayError(
                .deployLocked, "requests are under way still in the engine before this one",
                hint: "try again in a minute")
        }
        guard isOpen, !isAskedToStop else {
            throw SlipwayError(.notRunning, "the engine does not serve", hint: "slipway status")
        }
    }

    private func start(_ executable: String) async throws -> SuccessorProcess {
        let started = await DedicatedThread.value { () -> Result<SuccessorProcess, ChildProcess.Failure> in
            do throws(ChildProcess.Failure) {
                return .success(try SuccessorProcess.start(executable, ["engine", "run", "--successor"]))
            } catch {
                return .failure(error)
            }
        }
        guard case .success(let successor) = started else {
            throw SlipwayError(.engineFailed, "\(executable) cannot be started", hint: "slipway --version")
        }
        guard case .hello(let format, _)? = await successor.channel.hear(within: Self.patience)?.message,
            format == SuccessionMessage.format
        else {
            await DedicatedThread.value { successor.abandon() }
            throw SlipwayError(
                .engineFailed, "\(executable) cannot take over from this engine, whose version is \(Version.current)",
                hint: "slipway down, then slipway resume")
        }
        return successor
    }

    private func prepare(
        _ successor: SuccessorProcess, _ inheritance: Inheritance, _ descriptors: InheritedDescriptors
    ) async throws {
        let isSent = await successor.channel.tell(.state(inheritance), descriptors: descriptors.all)
        switch await successor.channel.hear(within: Self.patience)?.message {
        case .ready? where isSent: return
        case .refused(let failure)?: throw failure.error
        default: throw SlipwayError(.engineFailed, "the new engine does not get ready", hint: "slipway status")
        }
    }

    private func inheritance(
        _ memory: Supervisor.Memory, _ sockets: EdgeSockets, _ edge: Edge
    ) async -> Inheritance {
        var plan = plan
        plan.processes = await supervisor.specs
        plan.secretValues = SecretValues(await supervisor.secrets)
        plan.edge.routes = routes
        return Inheritance(
            plan: plan, supervisor: memory, release: release, fence: fence, startedAt: startedAt, address: address,
            holds: holds, counters: await edge.passed(), traffic: (try? await edge.traffic()) ?? [],
            predecessor: .own, keeper: GuardSuccession.parentIdentifier, plainSockets: sockets.plain.count,
            secureSockets: sockets.secure.count, hasAdmin: sockets.admin != nil)
    }
}

/// Set once, read by others.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
