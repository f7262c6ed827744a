// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Composes the plan of a deploy. Pure: what runs now is an argument.
package struct DeployPlanner: Sendable {
    /// Assumed for the pause of a process that is exchanged in place, when no start of it was measured yet.
    private static let usualStart = 2.0

    package var kind: ReleaseRecord.Kind
    package var release: Int
    package var application: AppSpec
    /// What the engine says now; `nil` when none runs.
    package var observed: EngineStatus?
    /// Asked for on the command line; the planner decides when it is `nil`.
    package var strategy: DeployStrategy?
    /// Whether the release is there already: a rollback or a restart.
    package var isBuilt: Bool
    /// Services that can only listen on one port, whatever they are told.
    package var fixedPorts: Set<String>
    package var startedAt: Double
    /// Percent of the requests that a canary gets first. 10 is what most tools begin with.
    package var canaryShare = 10

    package init(
        kind: ReleaseRecord.Kind = .deploy, release: Int, application: AppSpec, observed: EngineStatus?,
        strategy: DeployStrategy? = nil, isBuilt: Bool = false, fixedPorts: Set<String> = [], startedAt: Double = 0
    ) {
        self.kind = kind
        self.release = release
        self.application = application
        self.observed = observed
        self.strategy = strategy
        self.isBuilt = isBuilt
        self.fixedPorts = fixedPorts
        self.startedAt = startedAt
    }

    /// - Throws: ``SlipwayError`` `badConfiguration` when the strategy asked for would break a service, or one is to
    ///   run too many times.
    package func plan() throws -> DeployPlan {
        if let many = application.services.first(where: { $0.replicas ?? 1 > Service.mostReplicas }) {
            throw SlipwayError(
                .badConfiguration,
                "\(many.name) is to run \(many.replicas ?? 1) times; \(Service.mostReplicas) is the most on one machine",
                hint: "state less in slipway.yml: services.\(many.name).replicas")
        }
        let singles = try exchanged
        let rolled = rolled(singles)
        let old = oldProcesses
        var steps: [DeployStep] = []
        if !isBuilt {
            steps.append(DeployStep(.prepare, .snapshot, undo: [.discard]))
            steps += application.services.map { DeployStep(.prepare, .build(service: $0.name)) }
        }
        steps.append(DeployStep(.prepare, .engine, undo: observed == nil ? [.stopEngine] : []))
        let migrations = isBuilt ? [] : application.services.filter { $0.release != nil }
        steps += migrations.map { DeployStep(.migrate, .migrate(service: $0.name)) }
        if !migrations.isEmpty, !oldChecks.isEmpty {
            steps.append(DeployStep(.migrate, .checkOld(processes: oldChecks)))
        }
        let running = application.services.filter(Self.runs)
        let besides = running.filter { singles[$0.name] == nil && !rolled.contains($0) }
        for name in ordered(besides).flatMap(instances) {
            steps.append(DeployStep(.start, .start(service: name), undo: [.withdraw(service: name)]))
        }
        for name in besides.flatMap(instances) { steps.append(DeployStep(.verify, .verify(service: name))) }
        steps += rolled.isEmpty ? exchange(running.filter { singles[$0.name] != nil }, old: old) : roll(rolled)
        if !old.isEmpty, kind == .deploy, oldPorts.isEmpty == false { steps.append(DeployStep(.watch, .watch)) }
        let ports = old.compactMap(port)
        if !ports.isEmpty { steps.append(DeployStep(.retire, .drain(ports: ports))) }
        if !old.isEmpty { steps.append(DeployStep(.retire, .remove(processes: old))) }
        steps.append(DeployStep(.retire, .prune))
        return DeployPlan(
            kind: kind, release: release, previous: observed?.release,
            strategy: chosen(singles, rolled), reason: reason(singles, rolled),
            pauseSeconds: observed == nil ? 0 : singles.keys.map(startSeconds).max() ?? 0, steps: steps,
            oldRoutes: observed?.routes ?? [], oldProcesses: old, oldPorts: oldPorts, startedAt: startedAt)
    }

    /// Services that give their place instead of sharing it, while requests wait, and then the move itself.
    private func exchange(_ services: [Service], old: [String]) -> [DeployStep] {
        guard !services.isEmpty else {
            let share = DeployStep(.shift, .mix(share: canaryShare), undo: [.shiftBack])
            let first = isCanary ? [share, DeployStep(.watch, .watch)] : []
            return first + [DeployStep(.shift, .shift, undo: [.shiftBack])]
        }
        let names = services.map(\.name)
        let shown = services.filter { oldPorts[$0.name] != nil }.map(\.name)
        let leaving = old.filter { names.contains(ReleaseProcess($0).service) }
        var steps: [DeployStep] = []
        if !shown.isEmpty {
            steps.append(DeployStep(.shift, .hold(services: shown), undo: [.unhold(services: shown)]))
            steps.append(DeployStep(.shift, .drain(ports: leaving.compactMap(port))))
        }
        if !leaving.isEmpty {
            steps.append(DeployStep(.shift, .halt(processes: leaving), undo: [.revive(processes: leaving)]))
        }
        for name in services.flatMap(instances) {
            steps.append(DeployStep(.shift, .start(service: name), undo: [.withdraw(service: name)]))
            steps.append(DeployStep(.shift, .verify(service: name)))
        }
        steps.append(DeployStep(.shift, .shift, undo: [.shiftBack]))
        if !shown.isEmpty {
            steps.append(DeployStep(.shift, .unhold(services: shown), undo: [.hold(services: shown)]))
        }
        return steps
    }

    /// One replica after the other; the old one in whose place the first comes is kept until that was watched.
    private func roll(_ services: [Service]) -> [DeployStep] {
        var steps: [DeployStep] = []
        var replaced = Dictionary(uniqueKeysWithValues: services.map { ($0.name, 0) })
        var isWatched = oldPorts.isEmpty
        for service in ordered(services) {
            let names = instances(service)
            let old = oldProcesses.filter { ReleaseProcess($0).service == service.name }
            for (index, name) in names.enumerated() {
                steps.append(DeployStep(.shift, .start(service: name), undo: [.withdraw(service: name)]))
                steps.append(DeployStep(.shift, .verify(service: name)))
                let before = replaced
                replaced[service.name] = index + 1
                steps.append(DeployStep(.shift, .roll(replaced: replaced), undo: [.roll(replaced: before)]))
                if !isWatched, service.port != nil { steps.append(DeployStep(.watch, .watch)) }
                isWatched = isWatched || service.port != nil
                let isLast = index == names.count - 1
                let leaving = old.filter {
                    let replica = ReleaseProcess($0).replica
                    return replica == index + 1 || (isLast && replica > index)
                }
                guard !leaving.isEmpty else { continue }
                let ports = leaving.compactMap(port)
                if !ports.isEmpty { steps.append(DeployStep(.shift, .drain(ports: ports))) }
                steps.append(DeployStep(.shift, .halt(processes: leaving), undo: [.revive(processes: leaving)]))
            }
        }
        return steps + [DeployStep(.shift, .shift, undo: [.roll(replaced: replaced)])]
    }

    /// Those whose replicas are exchanged one after the other.
    private func rolled(_ singles: [String: String]) -> [Service] {
        guard kind == .deploy, singles.isEmpty, strategy == nil || strategy == .rolling else { return [] }
        return application.services.filter { service in
            Self.runs(service) && isRunning(service.name) && (strategy == .rolling || instances(service).count > 1)
        }
    }

    private func instances(_ service: Service) -> [String] {
        fixedPorts.contains(service.name) ? [service.name] : service.instances
    }

    private func chosen(_ singles: [String: String], _ rolled: [Service]) -> DeployStrategy {
        guard singles.isEmpty else { return .recreate }
        return rolled.isEmpty ? isCanary ? .canary : .blueGreen : .rolling
    }

    private func reason(_ singles: [String: String], _ rolled: [Service]) -> String {
        guard singles.isEmpty else {
            return singles.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        }
        let several = rolled.filter { instances($0).count > 1 }
        guard !several.isEmpty else { return rolled.isEmpty ? "every service may run twice for a moment" : "asked for" }
        let texts = several.map { "\($0.name) runs \(instances($0).count) times" }
        return texts.joined(separator: ", ") + ": one replica after the other, with one more than usual at a time"
    }

    // MARK: What must be exchanged in place, and why

    private var exchanged: [String: String] {
        get throws {
            var reasons: [String: String] = [:]
            for service in application.services where Self.runs(service) {
                guard isRunning(service.name) else { continue }
                if let why = service.singleInstance {
                    reasons[service.name] = why
                } else if fixedPorts.contains(service.name) {
                    reasons[service.name] = "it always listens on port \(service.port ?? 0)"
                } else if strategy == .recreate {
                    reasons[service.name] = "asked for"
                } else if strategy == nil, let database = sqlite(of: service) {
                    // Asked for, blue/green works: SQLite locks, and one of the two waits or fails.
                    reasons[service.name] = "two releases would write to the SQLite database \(database)"
                }
            }
            if let strategy, strategy != .recreate, let first = reasons.keys.sorted().first {
                throw SlipwayError(
                    .badConfiguration, "\(first) cannot run twice: \(reasons[first] ?? "")",
                    hint: "slipway deploy --strategy recreate")
            }
            return reasons
        }
    }

    private var isCanary: Bool { strategy == .canary && kind == .deploy && !oldPorts.isEmpty }

    private func sqlite(of service: Service) -> String? {
        application.resources.first { $0.kind == .sqlite && service.uses.contains($0.name) }?.name
    }

    // MARK: What runs now

    private var resources: Set<String> { Set(application.resources.map(\.name)) }

    /// Every process that is neither a resource nor of the release itself.
    private var oldProcesses: [String] {
        (observed?.processes ?? []).map(\.name).filter { name in
            !resources.contains(name) && ReleaseProcess(name).release != release && isService(name)
        }
    }

    /// A database that the new release has no more is kept: its data is not ours to leave.
    private func isService(_ name: String) -> Bool {
        let routed = Set((observed?.routes ?? []).map(\.service))
        let process = ReleaseProcess(name)
        return process.release != nil || routed.contains(process.service)
            || application.services.contains { $0.name == process.service }
    }

    private var oldPorts: [String: UInt16] {
        var ports: [String: UInt16] = [:]
        for process in observed?.processes ?? [] where oldProcesses.contains(process.name) {
            if let port = process.port { ports[ReleaseProcess(process.name).instance] = port }
        }
        return ports
    }

    private func port(_ name: String) -> UInt16? { observed?.processes.first { $0.name == name }?.port }

    private var oldChecks: [VerifyOrder] {
        oldProcesses.compactMap { name in
            guard let port = port(name) else { return nil }
            let path = application.service(named: ReleaseProcess(name).service)?.healthPath
            return VerifyOrder(process: name, port: port, paths: path.map { [$0] } ?? [], deadline: .seconds(10))
        }
    }

    private func isRunning(_ service: String) -> Bool {
        oldProcesses.contains { ReleaseProcess($0).service == service }
    }

    private func startSeconds(_ service: String) -> Double {
        observed?.processes.first { ReleaseProcess($0.name).service == service }?.secondsToReady ?? Self.usualStart
    }

    private static func runs(_ service: Service) -> Bool { !service.role.isServedFromFiles && service.role != .cron }

    /// Each after the services it uses; a circle is started in the order it is written.
    private func ordered(_ services: [Service]) -> [Service] {
        var left = services
        var ordered: [Service] = []
        while !left.isEmpty {
            let index =
                left.firstIndex { service in
                    !left.contains { $0.name != service.name && service.uses.contains($0.name) }
                } ?? 0
            ordered.append(left.remove(at: index))
        }
        return ordered
    }
}
