// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import SlipwayCore
internal import SlipwayHost

/// Runs the state machines of all processes and does what they ask for.
actor Supervisor {
    enum Input: Sendable {
        /// Look again at who can start and who must end.
        case evaluate
        case machine(String, ProcessMachine.Event)
        case service(String, run: Int, GuardedService.Event)
        case probed(String, run: Int, ProbeResult)
        /// Everything that came before is kept for the engine that takes over.
        case frozen
        /// The timers of a process are gone.
        case resume(String)
    }

    typealias Condition = @Sendable (isolated Supervisor) -> Bool

    private struct Waiter {
        let condition: Condition
        let continuation: CheckedContinuation<Void, Never>
    }

    /// Work that takes time and ends in an input.
    enum Job: Sendable {
        case wake(String, ProcessMachine.Event, after: Duration)
        case probe(String, run: Int, Probe)
    }

    /// Kept up to date for the edge.
    nonisolated let board = ServiceBoard()
    private let guardExecutable: String
    private let paths: StatePaths
    private var redactor: Redactor
    private(set) var secrets: [Secret]
    private let prober: Prober
    private let engineLog: ProcessLog
    private let began: ContinuousClock.Instant
    private let inputs: AsyncStream<Input>
    private let input: AsyncStream<Input>.Continuation

    private var order: StartOrder
    var slots: [String: Slot]
    private var isStopping = false
    private(set) var replacing: Set<String> = []
    private var waiters: [Waiter] = []
    /// While another engine may take over.
    var freeze: SupervisorFreeze?

    init(
        _ processes: [ProcessSpec], guardExecutable: String, paths: StatePaths,
        hiding secrets: [Secret], group: any EventLoopGroup, engineLog: ProcessLog
    ) throws {
        let redactor = Redactor(secrets)
        let slots = Dictionary(
            processes.map { ($0.name, Slot($0, log: ProcessLog(path: paths.log(of: $0.name), redactor: redactor))) }
        ) { first, _ in first }
        self.init(
            try StartOrder(processes), slots, age: .zero, guardExecutable: guardExecutable, paths: paths,
            hiding: secrets, redactor, group: group, engineLog: engineLog)
    }

    /// Goes on where another engine's supervisor was frozen; ``adopt(_:)`` begins it.
    init(
        _ memory: Memory, processes: [ProcessSpec], guardExecutable: String, paths: StatePaths,
        hiding secrets: [Secret], group: any EventLoopGroup, engineLog: ProcessLog
    ) throws {
        let order = try StartOrder(processes)
        let redactor = Redactor(secrets)
        let specs = Dictionary(processes.map { ($0.name, $0) }) { first, _ in first }
        var slots: [String: Slot] = [:]
        for slot in memory.slots {
            guard let spec = specs[slot.name] else { continue }
            let log = ProcessLog(path: paths.log(of: slot.name), redactor: redactor)
            slots[slot.name] = Slot(spec, log: log, memory: slot)
        }
        let statuses = order.names.compactMap { slots[$0]?.status }
        self.init(
            order, slots, age: memory.age, guardExecutable: guardExecutable, paths: paths, hiding: secrets, redactor,
            group: group, engineLog: engineLog)
        board.post(statuses)
    }

    /// - Parameter age: How long it has run already, in this process and in those before.
    private init(
        _ order: StartOrder, _ slots: [String: Slot], age: Duration, guardExecutable: String, paths: StatePaths,
        hiding secrets: [Secret], _ redactor: Redactor, group: any EventLoopGroup, engineLog: ProcessLog
    ) {
        self.order = order
        self.slots = slots
        self.guardExecutable = guardExecutable
        self.paths = paths
        self.secrets = secrets
        self.redactor = redactor
        self.engineLog = engineLog
        prober = Prober(group: group)
        began = SystemClock.steady.now - age
        (inputs, input) = AsyncStream.makeStream()
    }

    // MARK: - What the daemon asks

    /// Starts everything in order and returns when ``stop()`` was called and nothing is left.
    func run() async {
        input.yield(.evaluate)
        await withDiscardingTaskGroup { group in
            for await input in inputs {
                for job in handle(input) { group.addTask { await self.perform(job) } }
                board.post(statuses())
                resumeWaiters()
                await restWhileFrozen()
                if isAbandoned { break }
                if isStopping, slots.values.allSatisfy({ $0.machine.isSettled }) { break }
            }
            group.cancelAll()
        }
    }

    /// Ends processes in reverse order of their dependencies.
    func stop() {
        isStopping = true
        input.yield(.evaluate)
    }

    /// The time that the machines count.
    var age: Duration { SystemClock.steady.now - began }
    func tell(_ input: Input) { self.input.yield(input) }
    var specs: [ProcessSpec] { order.names.compactMap { slots[$0]?.spec } }

    var isReady: Bool { slots.values.allSatisfy { $0.machine.state == .ready } }
    var hasFailed: Bool { slots.values.contains { $0.machine.state == .failed } }
    var isEnding: Bool { isStopping }

    /// Returns when the condition holds; it is looked at after every change.
    func wait(until condition: @escaping Condition) async {
        if condition(self) { return }
        await withCheckedContinuation { waiters.append(Waiter(condition: condition, continuation: $0)) }
    }

    /// In start order.
    func statuses() -> [ProcessStatus] { order.names.compactMap { slots[$0]?.status } }

    /// Ends a process and starts it anew as described; returns when it is ready.
    /// - Throws: ``SlipwayError`` `unhealthyService` with the diagnosis, `notRunning` while the engine stops.
    func replace(_ spec: ProcessSpec) async throws {
        let name = spec.name
        await wait { !$0.replacing.contains(name) }
        replacing.insert(name)
        defer {
            replacing.remove(name)
            resumeWaiters()
        }
        let others = order.names.filter { $0 != name }.compactMap { slots[$0]?.spec }
        let order = try StartOrder(others + [spec])
        // One that has ended already would take the word for its successor's.
        if slots[name]?.machine.isSettled == false {
            input.yield(.machine(name, .stop))
            await wait { $0.slots[name]?.machine.isSettled ?? true }
        }
        guard !isStopping else { throw SlipwayError(.notRunning, "the engine is stopping") }
        let log = slots[name]?.log ?? ProcessLog(path: paths.log(of: name), redactor: redactor)
        slots[name] = Slot(spec, log: log, after: slots[name]?.machine.run ?? 0)
        self.order = order
        input.yield(.evaluate)
        await wait { ($0.slots[name]?.machine.state).map { $0 == .ready || $0 == .failed || $0 == .stopped } ?? true }
        guard let slot = slots[name], slot.machine.state != .ready else { return }
        throw SlipwayError(
            .unhealthyService, "\(name) is not ready: \(slot.diagnosis?.likelyCause ?? "it was stopped")",
            hint: slot.diagnosis?.hint, details: slot.diagnosis?.lastLogLines ?? [])
    }

    /// Ends processes; returns when nothing of them runs.
    func halt(_ names: [String]) async {
        for name in names where slots[name] != nil { input.yield(.machine(name, .stop)) }
        await wait { supervisor in names.allSatisfy { supervisor.slots[$0]?.machine.isSettled ?? true } }
        // A process that was given up may be on its way out still.
        await wait { supervisor in names.allSatisfy { supervisor.slots[$0]?.service == nil } }
    }

    /// Starts processes that were halted or given up as they were; returns when they are ready.
    func revive(_ names: [String]) async throws {
        for name in names {
            guard let slot = slots[name], slot.machine.state != .ready else { continue }
            try await replace(slot.spec)
        }
    }

    /// Ends processes and forgets them; returns when nothing of them is left.
    func remove(_ names: [String]) async {
        await halt(names)
        guard !isStopping else { return }
        for name in names { slots[name] = nil }
        let rest = order.names.compactMap { slots[$0]?.spec }
        let left = Set(rest.map(\.name))
        let independent = rest.map { spec -> ProcessSpec in
            var spec = spec
            spec.dependsOn.removeAll { !left.contains($0) }
            return spec
        }
        if let order = try? StartOrder(independent) { self.order = order }
        board.post(statuses())
    }

    /// - Throws: ``SlipwayError`` `unhealthyService` with what was seen last.
    func verify(_ order: VerifyOrder) async throws {
        let deadline = SystemClock.steady.now + order.deadline
        var (successes, failures) = (0, 0)
        while true {
            let slot = slots[order.process]
            var complaint = slot?.diagnosis?.likelyCause ?? "it is not ready"
            if slot?.machine.state == .ready {
                let seen = await round(order)
                (successes, failures) = seen == nil ? (successes + 1, 0) : (0, failures + 1)
                if successes >= order.successes { return }
                complaint = seen ?? ""
            } else {
                successes = 0
            }
            guard SystemClock.steady.now < deadline, failures < order.failures,
                slots[order.process]?.machine.isSettled == false, !isStopping
            else {
                throw SlipwayError(
                    .unhealthyService, "\(order.process) did not stay good: \(complaint)",
                    hint: "slipway logs \(ReleaseProcess(order.process).service)",
                    details: slots[order.process]?.log.recent ?? [])
            }
            try await SystemClock.steady.sleep(for: order.interval)
        }
    }

    /// - Returns: What is wrong; `nil` when every path answers well.
    private func round(_ order: VerifyOrder) async -> String? {
        guard let port = order.port else { return nil }
        guard !order.paths.isEmpty else {
            let result = await prober.probe(Probe(.tcp(port: port)))
            return result.isPassed ? nil : result.text
        }
        for path in order.paths {
            let result = await prober.probe(Probe(.http(port: port, path: path)))
            guard result.isPassed else { return "GET \(path): \(result.text)" }
        }
        return nil
    }

    /// More values that the logs of processes started from now on must not show.
    func hide(_ more: [Secret]) {
        secrets += more.filter { !secrets.contains($0) }
        redactor = Redactor(secrets)
    }

    // MARK: - Inputs

    func handle(_ input: Input) -> [Job] {
        if keeps(input) { return [] }
        let now = age
        var jobs: [Job] = []
        switch input {
        case .evaluate, .frozen: break
        case .machine(let name, let event): jobs += send(event, to: name, at: now)
        case .probed(let name, let run, let result):
            guard let slot = slots[name], slot.machine.run == run else { break }
            let seen = slot.machine.state == .starting ? slot.unmasked(result) : result
            slots[name]?.lastProbe = seen
            jobs += send(.probed(run: run, isGood: seen.isPassed), to: name, at: now)
        case .resume(let name):
            guard var slot = slots[name] else { break }
            jobs += perform(slot.machine.resume(at: now), on: &slot)
            slots[name] = slot
        case .service(let name, let run, let event):
            guard slots[name]?.machine.run == run, let next = slots[name]?.note(event) else { break }
            jobs += send(next, to: name, at: now)
        }
        return jobs + evaluate(at: now)
    }

    private func evaluate(at now: Duration) -> [Job] {
        var jobs: [Job] = []
        if isStopping {
            for name in order.names.reversed() where slots[name]?.machine.isSettled == false {
                let isFree = order.dependents(on: name).allSatisfy { slots[$0]?.machine.isSettled ?? true }
                if isFree { jobs += send(.stop, to: name, at: now) }
            }
            return jobs
        }
        for name in order.names where slots[name]?.machine.state == .waiting {
            let canStart = order.dependencies(of: name).allSatisfy { slots[$0]?.machine.state == .ready }
            if canStart { jobs += send(.start, to: name, at: now) }
        }
        return jobs
    }

    private func send(_ event: ProcessMachine.Event, to name: String, at now: Duration) -> [Job] {
        guard var slot = slots[name] else { return [] }
        let before = slot.machine.state
        let actions = slot.machine.handle(event, at: now)
        let jobs = perform(actions, on: &slot)
        if slot.machine.state != before {
            slot.since = SystemClock.secondsSinceEpoch()
            engineLog.note("\(name): \(slot.machine.state)")
        }
        slots[name] = slot
        return jobs
    }

    private func perform(_ actions: [ProcessMachine.Action], on slot: inout Slot) -> [Job] {
        let name = slot.spec.name
        var jobs: [Job] = []
        for action in actions {
            switch action {
            case .spawn(let run): spawn(&slot, run: run)
            case .probe(let run): jobs.append(.probe(name, run: run, slot.spec.probe))
            case .wake(let run, let timer, let delay): jobs.append(.wake(name, .time(run: run, timer), after: delay))
            case .end: slot.service?.stop()
            case .diagnose(let trouble):
                let diagnosis = Diagnosis(slot.evidence(trouble))
                slot.diagnosis = diagnosis
                engineLog.note("\(name): \(diagnosis.likelyCause)")
            case .clearDiagnosis: slot.diagnosis = nil
            case .note(let text): engineLog.note("\(name): \(text)")
            }
        }
        return jobs
    }

    private func spawn(_ slot: inout Slot, run: Int) {
        let name = slot.spec.name
        let input = input
        slot.beginRun()
        do throws(ChildProcess.Failure) {
            slot.service = try GuardedService.start(
                slot.order, name: name, executable: guardExecutable, log: slot.log, observer: observer(of: name, run))
        } catch {
            input.yield(.service(name, run: run, .report(.refused(error))))
            input.yield(.service(name, run: run, .finished))
        }
    }

    func observer(of name: String, _ run: Int) -> @Sendable (GuardedService.Event) -> Void {
        let input = input
        return { input.yield(.service(name, run: run, $0)) }
    }

    private func perform(_ job: Job) async {
        switch job {
        case .wake(let name, let event, let delay):
            guard (try? await SystemClock.steady.sleep(for: delay)) != nil else { return }
            input.yield(.machine(name, event))
        case .probe(let name, let run, let probe):
            input.yield(.probed(name, run: run, await prober.probe(probe)))
        }
    }

    private func resumeWaiters() {
        let met = waiters.filter { $0.condition(self) }
        waiters.removeAll { $0.condition(self) }
        for waiter in met { waiter.continuation.resume() }
    }
}
