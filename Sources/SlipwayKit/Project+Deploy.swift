// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDeploy
import SlipwayDetect
public import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Project {
    /// What a deploy would do now; nothing is changed.
    /// - Throws: ``SlipwayError`` when it could not be done.
    public func deployPlan(_ options: ReleaseOptions) async throws -> DeployReport {
        let detected = try detect()
        _ = try detected.requireServices()
        try await askForSecrets(detected)
        return DeployReport(try await deployment(options, detected, notes: nil).plan())
    }

    /// Makes a release of the source as it is and puts it in front of people, losing no request.
    /// - Parameter notes: Receives progress while a person looks.
    /// - Throws: ``SlipwayError`` of the step that failed; the old release serves as before.
    public func deploy(_ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        let detected = try detect()
        _ = try detected.requireServices()
        try await askForSecrets(detected)
        let deploy = try deployment(options, detected, notes: notes)
        let report = try await endingOnSignal { DeployReport(try await deploy.deploy()) }
        try keepBackupSchedule(detected.spec.backup, notes)
        return report
    }

    /// For the engine, which looks for it.
    private func keepBackupSchedule(_ settings: BackupSettings?, _ notes: Terminal) throws {
        let schedule = BackupSchedule(settings, environment: environment)
        guard target == .local else {
            guard schedule != nil else { return }
            return notes.print("backup: the engine makes backups by itself on the target local only")
        }
        let state = FileStore(root: releasePaths.root)
        guard let schedule else { return try state.remove(StatePaths.backupSchedule) }
        try state.write(Array(try JSONEncoder().encode(schedule)), to: StatePaths.backupSchedule, mode: 0o600)
    }

    /// Puts an earlier release in front again.
    /// - Parameter number: `nil` for the one before.
    public func rollback(to number: Int?, _ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        let deploy = try deployment(options, nil, notes: notes)
        return try await endingOnSignal { DeployReport(try await deploy.rollback(to: number)) }
    }

    /// Goes on with a deploy that was killed, or starts the last release again when nothing runs.
    public func resume(_ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        var deploy = try deployment(options, nil, notes: notes)
        deploy.options.isReturn = !ProcessVariables.values(of: [GuardProcess.revivalVariable]).isEmpty
        return try await endingOnSignal { [deploy] in DeployReport(try await deploy.resume()) }
    }

    /// Takes back a deploy that was killed.
    public func takeBack(_ options: ReleaseOptions, notes: Terminal) async throws -> DeployReport {
        let deploy = try deployment(options, nil, notes: notes)
        return try await endingOnSignal { DeployReport(try await deploy.takeBack()) }
    }

    /// Every release that was put in front of people, oldest first.
    public func history() -> HistoryReport {
        let store = ReleaseStore(releasePaths)
        let unfinished = DeployJournal(releasePaths).unfinished()?.plan.release
        return HistoryReport(
            records: store.records(), kept: Set(store.all().map(\.number)), unfinished: unfinished)
    }

    private func deployment(_ options: ReleaseOptions, _ detected: Detected?, notes: Terminal?) throws -> Deployment {
        var deploy = DeployOptions(
            port: options.port, configuration: detected?.givenVariables ?? configuredVariables, watch: options.watch,
            isForced: options.isForced, wait: options.wait, releaseDeadline: options.releaseDeadline)
        deploy.canaryShare = options.canaryShare
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
        let revival = ["resume", directory, "--target", target.rawValue, "--wait", "600"]
        let launch: LocalTarget.Launch = { plan in
            _ = try await EngineLauncher.launch(plan: plan, detached: true, revival: revival)
        }
        let report: DeployEventHandler = { progress?.report($0) }
        let place: any ReleaseTarget
        switch target {
        case .local:
            place = LocalReleases(
                directory: directory, options: deploy, source: detected.map { ($0.spec, $0.tree) }, launch: launch,
                report: report)
        case .docker:
            let source = detected.map {
                ContainerReleases.Source(application: $0.spec, tree: $0.tree, generated: generatedFiles($0))
            }
            place = ContainerReleases(
                directory: directory, options: deploy, source: source, launch: launch, report: report)
        }
        return Deployment(target: place, options: deploy, report: report)
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
