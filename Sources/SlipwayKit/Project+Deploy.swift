// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayDetect
public import SlipwayHost

extension Project {
    /// What a deploy would do now; nothing is changed.
    /// - Throws: ``SlipwayError`` when it could not be done.
    public func deployPlan(_ options: ReleaseOptions) async throws -> DeployReport {
        let detected = try detect()
        let application = try detected.requireServices()
        let deploy = try localDeploy(options, detected, notes: nil)
        return DeployReport(try await deploy.plan(application, tree: detected.tree))
    }

    /// Makes a release of the source as it is and puts it in front of people, losing no request.
    /// - Parameter notes: Receives progress while a person looks.
    /// - Throws: ``SlipwayError`` of the step that failed; the old release serves as before.
    public func deploy(_ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        let detected = try detect()
        let application = try detected.requireServices()
        let deploy = try localDeploy(options, detected, notes: notes)
        return try await endingOnSignal { DeployReport(try await deploy.deploy(application, tree: detected.tree)) }
    }

    /// Puts an earlier release in front again.
    /// - Parameter number: `nil` for the one before.
    public func rollback(to number: Int?, _ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        let deploy = try localDeploy(options, nil, notes: notes)
        return try await endingOnSignal { DeployReport(try await deploy.rollback(to: number)) }
    }

    /// Goes on with a deploy that was killed, or starts the last release again when nothing runs.
    public func resume(_ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        let deploy = try localDeploy(options, nil, notes: notes)
        return try await endingOnSignal { DeployReport(try await deploy.resume()) }
    }

    /// Takes back a deploy that was killed.
    public func takeBack(_ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        let deploy = try localDeploy(options, nil, notes: notes)
        return try await endingOnSignal { DeployReport(try await deploy.takeBack()) }
    }

    /// Every release that was put in front of people, oldest first.
    public func history() -> HistoryReport {
        let store = ReleaseStore(paths)
        let unfinished = DeployJournal(paths).unfinished()?.plan.release
        return HistoryReport(
            records: store.records(), kept: Set(store.all().map(\.number)), unfinished: unfinished)
    }

    private func localDeploy(_ options: ReleaseOptions, _ detected: Detected?, notes: Terminal?) throws -> LocalDeploy {
        var deploy = DeployOptions(
            port: options.port, configuration: detected?.givenVariables ?? configuredVariables, watch: options.watch,
            isForced: options.isForced, wait: options.wait)
        if let name = options.strategy {
            guard let strategy = DeployStrategy(rawValue: name) else {
                let known = DeployStrategy.allCases.map(\.rawValue).joined(separator: ", ")
                throw SlipwayError(
                    .badConfiguration, "'\(name)' is no strategy (\(known))",
                    hint: "slipway deploy --strategy blue-green")
            }
            deploy.strategy = strategy
        }
        let progress = notes.map { ProgressPrinter(terminal: $0) }
        return LocalDeploy(
            directory: directory, options: deploy,
            launch: { plan in _ = try await EngineLauncher.launch(plan: plan, detached: true) },
            report: { progress?.report($0) })
    }

    /// Values that `slipway.yml` gives to variables; a broken file says so at the next deploy.
    private var configuredVariables: [String: String] { (try? detect())?.givenVariables ?? [:] }

    /// SIGINT and SIGTERM take the deploy back instead of leaving it half done.
    private func endingOnSignal(_ body: @escaping @Sendable () async throws -> DeployReport) async throws
        -> DeployReport
    {
        let ends = SignalStream.terminations()
        return try await withThrowingTaskGroup(of: DeployReport?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in ends { return nil }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // Interrupted: the body undoes what it had begun, and says so.
            while let next = await group.nextResult() {
                if case .failure(let error as SlipwayError) = next { throw error }
                if case .success(let report?) = next { return report }
            }
            throw SlipwayError(.timedOut, "interrupted; what was begun has been taken back", hint: "slipway history")
        }
    }
}
