// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Does each action of a plan: what concerns requests against the engine, the rest through the target's runtime.
actor ReleaseSteps {
    /// Beyond a process's own deadline: its end and a crash loop's pauses.
    static let slack = Duration.seconds(60)
    static let requestDeadline = Duration.seconds(10)
    /// Between two looks at the traffic.
    private static let watchInterval = Duration.milliseconds(100)

    private let plan: DeployPlan
    private let options: DeployOptions
    private let engine: LocalEngine
    private let runtime: any ReleaseRuntime
    private let report: DeployEventHandler
    private(set) var verdict: WatchVerdict?

    init(
        _ plan: DeployPlan, options: DeployOptions, engine: LocalEngine, runtime: any ReleaseRuntime,
        report: @escaping DeployEventHandler
    ) {
        self.plan = plan
        self.options = options
        self.engine = engine
        self.runtime = runtime
        self.report = report
    }

    func perform(_ action: DeployAction) async throws {
        switch action {
        case .snapshot: try await runtime.snapshot()
        case .build(let service): try await runtime.build(service)
        case .engine: try await runtime.bringUp()
        case .migrate(let service): try await runtime.migrate(service)
        case .checkOld(let orders): try await checkOld(orders)
        case .start(let service): try await start(service)
        case .verify(let service): try await verify(service)
        case .hold(let services):
            try await engine.perform(.hold(HoldOrder(services: services)), deadline: Self.requestDeadline)
        case .unhold(let services): try await engine.perform(.unhold(services), deadline: Self.requestDeadline)
        case .mix(let share):
            let routes = CanaryRoutes.mixed(old: plan.oldRoutes, new: try await runtime.routes(), share: share)
            try await engine.perform(
                .shift(EdgeShift(release: plan.previous, routes: routes)), deadline: Self.requestDeadline)
        case .roll(let replaced):
            let routes = ReplicaRoutes.rolled(old: plan.oldRoutes, new: try await runtime.routes(), replaced: replaced)
            try await engine.perform(
                .shift(EdgeShift(release: plan.previous, routes: routes)), deadline: Self.requestDeadline)
        case .shift:
            let shift = EdgeShift(release: plan.release, routes: try await runtime.routes())
            try await engine.perform(.shift(shift), deadline: Self.requestDeadline)
        case .shiftBack:
            let shift = EdgeShift(release: plan.previous, routes: plan.oldRoutes)
            try await engine.perform(.shift(shift), deadline: Self.requestDeadline)
        case .watch: try await watch()
        case .drain(let ports): try await drain(ports)
        case .halt(let processes): try await engine.perform(.halt(processes), deadline: Self.slack)
        case .revive(let processes): try await engine.perform(.revive(processes), deadline: Self.slack * 2)
        case .remove(let processes): try await remove(processes)
        case .withdraw(let service): try await withdraw(service)
        case .discard: try await runtime.discard()
        case .stopEngine: try await engine.stop()
        case .prune: try await prune()
        }
    }

    private func checkOld(_ orders: [VerifyOrder]) async throws {
        for order in orders {
            do {
                try await engine.perform(.verify(order), deadline: order.deadline + Self.slack)
            } catch let error as SlipwayError where error.code == .unhealthyService {
                throw SlipwayError(
                    .releaseFailed,
                    "the release that has the requests does not work with the new schema: \(error.message)",
                    hint: "undo the migration by hand, or make it one that both releases can live with",
                    details: error.details)
            }
        }
    }

    private func start(_ service: String) async throws {
        let known = process(service)
        if try await engine.observe()?.processes.contains(where: { $0.name == known && $0.state == .ready }) == true {
            return
        }
        let spec = try await runtime.process(service)
        try await engine.perform(.replace(spec), deadline: spec.probe.deadline + Self.slack)
    }

    private func verify(_ service: String) async throws {
        let order = try await runtime.verification(service)
        try await engine.perform(.verify(order), deadline: order.deadline + Self.slack)
        try await runtime.check(service)
    }

    private func watch() async throws {
        let began = SystemClock.steady.now
        var judge = WatchJudge(old: Self.total(try await engine.traffic(), on: Set(plan.oldPorts.values)))
        let ports = Set(try await runtime.ports().values)
        while true {
            let passed = SystemClock.steady.now - began
            let new = Self.total(try await engine.traffic(), on: ports)
            let isOver = passed >= options.watch || (new.requests == 0 && passed >= options.idleWatch)
            if let verdict = judge.judge(new, after: passed, isOver: isOver) {
                self.verdict = verdict
                guard verdict.judgement == .worse else { return }
                throw SlipwayError(
                    .badRelease,
                    "release \(plan.release) is worse than the one before: \(WatchText(verdict).line)",
                    hint: "slipway logs, then mend it and deploy again")
            }
            if let bad = try await engine.observe()?.processes.first(where: isBroken) {
                throw SlipwayError.unhealthy(bad)
            }
            try await SystemClock.steady.sleep(for: Self.watchInterval)
        }
    }

    private func isBroken(_ status: ProcessStatus) -> Bool {
        ReleaseProcess(status.name).release == plan.release && status.state != .ready
    }

    private static func total(_ traffic: [UpstreamTraffic], on ports: Set<UInt16>) -> UpstreamTraffic {
        var total = UpstreamTraffic(port: 0)
        for traffic in traffic where ports.contains(traffic.port) { total.add(traffic) }
        return total
    }

    private func drain(_ ports: [UInt16]) async throws {
        let order = DrainOrder(ports: ports, streamGrace: options.streamGrace, deadline: options.drain)
        guard case .drained(let result) = try await engine.send(.drain(order), deadline: options.drain + Self.slack)
        else { return }
        if result.cut > 0 { report(.note("\(result.cut) requests were cut at the end of the drain")) }
    }

    private func remove(_ processes: [String]) async throws {
        try await engine.perform(.remove(processes), deadline: Self.slack)
        try await runtime.forget(processes)
    }

    private func withdraw(_ service: String) async throws {
        let name = process(service)
        if let status = try await engine.observe(), let process = status.processes.first(where: { $0.name == name }) {
            let isRouted = status.routes?.contains { $0.upstreams.contains { $0.process == name } } ?? false
            if let port = process.port, !isRouted { try await drain([port]) }
            try await engine.perform(.remove([name]), deadline: Self.slack)
        }
        try await runtime.forget([name])
    }

    private func prune() async throws {
        let running = Set(try await engine.observe()?.processes.compactMap { ReleaseProcess($0.name).release } ?? [])
        let freed = try await runtime.prune(running: running.union([plan.release, plan.previous].compactMap(\.self)))
        if freed > 0 { report(.note("old releases were removed, \(freed >> 20) MB are free again")) }
    }

    private func process(_ instance: String) -> String {
        ReleaseProcess(instance: instance, release: plan.release).description
    }
}

extension SlipwayError {
    /// With the engine's diagnosis.
    static func unhealthy(_ process: ProcessStatus) -> SlipwayError {
        let diagnosis = process.diagnosis
        var details = [diagnosis?.exit, diagnosis?.lastProbe].compactMap(\.self)
        details += diagnosis?.lastLogLines ?? []
        return SlipwayError(
            .unhealthyService,
            "\(process.name) is \(process.state.rawValue): \(diagnosis?.likelyCause ?? "no diagnosis yet")",
            hint: diagnosis?.hint ?? "slipway logs \(process.name)", details: details)
    }
}
