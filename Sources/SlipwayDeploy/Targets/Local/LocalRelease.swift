// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// One release on this machine: does each action of its plan against the disk and the engine.
actor LocalRelease {
    /// Beyond a process's own deadline: its end and a crash loop's pauses.
    private static let slack = Duration.seconds(60)
    private static let requestDeadline = Duration.seconds(10)
    /// Between two looks at the traffic.
    private static let watchInterval = Duration.milliseconds(100)

    let directory: String
    let paths: StatePaths
    let plan: DeployPlan
    let options: DeployOptions
    let engine: LocalEngine
    private let launch: LocalTarget.Launch
    private let report: DeployEventHandler
    private(set) var release: Release
    private(set) var verdict: WatchVerdict?
    private(set) var address: String?
    private var prepared: LocalPrepared?

    private var store: ReleaseStore { ReleaseStore(paths) }
    private var source: String { store.source(of: plan.release) }

    init(
        _ release: Release, plan: DeployPlan, directory: String, options: DeployOptions, token: Int,
        launch: @escaping LocalTarget.Launch, report: @escaping DeployEventHandler
    ) {
        self.release = release
        self.plan = plan
        self.directory = directory
        self.options = options
        self.launch = launch
        self.report = report
        paths = StatePaths(applicationDirectory: directory)
        engine = LocalEngine(paths: paths, token: token)
    }

    func perform(_ action: DeployAction) async throws {
        switch action {
        case .snapshot: try await snapshot()
        case .build(let service): try await build(service)
        case .engine: try await bringUpEngine()
        case .migrate(let service): try await migrate(service)
        case .checkOld(let orders): try await checkOld(orders)
        case .start(let service): try await start(service)
        case .verify(let service): try await verify(service)
        case .hold(let services):
            try await engine.perform(.hold(HoldOrder(services: services)), deadline: Self.requestDeadline)
        case .unhold(let services): try await engine.perform(.unhold(services), deadline: Self.requestDeadline)
        case .shift: try await shift()
        case .shiftBack:
            let shift = EdgeShift(release: plan.previous, routes: plan.oldRoutes)
            try await engine.perform(.shift(shift), deadline: Self.requestDeadline)
        case .watch: try await watch()
        case .drain(let ports): try await drain(ports)
        case .halt(let processes): try await engine.perform(.halt(processes), deadline: Self.slack)
        case .revive(let processes): try await engine.perform(.revive(processes), deadline: Self.slack * 2)
        case .remove(let processes): try await engine.perform(.remove(processes), deadline: Self.slack)
        case .withdraw(let service): try await withdraw(service)
        case .discard: try store.remove(plan.release)
        case .stopEngine: try await engine.stop()
        case .prune: try await prune()
        }
    }

    // MARK: Prepare

    private func snapshot() async throws {
        try store.makeFolder(plan.release)
        let start = try await preparedStart()
        let values = release.application.services.flatMap { start.prepared.environment[$0.name].run.values }
        try SourceSnapshot(
            application: release.application, tree: try TreeReader.read(directory), directory: directory,
            values: values
        ).write(to: source)
    }

    private func build(_ service: String) async throws {
        let start = try await preparedStart()
        let preparation = LocalPreparation(
            directory: source, paths: paths, application: release.application, tree: try TreeReader.read(source),
            report: report)
        let plans = try await preparation.build([service], environment: start.prepared.environment)
        for (name, plan) in plans {
            release.builds[name] = Release.Build(plan)
            prepared?.session.builds[name] = plan
        }
        try store.write(release)
    }

    /// Everything that the steps need to know, found out once: values, ports, addresses.
    private func preparedStart() async throws -> LocalStart {
        let value: LocalPrepared
        if let prepared { value = prepared } else { value = try await prepare() }
        prepared = value
        return LocalStart(
            application: release.application, directory: source, paths: paths, prepared: value, report: report)
    }

    private func prepare() async throws -> LocalPrepared {
        let application = release.application
        let observed = try await engine.observe()
        let preparation = LocalPreparation(
            directory: directory, paths: paths, application: application, tree: SourceTree(files: [:]), report: report)
        let port = try observed?.address.flatMap(Self.port) ?? edgePort()
        var local = LocalOptions(port: port, configuration: options.configuration)
        local.releaseDeadline = options.releaseDeadline
        let given = try preparation.given(local)
        var running: [String: UInt16] = [:]
        for process in observed?.processes ?? [] where application.resource(named: process.name) != nil {
            running[process.name] = process.port
        }
        let resources = try preparation.resources(given, avoiding: port, running: running)
        let ports = try self.ports(observed, avoiding: Set(resources.addresses.values.map(\.port) + [port]))
        let origin = PublicAddress(origin: "http://localhost:\(port)")
        let environment = try preparation.environment(given, resources: resources, ports: ports, address: origin)
        let (processes, cluster) = try await preparation.resourceProcesses(resources, hiding: environment.secrets)
        let socket = try RuntimeDirectory.make(application: directory) + "/engine.sock"
        address = origin.origin
        return LocalPrepared(
            session: LocalSession(
                options: local, address: origin, ports: ports, resources: resources,
                builds: release.builds.mapValues(\.plan), resourceProcesses: processes.map(\.name)),
            environment: environment, socketPath: socket, resourceProcesses: processes, cluster: cluster)
    }

    /// Ports that nobody has, but those of processes that this deploy has started already.
    private func ports(_ observed: EngineStatus?, avoiding taken: Set<UInt16>) throws -> [String: UInt16] {
        var taken = taken.union((observed?.processes ?? []).compactMap(\.port))
        var ports: [String: UInt16] = [:]
        for service in release.application.services where service.role.listens && service.start != nil {
            let name = process(service.name)
            if let running = observed?.processes.first(where: { $0.name == name })?.port {
                ports[service.name] = running
                continue
            }
            let port = try PortAssignment.fixedPort(of: service) ?? LoopbackPort.free(avoiding: taken)
            taken.insert(port)
            ports[service.name] = port
        }
        return ports
    }

    /// Before minutes of building: the engine asks again when it binds.
    private func edgePort() throws -> UInt16 {
        let port = options.port ?? AddressMemory(paths).load() ?? LocalOptions.usualPort
        guard port != 0 else { return try LoopbackPort.free() }
        guard LoopbackPort.isFree(port) else {
            let owner = ListeningSockets.owner(ofPort: port).map { "\($0)" } ?? "a program of another user"
            throw SlipwayError(
                .portInUse, "port \(port) is taken by \(owner)",
                hint: "free it, or: slipway deploy --port \(port < .max ? port + 1 : 8080)")
        }
        return port
    }

    private static func port(_ address: String) -> UInt16? {
        address.lastIndex(of: ":").flatMap { UInt16(address[address.index(after: $0)...]) }
    }

    private func bringUpEngine() async throws {
        let start = try await preparedStart()
        if try await engine.observe() == nil {
            var plan = start.enginePlan
            plan.directory = directory
            try await launch(plan)
            try AddressMemory(paths).store(plan.edge.port)
            try await start.waitForResources()
        } else {
            try await engine.perform(
                .hide(SecretValues(start.prepared.environment.secrets)), deadline: Self.requestDeadline)
            let running = Set(try await engine.observe()?.processes.map(\.name) ?? [])
            for process in start.prepared.resourceProcesses where !running.contains(process.name) {
                try await engine.perform(.replace(process), deadline: process.probe.deadline + Self.slack)
            }
        }
        let runner = LocalRunner(hiding: start.prepared.environment.secrets)
        for resource in release.application.resources {
            guard let cluster = start.prepared.cluster,
                let address = start.prepared.session.resources.addresses[resource.name], address.kind == .postgres
            else { continue }
            _ = try await cluster.ensureDatabase(address, runner: runner)
        }
    }

    // MARK: Migrate, start, verify

    private func migrate(_ name: String) async throws {
        let start = try await preparedStart()
        guard let service = release.application.service(named: name), let text = service.release else { return }
        let step = ReleaseStep(
            paths: paths, runner: LocalRunner(hiding: start.prepared.environment.secrets), report: report,
            deadline: options.releaseDeadline)
        try await step.run("release", text, of: start.processPlan(service))
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

    private func start(_ name: String) async throws {
        let start = try await preparedStart()
        guard let service = release.application.service(named: name) else { return }
        let known = process(name)
        if try await engine.observe()?.processes.contains(where: { $0.name == known && $0.state == .ready }) == true {
            return
        }
        var spec = try start.processPlan(service).process { ExecutableSearch.find($0, path: $1) }
        spec.name = known
        spec.dependsOn = spec.dependsOn.filter { release.application.resource(named: $0) != nil }
        try await engine.perform(.replace(spec), deadline: spec.probe.deadline + Self.slack)
    }

    private func verify(_ name: String) async throws {
        let start = try await preparedStart()
        let path = release.application.service(named: name)?.healthPath.map { $0.hasPrefix("/") ? $0 : "/" + $0 }
        let order = VerifyOrder(
            process: process(name), port: start.prepared.session.ports[name], paths: path.map { [$0] } ?? [])
        try await engine.perform(.verify(order), deadline: order.deadline + Self.slack)
    }

    // MARK: Shift, watch, retire

    private func shift() async throws {
        let start = try await preparedStart()
        let session = start.prepared.session
        let running = release.application.services.filter(start.runs).map(\.name)
        let ports = session.ports.filter { running.contains($0.key) }
        var routes = RoutePlan.routes(
            release.application, ports: ports, files: session.builds.compactMapValues(\.files))
        for index in routes.indices {
            routes[index].process = process(routes[index].service)
            if case .files = routes[index].destination { routes[index].earlier = earlierFiles(routes[index].service) }
        }
        try await engine.perform(
            .shift(EdgeShift(release: plan.release, routes: routes)), deadline: Self.requestDeadline)
    }

    /// Of the two releases before, so that with the new one the files of three are there.
    private func earlierFiles(_ service: String) -> [String] {
        let live = store.records().filter { $0.outcome == .live && $0.number != plan.release }.map(\.number)
        var folders: [String] = []
        for number in live.reversed() {
            guard folders.count < 2, let files = store.release(number)?.builds[service]?.files,
                files != release.builds[service]?.files, !folders.contains(files)
            else { continue }
            folders.append(files)
        }
        return folders
    }

    private func watch() async throws {
        let start = try await preparedStart()
        let began = SystemClock.steady.now
        var judge = WatchJudge(old: Self.total(try await engine.traffic(), on: Set(plan.oldPorts.values)))
        let ports = Set(start.prepared.session.ports.values)
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
            if let bad = try await engine.observe()?.processes.first(where: isBroken) { throw start.unhealthy(bad) }
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

    private func withdraw(_ service: String) async throws {
        guard let status = try await engine.observe() else { return }
        let name = process(service)
        guard let process = status.processes.first(where: { $0.name == name }) else { return }
        let isRouted = status.routes?.contains { $0.process == name } ?? false
        if let port = process.port, !isRouted { try await drain([port]) }
        try await engine.perform(.remove([name]), deadline: Self.slack)
    }

    private func prune() async throws {
        let running = Set(try await engine.observe()?.processes.compactMap { ReleaseProcess($0.name).release } ?? [])
        let freed = try store.prune(needed: running.union([plan.release, plan.previous].compactMap(\.self)))
        if freed > 0 { report(.note("old releases were removed, \(freed >> 20) MB are free again")) }
    }

    private func process(_ service: String) -> String {
        ReleaseProcess(service: service, release: plan.release).description
    }
}
