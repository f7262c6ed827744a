// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

/// One supervised process: its state machine and what was seen of its current run.
struct Slot: Sendable {
    let spec: ProcessSpec
    let log: ProcessLog
    var machine: ProcessMachine
    var service: GuardedService?
    var lastProbe: ProbeResult?
    var diagnosis: Diagnosis?
    /// Seconds since the Unix epoch of the last change of state.
    var since = SystemClock.secondsSinceEpoch()
    private var program: Int32?
    private var refusal: ChildProcess.Failure?
    private var exit: ProcessExit?
    private var leftBehind = 0
    private var portHolder: ListeningSockets.Owner?
    /// What the guard has said of this run.
    private var reports: [GuardReport] = []

    init(_ spec: ProcessSpec, log: ProcessLog, after run: Int = 0) {
        self.spec = spec
        self.log = log
        machine = ProcessMachine(probe: spec.probe, policy: spec.restart, after: run)
    }

    /// Forgets the run before; looks who has the port already, which nobody can tell apart from us afterwards.
    mutating func beginRun() {
        service = nil
        lastProbe = nil
        program = nil
        refusal = nil
        exit = nil
        leftBehind = 0
        reports = []
        portHolder = spec.port.flatMap { ListeningSockets.owner(ofPort: $0) }
        log.forget()
    }

    /// - Returns: What it means for the state machine, if anything.
    mutating func note(_ event: GuardedService.Event) -> ProcessMachine.Event? {
        if case .report(let report) = event { reports.append(report) }
        switch event {
        case .report(.started(let identifier)):
            program = identifier
            return .launched(run: machine.run)
        case .report(.refused(let failure)): refusal = failure
        case .report(.ended(let exit, let left)):
            self.exit = exit
            leftBehind = left
        case .report(.gone): break
        case .finished:
            service = nil
            program = nil
            return refusal == nil ? .ended(run: machine.run) : .refused(run: machine.run)
        }
        return nil
    }

    /// A good answer does not count while the port belongs to somebody who was there before.
    func unmasked(_ result: ProbeResult) -> ProbeResult {
        guard result.isPassed, let portHolder, let port = spec.port, !bound.contains(where: { $0.port == port }),
            ListeningSockets.owner(ofPort: port) == portHolder
        else { return result }
        return .foreign(owner: portHolder.description)
    }

    func evidence(_ trouble: Evidence.Trouble) -> Evidence {
        var evidence = Evidence(trouble, spec)
        evidence.refusal = refusal
        evidence.exit = exit
        evidence.leftBehind = leftBehind
        evidence.lastProbe = lastProbe
        evidence.bound = bound
        evidence.portHolder = portHolder
        evidence.lines = log.recent
        return evidence
    }

    private var bound: [ListeningSockets.Socket] {
        service.map { ListeningSockets.current().bound(byTreeOf: $0.guardIdentifier) } ?? []
    }

    var order: GuardOrder {
        GuardOrder(
            executable: spec.executable, arguments: spec.arguments, environment: spec.environment.values,
            directory: spec.directory, user: spec.user, stopSignal: spec.stopSignal, grace: spec.grace)
    }

    var status: ProcessStatus {
        let time = machine.timeToReady.map { Double($0.components.seconds) + Double($0.components.attoseconds) / 1e18 }
        return ProcessStatus(
            name: spec.name, state: state, processIdentifier: program, port: spec.port, restarts: machine.restarts,
            since: since, secondsToReady: time, diagnosis: diagnosis)
    }

    private var state: ProcessStatus.State {
        switch machine.state {
        case .waiting: .waiting
        case .starting: .starting
        case .ready: .ready
        case .unhealthy: .unhealthy
        case .backoff: .backoff
        case .failing, .failed: .failed
        case .stopping: .stopping
        case .stopped: .stopped
        }
    }
}

extension Slot {
    /// A process's whole story, for the engine that takes over.
    struct Memory: Codable, Equatable, Sendable {
        var name: String
        var machine: ProcessMachine.Memory
        var since: Double
        var diagnosis: Diagnosis?
        /// ``GuardReport`` lines of the current run.
        var reports: [String]
        var portHolder: ListeningSockets.Owner?
        var log: ProcessLog.Memory
        /// `nil` when nothing of it runs.
        var service: GuardedService.Handle?
    }

    func memory(_ service: GuardedService.Handle?) -> Memory {
        Memory(
            name: spec.name, machine: machine.memory, since: since, diagnosis: diagnosis,
            reports: reports.map(\.line), portHolder: portHolder, log: log.memory, service: service)
    }

    /// Its service is adopted later.
    init(_ spec: ProcessSpec, log: ProcessLog, memory: Memory) {
        self.init(spec, log: log)
        machine = ProcessMachine(probe: spec.probe, policy: spec.restart, memory: memory.machine)
        since = memory.since
        diagnosis = memory.diagnosis
        portHolder = memory.portHolder
        for line in memory.reports { if let report = GuardReport(line: line) { _ = note(.report(report)) } }
    }
}
