// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

/// Runs an application on this machine under the embedded engine.
package struct LocalTarget: Sendable {
    /// Starts an engine with a plan and returns once it listens on the plan's socket.
    package typealias Launch = @Sendable (EnginePlan) async throws -> Void

    /// For an engine to end: a database writes what it holds first.
    private static let stopDeadline = Duration.seconds(60)

    /// Absolute path of the application's folder.
    package let directory: String
    private let launch: Launch
    private let report: DeployEventHandler
    private var paths: StatePaths { StatePaths(applicationDirectory: directory) }

    package init(directory: String, launch: @escaping Launch, report: @escaping DeployEventHandler = { _ in }) {
        self.directory = directory
        self.launch = launch
        self.report = report
    }

    /// Builds and starts everything, phase by phase. When a phase fails, or the task is cancelled, what was started is
    /// ended again.
    /// - Parameter tree: The application's source, for the keys of builds.
    /// - Throws: ``SlipwayError`` `alreadyRunning`, `missingVariables`, `portConflict`, `portInUse`, `noSuitableRuntime`,
    ///   `missingTool`, `installFailed`, `buildFailed`, `databaseFailed`, `releaseFailed`, `unhealthyService`, `diskFull`.
    package func up(
        _ application: AppSpec, tree: SourceTree, options: LocalOptions = LocalOptions()
    ) async throws -> RunningApplication {
        try await refuseSecondEngine()
        report(.phase(.prepare))
        let prepared = try await prepare(application, tree: tree, options: options)
        var start = LocalStart(
            application: application, directory: directory, paths: paths, prepared: prepared, report: report)
        try await launch(start.enginePlan)
        do {
            try await start.waitForResources()
            report(.phase(.migrate))
            try await start.migrate()
            report(.phase(.start))
            try await start.startServices()
            report(.phase(.verify))
            let status = try await start.verify()
            report(.phase(.shift))
            try await start.shift()
            return RunningApplication(
                address: prepared.session.address.origin, status: status, socketPath: prepared.socketPath,
                session: start.prepared.session)
        } catch {
            // A cancelled task could not ask the engine any more; the undo has one of its own.
            let client = start.client
            await Task { try? await client.perform(.stop, deadline: Self.stopDeadline) }.value
            throw StartFailure(application, tree: tree).explained(error)
        }
    }

    /// Builds and restarts some services of a running application, whose others go on.
    /// - Parameter names: Services whose source or settings changed.
    /// - Returns: The application as it runs now.
    /// - Throws: As ``up(_:tree:options:)``; the old process or the old files go on when the new build fails.
    package func refresh(
        _ names: Set<String>, of application: AppSpec, tree: SourceTree, in running: RunningApplication
    ) async throws -> RunningApplication {
        var session = running.session
        let preparation = preparation(application, tree)
        let given = try preparation.given(session.options)
        let environment = try preparation.environment(
            given, resources: session.resources, ports: session.ports, address: session.address,
            hosts: Variable.ownHosts)
        let builds = try await preparation.build(names, environment: environment)
        session.builds.merge(builds) { $1 }
        let prepared = LocalPrepared(
            session: session, environment: environment, socketPath: running.socketPath, resourceProcesses: [],
            cluster: nil)
        var start = LocalStart(
            application: application, directory: directory, paths: paths, prepared: prepared, report: report)
        try await start.startServices(named: names)
        if builds.values.contains(where: { $0.files != nil }) { try await start.shift() }
        return RunningApplication(
            address: running.address, status: try await start.client.status(), socketPath: running.socketPath,
            session: session)
    }

    private func preparation(_ application: AppSpec, _ tree: SourceTree) -> LocalPreparation {
        LocalPreparation(
            directory: directory, paths: paths, application: application, tree: tree, report: report)
    }

    private func prepare(
        _ application: AppSpec, tree: SourceTree, options: LocalOptions
    ) async throws -> LocalPrepared {
        let preparation = preparation(application, tree)
        try preparation.requireStartCommands()
        try preparation.makeState()
        let port = try EdgePort.choose(options.port, for: "up")
        let address = PublicAddress(origin: "http://localhost:\(port)")
        let given = try preparation.given(options)
        let resources = try preparation.resources(given, avoiding: port)
        let ports = try preparation.ports(resources, edge: port)
        let environment = try preparation.environment(
            given, resources: resources, ports: ports, address: address, hosts: Variable.ownHosts)
        let (processes, cluster) = try await preparation.resourceProcesses(resources, hiding: environment.secrets)
        let builds = try await preparation.build(Set(application.services.map(\.name)), environment: environment)
        let kept = ReleaseStore(paths).all().flatMap { $0.builds.values.flatMap(\.folders) }
        try BuildRun(paths: paths, runner: LocalRunner(), report: report)
            .prune(keeping: Array(builds.values), and: Set(kept))
        let socket = try RuntimeDirectory.make(application: directory) + "/engine.sock"
        var options = options
        options.port = port
        return LocalPrepared(
            session: LocalSession(
                options: options, address: address, ports: ports, resources: resources, builds: builds,
                resourceProcesses: processes.map(\.name)),
            environment: environment, socketPath: socket, resourceProcesses: processes, cluster: cluster)
    }

    private func refuseSecondEngine() async throws {
        guard let record = EngineRecord.read(paths) else { return }
        let client = EngineClient(socketPath: record.socketPath)
        let deadline = SystemClock.steady.now + Self.stopDeadline
        while let status = try? await client.status() {
            // An engine that is on its way out is waited for, so that `down` and `up` can follow each other at once.
            guard status.phase == .stopping, SystemClock.steady.now < deadline else {
                throw SlipwayError(
                    .alreadyRunning,
                    "\(status.application) runs already, at \(status.address ?? record.address ?? "no address yet")",
                    hint: "slipway status   # or stop it: slipway down",
                    details: ["engine: process \(record.processIdentifier)"])
            }
            try await SystemClock.steady.sleep(for: .milliseconds(100))
        }
        try Task.checkCancellation()
    }
}
