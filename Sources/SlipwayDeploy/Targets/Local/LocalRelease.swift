// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// One release as processes of this machine, from its own copy of the source.
actor LocalRelease: ReleaseRuntime {
    let directory: String
    let paths: StatePaths
    let plan: DeployPlan
    let options: DeployOptions
    let engine: LocalEngine
    private let launch: LocalTarget.Launch
    private let report: DeployEventHandler
    private(set) var release: Release
    private(set) var address: String?
    private var prepared: LocalPrepared?
    /// What is different for the second process of a service and those after it.
    private var replicas: [Int: Replica] = [:]

    private struct Replica {
        let ports: [String: UInt16]
        let environment: ResolvedEnvironment
    }

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

    // MARK: Prepare

    func snapshot() async throws {
        try store.makeFolder(plan.release)
        let start = try await preparedStart()
        let values = release.application.services.flatMap { start.prepared.environment[$0.name].run.values }
        try SourceSnapshot(
            application: release.application, tree: try TreeReader.read(directory), directory: directory,
            values: values
        ).write(to: source)
    }

    func build(_ service: String) async throws {
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

    /// The same for one process of a service.
    private func preparedStart(of instance: ReleaseProcess) async throws -> LocalStart {
        let start = try await preparedStart()
        guard let replica = replicas[instance.replica] else { return start }
        var prepared = start.prepared
        prepared.session.ports.merge(replica.ports) { $1 }
        prepared.environment = replica.environment
        return LocalStart(
            application: release.application, directory: source, paths: paths, prepared: prepared, report: report)
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
        var taken = Set(resources.addresses.values.map(\.port) + [port])
        let ports = try self.ports(1, observed, avoiding: &taken)
        let origin = PublicAddress(origin: "http://localhost:\(port)")
        let environment = try preparation.environment(
            given, resources: resources, ports: ports, address: origin, isDeployed: true)
        let most = application.services.map { plan.instances(of: $0.name).count }.max() ?? 1
        for replica in (1...max(most, 1)).dropFirst() {
            let own = try self.ports(replica, observed, avoiding: &taken)
            replicas[replica] = Replica(
                ports: own,
                environment: try preparation.environment(
                    given, resources: resources, ports: ports.merging(own) { $1 }, address: origin, isDeployed: true))
        }
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
    private func ports(
        _ replica: Int, _ observed: EngineStatus?, avoiding taken: inout Set<UInt16>
    ) throws -> [String: UInt16] {
        taken.formUnion((observed?.processes ?? []).compactMap(\.port))
        var ports: [String: UInt16] = [:]
        for service in release.application.services where service.role.listens && service.start != nil {
            let instance = ReleaseProcess(service: service.name, replica: replica, release: nil).instance
            guard replica == 1 || plan.instances(of: service.name).contains(instance) else { continue }
            let name = processName(instance)
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

    private func edgePort() throws -> UInt16 {
        try EdgePort.choose(options.port ?? AddressMemory(paths).load() ?? LocalOptions.usualPort, for: "deploy")
    }

    private static func port(_ address: String) -> UInt16? {
        address.lastIndex(of: ":").flatMap { UInt16(address[address.index(after: $0)...]) }
    }

    func bringUp() async throws {
        let start = try await preparedStart()
        if try await engine.observe() == nil {
            var plan = start.enginePlan
            plan.directory = directory
            try await launch(plan)
            try AddressMemory(paths).store(plan.edge.port)
            try await start.waitForResources()
        } else {
            try await engine.perform(
                .hide(SecretValues(start.prepared.environment.secrets)), deadline: ReleaseSteps.requestDeadline)
            let running = Set(try await engine.observe()?.processes.map(\.name) ?? [])
            for process in start.prepared.resourceProcesses where !running.contains(process.name) {
                try await engine.perform(.replace(process), deadline: process.probe.deadline + ReleaseSteps.slack)
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

    func migrate(_ name: String) async throws {
        let start = try await preparedStart()
        guard let service = release.application.service(named: name), let text = service.release else { return }
        let step = ReleaseStep(
            paths: paths, runner: LocalRunner(hiding: start.prepared.environment.secrets), report: report,
            deadline: options.releaseDeadline)
        try await step.run("release", text, of: start.processPlan(service))
    }

    func process(_ name: String) async throws -> ProcessSpec {
        let instance = ReleaseProcess(instance: name, release: nil)
        let start = try await preparedStart(of: instance)
        guard let service = release.application.service(named: instance.service) else {
            throw SlipwayError(.badConfiguration, "release \(plan.release) has no service \(instance.service)")
        }
        var spec = try start.processPlan(service).process { ExecutableSearch.find($0, path: $1) }
        spec.name = processName(name)
        spec.dependsOn = spec.dependsOn.filter { release.application.resource(named: $0) != nil }
        return spec
    }

    func verification(_ name: String) async throws -> VerifyOrder {
        let service = ReleaseProcess(instance: name, release: nil).service
        return VerifyOrder(
            process: processName(name), port: try await ports()[name],
            paths: release.application.service(named: service)?.verifiedPaths ?? [])
    }

    func check(_ service: String) {}

    // MARK: Shift, retire

    func ports() async throws -> [String: UInt16] {
        var ports = try await preparedStart().prepared.session.ports
        for (number, replica) in replicas {
            for (service, port) in replica.ports {
                ports[ReleaseProcess(service: service, replica: number, release: nil).instance] = port
            }
        }
        return ports
    }

    func routes() async throws -> [EdgeRoute] {
        let start = try await preparedStart()
        let session = start.prepared.session
        let running = release.application.services.filter(start.runs).map(\.name)
        let ports = session.ports.filter { running.contains($0.key) }
        var routes = RoutePlan.routes(
            release.application, ports: ports, files: session.builds.compactMapValues(\.files), source: source)
        routes = ReplicaRoutes.shared(routes, by: plan, ports: try await self.ports())
        for index in routes.indices {
            guard case .files(let root, _) = routes[index].destination else { continue }
            routes[index].earlier =
                session.builds[routes[index].service]?.files == root
                ? earlierFiles(routes[index].service) : earlierFolders(routes[index])
        }
        return routes
    }

    /// What the builds of the two releases before left in a public folder. What people put there is not copied.
    private func earlierFolders(_ route: EdgeRoute) -> [String] {
        guard let service = release.application.service(named: route.service),
            let folder = service.publicFolders?.first(where: { $0.path == route.prefix }), !service.writes(folder)
        else { return [] }
        return othersLive.prefix(2).map { RoutePlan.place(of: folder, of: service, in: store.source(of: $0)) }
    }

    /// Releases that served before this one, the last first.
    private var othersLive: [Int] {
        store.records().filter { $0.outcome == .live && $0.number != plan.release }.map(\.number).reversed()
    }

    /// Of the two releases before, so that with the new one the files of three are there.
    private func earlierFiles(_ service: String) -> [String] {
        var folders: [String] = []
        for number in othersLive {
            guard folders.count < 2, let files = store.release(number)?.builds[service]?.files,
                files != release.builds[service]?.files, !folders.contains(files)
            else { continue }
            folders.append(files)
        }
        return folders
    }

    /// With its process everything of it is gone.
    func forget(_ processes: [String]) {}

    func discard() throws { try store.remove(plan.release) }

    func prune(running: Set<Int>) throws -> UInt64 { try store.prune(needed: running) }

    private func processName(_ instance: String) -> String {
        ReleaseProcess(instance: instance, release: plan.release).description
    }
}
