// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The phases after the first, one method each, against a running engine.
struct LocalStart: Sendable {
    /// A database that replays its log after a crash.
    private static let resourceDeadline = Duration.seconds(120)
    /// Beyond a process's own deadline: its end and a crash loop's pauses.
    private static let slack = Duration.seconds(60)

    let application: AppSpec
    let directory: String
    let paths: StatePaths
    var prepared: LocalPrepared
    let report: DeployEventHandler

    var client: EngineClient { EngineClient(socketPath: prepared.socketPath) }
    private var runner: LocalRunner { LocalRunner(hiding: prepared.environment.secrets) }

    /// The engine begins with the resources alone and without routes; services come when the migrations are done.
    var enginePlan: EnginePlan {
        EnginePlan(
            application: application.name, directory: directory, stateDirectory: paths.root,
            socketPath: prepared.socketPath, processes: prepared.resourceProcesses,
            edge: edge,
            secretValues: SecretValues(prepared.environment.secrets))
    }

    private var edge: EdgeSpec {
        let plain = EdgeSpec(port: prepared.session.options.port, routes: [])
        return application.edge?.applied(to: plain, directory: directory) ?? plain
    }

    func waitForResources() async throws {
        let deadline = SystemClock.steady.now + Self.resourceDeadline
        while true {
            let status = try await client.status()
            if let failed = status.processes.first(where: { $0.state == .failed }) {
                throw SlipwayError.unhealthy(failed)
            }
            if status.phase == .failed {
                throw SlipwayError(
                    .engineFailed, "the engine did not start", hint: "less \(ShellWord.quote(paths.engineLog))")
            }
            if status.phase == .running, status.processes.allSatisfy({ $0.state == .ready }) { return }
            guard SystemClock.steady.now < deadline else {
                throw SlipwayError(
                    .timedOut, "the engine was not ready within \(Self.resourceDeadline)", hint: "slipway status")
            }
            try await SystemClock.steady.sleep(for: .milliseconds(50))
        }
    }

    /// Databases, then release commands, then seed data where the data is new.
    func migrate() async throws {
        var isNew = false
        for resource in application.resources {
            guard let cluster = prepared.cluster, let address = prepared.session.resources.addresses[resource.name],
                address.kind == .postgres
            else { continue }
            isNew = try await cluster.ensureDatabase(address, runner: runner) || isNew
        }
        let step = ReleaseStep(
            paths: paths, runner: runner, report: report, deadline: prepared.session.options.releaseDeadline)
        let seeds = SeedMemory(FileStore(root: paths.root))
        if isNew { try seeds.forget() }
        for service in application.services {
            let plan = processPlan(service)
            if let release = service.release { try await step.run("release", release, of: plan) }
            guard let seed = service.seed, !seeds.contains(service.name), !usesForeignDatabase(service) else {
                continue
            }
            try await step.run("seed", seed, of: plan)
            try seeds.add(service.name)
        }
    }

    /// Starts or replaces processes, each group after what it needs.
    mutating func startServices(named names: Set<String>? = nil) async throws {
        let services = application.services.filter { runs($0) && names?.contains($0.name) ?? true }
        // A process that is replaced holds its port itself.
        let isFirst = names == nil
        if isFirst { for service in services { try leaveTakenPort(service) } }
        let processes = try services.map { service in
            for path in service.writableDirectories {
                try FileStore(root: processPlan(service).directory).makeDirectory(path)
            }
            return try process(of: service)
        }
        for service in application.services where service.role == .cron && names == nil {
            report(.note("\(service.name) runs by a schedule, which is not done here"))
        }
        for wave in StartOrder.waves(processes) {
            let present = self
            let moved = try await withThrowingTaskGroup(of: (String, UInt16)?.self) { group in
                for process in StartOrder.withoutCircles(wave) {
                    group.addTask {
                        guard isFirst else {
                            try await present.start(process)
                            return nil
                        }
                        return try await present.startMoving(process)
                    }
                }
                var moved: [(String, UInt16)] = []
                for try await case let item? in group { moved.append(item) }
                return moved
            }
            for (service, port) in moved { prepared.move(service, to: port, of: application) }
        }
    }

    func process(of service: Service) throws -> ProcessSpec {
        try processPlan(service).process { ExecutableSearch.find($0, path: $1) }
    }

    /// Looks at everything once more: a process may have ended while others started.
    func verifyOnce() async throws -> EngineStatus {
        try await requireAllReady()
        for service in application.services where runs(service) && service.role.listens {
            guard service.verifiedPaths.isEmpty, let port = prepared.session.ports[service.name] else { continue }
            try await askFirstPage(of: service.name, at: port)
        }
        return try await requireAllReady()
    }

    @discardableResult
    private func requireAllReady() async throws -> EngineStatus {
        let status = try await client.status()
        if let bad = status.processes.first(where: { $0.state != .ready }) { throw SlipwayError.unhealthy(bad) }
        return status
    }

    private func askFirstPage(of service: String, at port: UInt16) async throws {
        let origin = prepared.session.address.origin
        let host = origin.firstRange(of: "://").map { String(origin[$0.upperBound...]) } ?? origin
        let finding = try await FirstPage(service: service, port: port, host: host).ask {
            let process = try await client.status().processes.first { $0.name == service }
            if let process, process.state == .failed { throw SlipwayError.unhealthy(process) }
        }
        switch finding {
        case .good: break
        case .doubtful(let text): report(.warning(text))
        case .dead:
            var log = FileTail(path: paths.log(of: service))
            var (last, next): ([UInt8], [UInt8]) = ([], log.readNew())
            while !next.isEmpty { (last, next) = (next, log.readNew()) }
            let lines = String(decoding: last, as: UTF8.self).split(whereSeparator: \.isNewline)
            throw SlipwayError(
                .unhealthyService, "\(service) listens on \(port) and closes every connection without an answer",
                hint: "slipway logs \(service)", details: lines.suffix(20).map(String.init))
        }
    }

    func shift() async throws {
        let files = prepared.session.builds.compactMapValues(\.files)
        let ports = prepared.session.ports.filter { name, _ in application.service(named: name).map(runs) ?? false }
        try await client.perform(
            .route(RoutePlan.routes(application, ports: ports, files: files, source: directory)), deadline: .seconds(10)
        )
    }

    func start(_ process: ProcessSpec) async throws {
        let title = "start \(process.name)"
        let begin = SystemClock.steady.now
        report(
            .started(
                step: title,
                command: ([process.executable] + process.arguments).map(ShellWord.quote).joined(separator: " ")))
        do {
            try await client.perform(.replace(process), deadline: process.probe.deadline + Self.slack)
        } catch {
            report(.finished(step: title, .failed, after: SystemClock.steady.now - begin))
            throw error
        }
        report(.finished(step: title, .done, after: SystemClock.steady.now - begin))
    }

    func processPlan(_ service: Service) -> ProcessPlan {
        let folder = service.directory == "." ? directory : directory + "/" + service.directory
        let others = prepared.session.resourceProcesses + application.services.filter(runs).map(\.name)
        return ProcessPlan(
            service: service, directory: folder, build: prepared.session.builds[service.name] ?? BuildPlan(),
            port: prepared.session.ports[service.name], base: MachineEnvironment.base(),
            environment: prepared.environment[service.name].run,
            isDevelopment: prepared.session.options.isDevelopment, processes: Set(others))
    }

    func runs(_ service: Service) -> Bool { !service.role.isServedFromFiles && service.role != .cron }

    /// Seed data belongs into a database of our own, never into one that somebody pointed us at.
    private func usesForeignDatabase(_ service: Service) -> Bool {
        service.uses.contains(where: prepared.session.resources.external.contains)
    }
}
