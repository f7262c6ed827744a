// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayDetect
public import SlipwayHost
import SlipwayOperate

extension Project {
    /// Builds and runs the whole application here, under the embedded engine.
    ///
    /// Attached, it returns when the application has ended: by SIGINT or SIGTERM to this process, by `slipway down`,
    /// or by itself. Detached, it returns once everything is ready.
    /// - Parameters:
    ///   - notes: Receives progress while a person looks, and the processes' lines when attached.
    ///   - onReady: Called with the address, once requests are answered.
    /// - Throws: ``SlipwayError`` of the step that failed; nothing is left running then.
    public func up(_ options: UpOptions, notes: Terminal, onReady: @escaping @Sendable (String) -> Void) async throws {
        let ends = SignalStream.terminations()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await run(options, notes: notes, onReady: onReady) }
            group.addTask {
                for await _ in ends { throw CancellationError() }
            }
            // Whichever comes first: the application's end or the signal. Cancelling the other runs its undo.
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch is CancellationError {
                group.cancelAll()
                while let result = await group.nextResult() {
                    if case .failure(let error as SlipwayError) = result, error.code != .notRunning { throw error }
                }
            }
        }
    }

    private func run(
        _ options: UpOptions, notes: Terminal, onReady: @escaping @Sendable (String) -> Void
    ) async throws {
        let detected = try detect()
        let application = try detected.requireServices()
        try refuseSecrets(options.variables, application)
        try await askForSecrets(detected)
        let progress = ProgressPrinter(terminal: notes)
        progress.detected(application)
        application.startRemarks(inContainers: false).forEach(notes.print)
        let holder = EngineHolder()
        let target = LocalTarget(
            directory: directory,
            launch: { plan in
                await holder.hold(try await EngineLauncher.launch(plan: plan, detached: options.isDetached))
            },
            report: { progress.report($0) })
        let local = LocalOptions(
            port: options.port, flags: options.variables, configuration: detected.givenVariables,
            isDevelopment: options.isDevelopment)
        do {
            let running = try await target.up(application, tree: detected.tree, options: local)
            progress.ready(running.address)
            onReady(running.address)
            guard !options.isDetached else { return }
            try await attend(running, target, holder, options, application, notes, progress)
        } catch {
            await holder.stop()
            throw error
        }
    }

    /// Shows the processes' lines, and follows the source when developing, until the engine is gone.
    private func attend(
        _ running: RunningApplication, _ target: LocalTarget, _ holder: EngineHolder, _ options: UpOptions,
        _ application: AppSpec, _ notes: Terminal, _ progress: ProgressPrinter
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await holder.waitUntilGone() }
            group.addTask { try await follow(application.services.map(\.name), notes) }
            if options.isDevelopment {
                let changes = FileWatcher(root: directory).changes()
                let loop = DevelopmentLoop(project: self, target: target, progress: progress)
                group.addTask { try await loop.run(running, changes: changes) }
            }
            // The group ends when its tasks do, and one of them waits for the engine: so that must end first.
            let first = await group.nextResult()
            await holder.requestStop()
            group.cancelAll()
            try first?.get()
        }
        await holder.stop()
    }

    /// A command's arguments are in the process list, where every user of the machine reads them.
    private func refuseSecrets(_ given: [String: String], _ application: AppSpec) throws {
        guard let secret = application.variables.first(where: { $0.secret && given[$0.name] != nil }) else { return }
        throw SlipwayError(
            .badConfiguration, "\(secret.name) is a secret, and --set shows it in the process list",
            hint: "write it into .env, or: \(secret.name)=... slipway up")
    }

    /// Only what is written from now on.
    private func follow(_ services: [String], _ notes: Terminal) async throws {
        var reader = LogReader(files: Dictionary(uniqueKeysWithValues: services.map { ($0, paths.log(of: $0)) }))
        let format = LogFormat(services: services, terminal: notes)
        try await reader.stream(last: 0, follow: true, clock: SystemClock.steady) { lines in
            lines.forEach { notes.print(format.render($0)) }
        }
    }
}

/// Keeps the engine that this process started, so that it ends with it.
private actor EngineHolder {
    private var engine: LaunchedEngine?

    func hold(_ engine: LaunchedEngine) { self.engine = engine }
    func requestStop() { engine?.stop() }
    func stop() async {
        requestStop()
        await engine?.waitUntilGone()
        engine = nil
    }
    func waitUntilGone() async { await engine?.waitUntilGone() }
}
