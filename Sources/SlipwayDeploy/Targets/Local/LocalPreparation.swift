// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// The first phase on this machine: everything that can fail does so here, before anything starts.
struct LocalPreparation: Sendable {
    let directory: String
    let paths: StatePaths
    let application: AppSpec
    let tree: SourceTree
    let report: DeployEventHandler

    private var state: FileStore { FileStore(root: paths.root) }
    private var secretFile: SecretFile { SecretFile(state, path: "secrets.env") }

    /// Creates `.slipway`, kept out of git.
    func makeState() throws {
        try state.makeDirectory()
        try StateFolder.make(in: FileStore(root: directory))
        for folder in [paths.logs, paths.builds] { try FileStore(root: folder).makeDirectory() }
    }

    /// - Throws: ``SlipwayError`` `badConfiguration` for a service that nobody could start.
    func requireStartCommands() throws {
        let silent = application.services.filter {
            $0.start == nil && !$0.role.isServedFromFiles && $0.role != .cron
        }
        guard let first = silent.first else { return }
        throw SlipwayError(
            .badConfiguration,
            "no start command was found for \(silent.map(\.name).joined(separator: ", "))",
            hint: "state it in slipway.yml: services.\(first.name).start")
    }

    /// Every value that people gave for this application.
    /// - Throws: ``SlipwayError`` `unreadable` when there are secrets and their key does not fit.
    func given(_ options: LocalOptions) throws -> GivenValues {
        let files = FileStore(root: directory)
        func values(_ path: String) -> [String: String] {
            (try? files.text(path)).map { Dotenv(parsing: $0).expanded() } ?? [:]
        }
        var serviceFiles: [String: [String: String]] = [:]
        for service in application.services {
            // What the code finds by itself need not be given again.
            let own = application.variables.filter { $0.services.contains(service.name) }.compactMap(\.ownFile)
            var found: [String: String] = [:]
            for path in Set(own).sorted() { found.merge(values(service.path(of: path))) { first, _ in first } }
            if service.directory != "." { found.merge(values(service.path(of: ".env"))) { $1 } }
            if !found.isEmpty { serviceFiles[service.name] = found }
        }
        let all = GivenValues(
            flags: options.flags, process: ProcessVariables.values(of: application.variables.map(\.name)),
            secrets: try SecretStore(paths).load().mapValues { $0.reveal() }, configuration: options.configuration,
            serviceFiles: serviceFiles, rootFile: values(".env"))
        let (left, notes) = ContainerHosts(application, given: all).left(
            runs: { kind in
                kind == .postgres || [.redis, .valkey].contains(kind) && RedisServer.find() != nil
            }, resolves: HostLookup.resolves)
        // What a person wrote is not followed: that is no detail of the progress.
        notes.forEach { report(.warning($0)) }
        return left
    }

    /// Which resources run here, with addresses and passwords that stay the same from run to run.
    /// - Parameter running: Ports of the resources that run already; they stay where they are.
    func resources(
        _ given: GivenValues, avoiding edge: UInt16, running: [String: UInt16] = [:]
    ) throws -> LocalResources {
        let stored = try secretFile.load()
        let remembered = PortMemory(state).load()
        var created: [String: Secret] = [:]
        var taken: Set<UInt16> = Set([edge] + application.services.compactMap(\.port))
        let choice = try ResourceChoice(application: application, given: given).resources(
            password: { name in
                let key = "slipway.\(name).password"
                let secret = stored[key] ?? Secret(RandomToken.hex(bytes: 24))
                if stored[key] == nil { created[key] = secret }
                return secret
            },
            choosePort: { name in
                if let port = running[name] { return port }
                let port = try LoopbackPort.free(preferring: remembered[name], avoiding: taken)
                taken.insert(port)
                return port
            }, hasRedis: RedisServer.find() != nil)
        try secretFile.add(created)
        choice.notes.forEach { report(.note($0)) }
        return choice.resources
    }

    /// A port for each listening service; kept for the next run.
    func ports(_ resources: LocalResources, edge: UInt16) throws -> [String: UInt16] {
        let memory = PortMemory(state)
        let ofResources = resources.addresses.mapValues(\.port)
        let assignment = PortAssignment(application: application, edgePort: edge, remembered: memory.load())
        let ports = try assignment.assign(
            choose: { wished, taken in
                try LoopbackPort.free(preferring: wished, avoiding: taken.union(ofResources.values))
            },
            holder: { LoopbackPort.isFree($0) ? nil : "another program" })
        try memory.store(ports.merging(ofResources) { $1 })
        for service in application.services {
            guard let port = ports[service.name], let usual = service.port, usual != port else { continue }
            report(.note("\(service.name) listens on \(port), because \(usual) is taken"))
        }
        return ports
    }

    /// The environments of all services; new secrets are stored.
    /// - Parameters:
    ///   - hosts: The names under which visitors come; empty where only a person knows them.
    ///   - isDeployed: Whether visitors come, and not a developer alone.
    func environment(
        _ given: GivenValues, resources: LocalResources, ports: [String: UInt16], address: PublicAddress,
        hosts: [String] = [], isDeployed: Bool = false
    ) throws -> ResolvedEnvironment {
        let resolution = EnvironmentResolution(
            application: application, given: given, resources: resources.addresses, ports: ports, address: address,
            hosts: hosts, stored: try secretFile.load(), isDeployed: isDeployed)
        let resolved = try resolution.resolve { form in
            Secret(form == .base64 ? RandomToken.base64() : RandomToken.hex())
        }
        try secretFile.add(resolved.generated)
        for name in resolved.generated.keys.sorted() {
            report(.note("\(name) was generated for development and is kept in .slipway/secrets.env"))
        }
        return resolved
    }

    /// Builds the named services, several at once.
    func build(_ names: Set<String>, environment: ResolvedEnvironment) async throws -> [String: BuildPlan] {
        let services = application.services.filter { names.contains($0.name) }
        let runner = LocalRunner(hiding: environment.secrets)
        return try await withThrowingTaskGroup(of: (String, BuildPlan).self) { group in
            for service in services {
                group.addTask {
                    let values = environment[service.name]
                    let input = BuildInput(
                        service: service, application: application, tree: tree, root: directory, builds: paths.builds,
                        variables: values.build, runVariables: values.forLoading, path: ExecutableSearch.path)
                    let plan = try await BuilderCatalog.builder(for: service).plan(input, runner: runner)
                    let run = BuildRun(paths: paths, runner: runner, report: report)
                    if run.isServed(plan) {
                        report(.finished(step: "build \(service.name)", .reused, after: .zero))
                    } else {
                        try await run.run(plan, service: service.name)
                    }
                    return (service.name, plan)
                }
            }
            var plans: [String: BuildPlan] = [:]
            for try await (name, plan) in group { plans[name] = plan }
            return plans
        }
    }

    /// The processes of the resources, their data created on first use.
    func resourceProcesses(
        _ resources: LocalResources, hiding secrets: [Secret]
    ) async throws -> (processes: [ProcessSpec], cluster: PostgresCluster?) {
        var processes: [ProcessSpec] = []
        var cluster: PostgresCluster?
        let base = MachineEnvironment.base()
        for resource in application.resources {
            guard let address = resources.addresses[resource.name] else { continue }
            if address.kind == .postgres {
                // One cluster holds the databases of all resources of the kind.
                guard cluster == nil else { continue }
                let home = try ClusterHome.make(paths, application: directory)
                if home.isElsewhere {
                    report(
                        .note(
                            "the database's data is in \(home.folder), because its account cannot reach \(paths.root)"))
                }
                let prepared = try await PostgresCluster.prepare(
                    home, wanted: resource.version, runner: LocalRunner(hiding: secrets), report: report)
                processes.append(prepared.process(name: resource.name, port: address.port, base: base))
                cluster = prepared
            } else if let program = RedisServer.find() {
                try state.makeDirectory(resource.name)
                processes.append(
                    RedisServer.process(
                        name: resource.name, program: program, port: address.port,
                        folder: paths.root + "/" + resource.name, base: base))
            }
        }
        return (processes, cluster)
    }
}
