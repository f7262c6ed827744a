// SPDX-License-Identifier: Apache-2.0

internal import SlipwayCore
internal import SlipwayHost

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Makes the backups that a schedule asks for, one at a time, by the command that a person would type.
///
/// The schedule is a file that each deploy writes, and the state one that outlives the engine, so a run that was missed
/// is made up. A run that the engine's end cuts short counts as missed.
actor BackupKeeper {
    /// Between two looks at the schedule and the clock, which somebody may set.
    private static let round = Duration.seconds(2)
    /// For one backup, whatever its schedule says.
    private static let longest = Duration.seconds(6 * 3600)
    private static let logName = "engine-backup"

    private let directory: String
    private let files: FileStore
    private let log: ProcessLog
    private let engineLog: ProcessLog
    private var state: BackupState
    private var service: GuardedService?
    private var isStopping = false
    private(set) var isRunning = false

    init(_ paths: StatePaths, directory: String, secrets: [Secret], engineLog: ProcessLog) {
        self.directory = directory
        self.engineLog = engineLog
        files = FileStore(root: paths.root)
        log = ProcessLog(path: paths.log(of: Self.logName), redactor: Redactor(secrets))
        let stored = try? files.read(StatePaths.backupState)
        state = stored.flatMap { try? JSONDecoder().decode(BackupState.self, from: Data($0)) } ?? BackupState()
    }

    /// Until the task is cancelled or ``stop()`` was called.
    /// - Parameter mayRun: Whether the application serves, and its databases can be read.
    func run(_ mayRun: @Sendable () async -> Bool) async {
        while !isStopping, (try? await SystemClock.steady.sleep(for: Self.round)) != nil {
            let now = SystemClock.secondsSinceEpoch()
            guard let schedule, schedule.isDue(after: state, at: now), await mayRun(), !isStopping else { continue }
            await backUp(schedule, now)
        }
    }

    func stop() {
        isStopping = true
        service?.stop()
    }

    /// `nil` without a schedule.
    func status() -> BackupState? {
        guard let schedule else { return nil }
        var status = state
        status.next = schedule.next(after: state, at: SystemClock.secondsSinceEpoch())
        status.isRunning = isRunning
        return status
    }

    /// In Prometheus' text format; empty without a schedule.
    func metrics() -> String {
        guard schedule != nil else { return "" }
        let values: [(name: String, kind: String, meaning: String, value: Int)] = [
            ("runs_total", "counter", "Scheduled backups that were begun.", state.runs),
            ("failures_total", "counter", "Of them, those that failed.", state.failures),
            ("failed", "gauge", "Whether the last scheduled backup failed.", state.error == nil ? 0 : 1),
            (
                "last_success_seconds", "gauge", "Unix time of the last scheduled backup that was proved; 0 for none.",
                Int(state.lastSuccess ?? 0)
            ),
        ]
        return values.map { entry in
            let name = "slipway_backup_" + entry.name
            return "# HELP \(name) \(entry.meaning)\n# TYPE \(name) \(entry.kind)\n\(name) \(entry.value)\n"
        }.joined()
    }

    private var schedule: BackupSchedule? {
        guard let bytes = try? files.read(StatePaths.backupSchedule) else { return nil }
        return try? JSONDecoder().decode(BackupSchedule.self, from: Data(bytes))
    }

    private func backUp(_ schedule: BackupSchedule, _ now: Double) async {
        isRunning = true
        defer { isRunning = false }
        engineLog.note("backup: begins")
        let environment = schedule.environment.map { ["--env", $0] } ?? []
        let place = schedule.to.map { ["--to", $0] } ?? []
        var error = await perform(["create", directory] + environment + place)
        if error == nil {
            error = await perform(
                ["prune", directory] + environment + place
                    + ["--daily", "\(schedule.daily)", "--monthly", "\(schedule.monthly)"]
            ).map { "old backups are not removed: \($0)" }
            state.lastSuccess = SystemClock.secondsSinceEpoch()
        }
        // Cut short by the engine's own end: not a failure, and made up by the next one.
        guard !isStopping else { return }
        state.lastStart = now
        state.runs += 1
        state.failures += error == nil ? 0 : 1
        state.error = error
        engineLog.note("backup: \(error ?? "done and proved")")
        if let bytes = try? JSONEncoder().encode(state) {
            try? files.write(Array(bytes), to: StatePaths.backupState, mode: 0o600)
        }
    }

    /// - Returns: What went wrong, in one line.
    private func perform(_ arguments: [String]) async -> String? {
        var environment = ProcessVariables.all
        environment[GuardSuccession.variable] = nil
        let order = GuardOrder(
            executable: GuardedProcess.ownExecutable, arguments: ["backup"] + arguments, environment: environment,
            directory: directory)
        log.forget()
        let (events, event) = AsyncStream<GuardedService.Event>.makeStream()
        do throws(ChildProcess.Failure) {
            service = try GuardedService.start(
                order, name: "backup", executable: GuardedProcess.ownExecutable, log: log
            ) { seen in
                event.yield(seen)
                if seen == .finished { event.finish() }
            }
        } catch {
            return "the backup cannot be started"
        }
        let running = service
        let limit = Task {
            try await SystemClock.steady.sleep(for: Self.longest)
            running?.stop()
        }
        defer {
            limit.cancel()
            service = nil
        }
        var exit: ProcessExit?
        for await case .report(.ended(let seen, _)) in events { exit = seen }
        guard exit != .code(0) else { return nil }
        let lines = log.recent
        return lines.last { $0.hasPrefix("error[") } ?? lines.last ?? exit?.description ?? "it was ended"
    }
}
