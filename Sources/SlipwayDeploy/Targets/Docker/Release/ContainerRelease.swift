// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import SlipwayHost

/// One release as containers: images by digest, a private network of its own, databases shared with the others.
actor ContainerRelease: ReleaseRuntime {
    /// For a container to pass its own check.
    private static let checkDeadline = Duration.seconds(60)
    private static let checkInterval = Duration.milliseconds(200)
    /// Good answers in a row, as ``VerifyOrder`` wants them.
    private static let checkSuccesses = 3

    let paths: StatePaths
    let plan: DeployPlan
    private(set) var release: Release
    private(set) var address: String?
    private let target: ContainerReleases
    private let engine: LocalEngine
    private let names: ContainerNames
    private var source: ContainerSource?
    private var chosenPorts: [String: UInt16]?
    private var isCreated = false

    private var docker: Docker { target.docker }
    private var store: ReleaseStore { ReleaseStore(paths) }
    private var sweep: ContainerSweep { ContainerSweep(docker: docker, names: names) }
    private var folder: FileStore { FileStore(root: "\(paths.releases)/\(plan.release)") }

    init(_ release: Release, plan: DeployPlan, target: ContainerReleases, token: Int) {
        self.release = release
        self.plan = plan
        self.target = target
        paths = target.paths
        names = ContainerNames(application: release.application.name, directory: target.directory)
        engine = LocalEngine(paths: target.paths, token: token)
    }

    // MARK: Prepare

    func snapshot() async throws {
        try store.makeFolder(plan.release)
        try folder.remove("source")
        try folder.copyTree(from: paths.root + "/staged", to: "source")
        let staged = try StagedProject.inPlace(folder.root + "/source")
        try folder.write(staged.composeFile, to: "compose-name")
    }

    func build(_ service: String) async throws {
        let source = try await source()
        let model = model(source)
        guard let unit = model.own.first(where: { $0.name == service }) else { return }
        var images = release.images ?? [:]
        for unit in [unit] + model.tasks(before: unit) where images[unit.name] == nil {
            guard let build = unit.build else { continue }
            let same = source.project.built.first { images[$0.name] != nil && $0.build == build }
            if let same, let image = images[same.name] {
                images[unit.name] = image
                continue
            }
            images[unit.name] = try await image(unit, source)
        }
        release.images = images
        try store.write(release)
    }

    private func image(_ unit: ComposeUnit, _ source: ContainerSource) async throws -> String? {
        let order = ImageBuild(
            of: unit, in: source.project, values: source.values,
            tags: [names.image(unit.name, release: plan.release)],
            labels: release.commit.map { ["org.opencontainers.image.revision": $0] } ?? [:])
        guard let order else { return nil }
        let run = ImageBuildRun(
            runner: LocalRunner(hiding: Array(source.secrets.values)), logs: FileStore(root: paths.logs),
            report: target.report)
        return try await run.run(order.filled(with: source.secrets)).identifier
    }

    func bringUp() async throws {
        let source = try await source()
        let status = try await engine.observe()
        if status == nil {
            // Without their engine, containers of releases belong to nobody.
            for release in try await sweep.releases() { try await sweep.remove(release: release) }
        }
        try await shared(source).start(secrets: source.secrets)
        if status == nil {
            let port = try edgePort()
            let edge = EdgeSpec(port: port, routes: [])
            try await target.launch(
                EnginePlan(
                    application: release.application.name, directory: target.directory, stateDirectory: paths.root,
                    socketPath: try RuntimeDirectory.make(application: paths.root) + "/engine.sock", processes: [],
                    edge: release.application.edge?.applied(to: edge, directory: target.directory) ?? edge,
                    secretValues: SecretValues(Array(source.secrets.values))))
            try AddressMemory(paths).store(port)
            try await waitForEngine()
        } else {
            try await engine.perform(
                .hide(SecretValues(Array(source.secrets.values))), deadline: ReleaseSteps.requestDeadline)
        }
        address = try await engine.observe()?.address
    }

    private func waitForEngine() async throws {
        let deadline = SystemClock.steady.now + ReleaseSteps.slack
        while try await engine.observe()?.phase != .running {
            guard SystemClock.steady.now < deadline else {
                throw SlipwayError(
                    .engineFailed, "the engine did not open its address", hint: "tail \(paths.engineLog)")
            }
            try await SystemClock.steady.sleep(for: .milliseconds(20))
        }
    }

    private func edgePort() throws -> UInt16 {
        try EdgePort.choose(
            target.options.port ?? AddressMemory(paths).load() ?? LocalOptions.usualPort, for: "deploy")
    }

    // MARK: Migrate, start, verify

    func migrate(_ service: String) async throws {
        let source = try await source()
        let model = model(source)
        guard let unit = model.own.first(where: { $0.name == service }) else { return }
        try await create()
        for task in model.tasks(before: unit) {
            // What a killed deploy has left of it must have ended before it runs again.
            try await sweep.remove(release: plan.release, service: task.name)
            try await makeNetworks(model)
            let title = "release \(task.name)"
            let began = SystemClock.steady.now
            target.report(.started(step: title, command: nil))
            try FileStore(root: paths.logs).makeDirectory()
            let log = try LogFile(path: paths.log(of: "release-\(task.name)"))
            let report = target.report
            let result = try await LocalRunner(hiding: Array(source.secrets.values)).run(
                Docker.command(
                    words(["run", "--rm", "--no-deps", "--no-TTY", task.name]), directory: target.directory,
                    secrets: source.secrets, deadline: target.options.releaseDeadline)
            ) { line in
                log.write(line: line.text)
                report(.line(step: title, line))
            }
            let spent = SystemClock.steady.now - began
            report(.finished(step: title, result.succeeded ? .done : .failed, after: spent))
            guard result.succeeded else {
                throw SlipwayError(
                    .releaseFailed, "\(task.name) \(result.end)", hint: "less \(ShellWord.quote(log.path))",
                    details: result.lastLines(30) + ["whole log: \(log.path)"])
            }
        }
    }

    func process(_ name: String) async throws -> ProcessSpec {
        let service = try service(of: name)
        try await create()
        let model = model(try await source())
        let unit = model.own.first { $0.name == service.name }
        return ContainerProcess(
            name: processName(name), container: names.container(name, release: plan.release), service: service,
            port: try await ports()[name],
            grace: unit?.gracePeriod.flatMap(ContainerProcess.duration) ?? ContainerProcess.usualGrace,
            environment: Self.environment, directory: target.directory
        ).spec
    }

    func verification(_ name: String) async throws -> VerifyOrder {
        let service = try service(of: name)
        // Docker itself accepts connections to a port behind which nobody listens yet.
        let paths = service.verifiedPaths
        guard !paths.isEmpty else { return VerifyOrder(process: processName(name), port: nil) }
        return VerifyOrder(process: processName(name), port: try await ports()[name], paths: paths)
    }

    /// Services without a path to ask for are asked by their own health check, or for any answer at all.
    func check(_ name: String) async throws {
        let service = try service(of: name)
        guard service.healthPath == nil else { return }
        let unit = model(try await source()).own.first { $0.name == service.name }
        let test = unit?.node.at("healthcheck", "test")?.texts ?? []
        let port = try await ports()[name]
        guard !test.isEmpty || port != nil else { return }
        let deadline = SystemClock.steady.now + Self.checkDeadline
        var streak = 0
        while true {
            let isGood: Bool
            if let words = Self.checkWords(test) {
                let container = names.container(name, release: plan.release)
                isGood = try await docker.answer(["exec", container] + words).succeeded
            } else if let port {
                let reply = await HTTPCall("GET", "/", port: port, deadline: .seconds(5)).perform()
                isGood = reply.map { $0.status < 500 } ?? false
            } else {
                return
            }
            streak = isGood ? streak + 1 : 0
            if streak >= Self.checkSuccesses { return }
            guard SystemClock.steady.now < deadline else {
                throw SlipwayError(
                    .unhealthyService, "\(processName(name)) does not pass its health check",
                    hint: "slipway logs \(service.name)")
            }
            try await SystemClock.steady.sleep(for: Self.checkInterval)
        }
    }

    private static func checkWords(_ test: [String]) -> [String]? {
        switch test.first {
        case "CMD": test.count > 1 ? Array(test.dropFirst()) : nil
        // The resolved file doubles each dollar sign.
        case "CMD-SHELL": test.count > 1 ? ["sh", "-c", test[1].replacing("$$", with: "$")] : nil
        default: nil
        }
    }

    // MARK: Shift, retire

    func routes() async throws -> [EdgeRoute] {
        let ports = try await ports()
        return ReplicaRoutes.shared(
            RoutePlan.routes(release.application, ports: ports, files: [:], source: nil), by: plan, ports: ports)
    }

    /// Those of containers that run already, and free ones for the others.
    func ports() async throws -> [String: UInt16] {
        if let chosenPorts { return chosenPorts }
        let observed = try await engine.observe()
        var taken = Set((observed?.processes ?? []).compactMap(\.port))
        var ports: [String: UInt16] = [:]
        for service in release.application.services where service.port != nil {
            for instance in plan.instances(of: service.name) {
                let running = observed?.processes.first { $0.name == processName(instance) }?.port
                let port = try running ?? LoopbackPort.free(avoiding: taken)
                taken.insert(port)
                ports[instance] = port
            }
        }
        chosenPorts = ports
        return ports
    }

    func forget(_ processes: [String]) async throws {
        for process in processes.map(ReleaseProcess.init) {
            guard let release = process.release else { continue }
            try await sweep.remove(release: release, service: process.instance)
        }
    }

    func discard() async throws {
        try await sweep.remove(release: plan.release)
        try await sweep.removeImages(keeping: Set(store.all().map(\.number)).subtracting([plan.release]))
        try store.remove(plan.release)
    }

    func prune(running: Set<Int>) async throws -> UInt64 {
        let freed = try store.prune(needed: running)
        let served = Set(try await engine.observe()?.processes.compactMap { ReleaseProcess($0.name).release } ?? [])
        for release in try await sweep.releases() where !served.contains(release) {
            try await sweep.remove(release: release)
        }
        try await sweep.removeImages(keeping: Set(store.all().map(\.number)))
        return freed
    }

    // MARK: Compose

    private func service(of instance: String) throws -> Service {
        let name = ReleaseProcess(instance: instance, release: nil).service
        if let service = release.application.service(named: name) { return service }
        throw SlipwayError(.badConfiguration, "release \(plan.release) has no service \(name)")
    }

    private func processName(_ instance: String) -> String {
        ReleaseProcess(instance: instance, release: plan.release).description
    }

    private func model(_ source: ContainerSource) -> ContainerModel {
        ContainerModel(project: source.project, names: names)
    }

    private func shared(_ source: ContainerSource) -> SharedContainers {
        SharedContainers(
            docker: docker, names: names, model: model(source), directory: target.directory, paths: paths)
    }

    private func source() async throws -> ContainerSource {
        if let source { return source }
        guard let file = try? folder.text("compose-name") else {
            throw SlipwayError(
                .unknownRelease, "the source of release \(plan.release) is gone", hint: "slipway deploy --force")
        }
        let staged = StagedProject(root: folder.root + "/source", composeFile: file)
        let read = try await ContainerSource.read(
            staged, application: release.application, directory: target.directory, paths: paths,
            configuration: target.options.configuration, docker: docker)
        source = read
        return read
    }

    private func makeNetworks(_ model: ContainerModel) async throws {
        let known = Set(
            try await docker.text([
                "network", "ls", "--format", "{{.Name}}",
                "--filter", "label=\(ContainerNames.applicationLabel)=\(names.application)",
            ]).split(whereSeparator: \.isNewline).map(String.init))
        for network in model.networks {
            let name = names.network(network.name, release: plan.release)
            guard !known.contains(name) else { continue }
            _ = try await docker.text(
                [
                    "network", "create", "--label", "\(ContainerNames.applicationLabel)=\(names.application)",
                    "--label", "\(ContainerNames.releaseLabel)=\(plan.release)",
                ] + (network.isInternal ? ["--internal"] : []) + [name])
        }
        try await shared(try await source()).connect(to: plan.release)
    }

    /// Makes the containers without starting them.
    private func create() async throws {
        guard !isCreated else { return }
        let source = try await source()
        let model = model(source)
        let ports = try await ports()
        var published: [String: (host: UInt16, target: UInt16)] = [:]
        var instances: [String: [String]] = [:]
        for service in release.application.services {
            instances[service.name] = plan.instances(of: service.name)
            for instance in instances[service.name] ?? [] {
                if let host = ports[instance], let port = service.port { published[instance] = (host, port) }
            }
        }
        try await makeNetworks(model)
        try folder.write(
            model.releaseFile(
                plan.release, images: release.images ?? [:], ports: published, instances: instances),
            to: "compose.json", mode: 0o600)
        _ = try await docker.text(
            words(["create", "--no-build"] + model.own.flatMap { (instances[$0.name] ?? []).map(names.unit) }),
            directory: target.directory,
            secrets: source.secrets, deadline: SharedContainers.deadline)
        isCreated = true
    }

    private func words(_ words: [String]) -> [String] {
        [
            "compose", "--project-name", names.project(plan.release), "--project-directory", target.directory,
            "--file", folder.root + "/compose.json",
        ] + words
    }

    private static var environment: [String: String] {
        MachineEnvironment.base().merging(
            ProcessVariables.values(of: [
                "HOME", "PATH", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY",
                "DOCKER_CERT_PATH", "SSH_AUTH_SOCK",
            ])
        ) { $1 }
    }
}
