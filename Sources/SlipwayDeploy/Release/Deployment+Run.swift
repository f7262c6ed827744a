// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// The course of one command: its lease, its journal, its record.
extension Deployment {
    /// For an engine that is coming back by itself: databases replay their logs, services start.
    private static let returnPatience = Duration.seconds(120)

    /// Holds the lease while `body` runs.
    func withLease(_ command: String, _ body: @escaping @Sendable (Int) async throws -> Result) async throws -> Result {
        try FileStore(root: paths.root).makeDirectory()
        let lease = try await acquire(command)
        defer { lease.release() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body(lease.token) }
            group.addTask {
                while true {
                    do {
                        try await SystemClock.steady.sleep(for: DeployLease.renewal)
                    } catch {
                        return nil
                    }
                    // A full disk is no reason to stop: the holder's process is seen to live.
                    do { try lease.renew() } catch let error as SlipwayError where error.code == .leaseLost {
                        throw error
                    }
                }
            }
            defer { group.cancelAll() }
            guard let result = try await group.next(), let result else { throw CancellationError() }
            return result
        }
    }

    private func acquire(_ command: String) async throws -> DeployLease {
        let began = SystemClock.steady.now
        while true {
            do {
                return try DeployLease.acquire(paths, owner: Self.owner, command: command)
            } catch let error as SlipwayError where error.code == .deployLocked {
                // Nobody asked for the engine's return after its death, so nobody should hear that it is in the way.
                let isReturn = DeployLease.holder(paths) == Self.returnCommand
                let patience = isReturn ? max(options.wait, Self.returnPatience) : options.wait
                guard SystemClock.steady.now - began < patience else { throw error }
                try await SystemClock.steady.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Performs a new plan from its beginning.
    func run(_ plan: DeployPlan, _ release: Release, _ token: Int) async throws -> Result {
        try journal.start(plan, token: token)
        return try await drive(DeployMachine(plan), release, token)
    }

    /// Brings a deploy that was killed to an end: back when it can still be taken back, forward otherwise.
    /// - Parameter goesOn: Forward in any case.
    /// - Returns: `nil` when none was unfinished.
    @discardableResult
    func settle(_ token: Int, goesOn: Bool = false) async throws -> Result? {
        guard let (plan, entries) = journal.unfinished() else { return nil }
        var machine = DeployMachine(plan, entries: entries)
        try journal.append(.token(token))
        guard let release = store.release(plan.release) else {
            // Killed before anything but the plan was there.
            try journal.append(.end(.undone("it was killed")))
            return nil
        }
        let engine = LocalEngine(paths: paths, token: token)
        if plan.kind == .resume, !engine.isRunning {
            // Nothing was served before it, so there is nothing to go back to; whoever comes next begins anew.
            try journal.append(.end(.undone("it was killed")))
            return nil
        }
        let lostEngine =
            plan.steps.contains { $0.action == .engine } && (machine.hasBegun(.start) || machine.hasBegun(.shift))
            && !engine.isRunning
        let mustGoOn = goesOn || plan.kind == .resume
        if machine.canGoBack, !machine.isGoingBack, !mustGoOn || lostEngine {
            report(.note("release \(plan.release) was interrupted during \(machine.phase.rawValue); it is taken back"))
            let reason = "it was interrupted during \(machine.phase.rawValue)"
            try journal.append(.back(reason))
            _ = machine.handle(.stop(reason))
        } else {
            report(.note("release \(plan.release) was interrupted during \(machine.phase.rawValue); it goes on"))
        }
        return try await drive(machine, release, token, isSettling: true)
    }

    private func drive(
        _ machine: DeployMachine, _ release: Release, _ token: Int, isSettling: Bool = false
    ) async throws -> Result {
        let plan = machine.plan
        let runtime = target.runtime(release, plan: plan, token: token)
        let steps = ReleaseSteps(
            plan, options: options, engine: LocalEngine(paths: paths, token: token), runtime: runtime, report: report)
        let began = SystemClock.steady.now
        let driver = DeployDriver(journal: journal, report: report) { try await steps.perform($0) }
        let ending = try await driver.run(machine)
        var record = ReleaseRecord(
            number: plan.release, kind: plan.kind, outcome: .live, previous: plan.previous, commit: release.commit,
            isDirty: release.isDirty, by: Self.owner, startedAt: plan.startedAt,
            seconds: (SystemClock.steady.now - began).milliseconds / 1000, phases: ending.phases,
            verdict: await steps.verdict, proofs: release.proofs)
        if case .undone(let reason) = ending.outcome {
            let error = ending.error as? SlipwayError
            record.outcome =
                error?.code == .badRelease ? .returned : error == nil || isSettling ? .aborted : .failed
            record.reason = reason
        }
        try store.append(record)
        let address = try await keepServing(plan, isLive: ending.outcome == .live, token)
        if !isSettling, record.outcome != .live { throw ending.error ?? CancellationError() }
        return Result(
            address: await runtime.address ?? address, record: record, plan: plan, remarks: ending.remarks)
    }

    /// When the engine ended in the middle, the release that should have the requests is started again: also when
    /// another engine runs by now, which knows of none.
    private func keepServing(_ plan: DeployPlan, isLive: Bool, _ token: Int) async throws -> String {
        let status = try await LocalEngine(paths: paths, token: token).observe()
        if let status, status.hasRequests { return status.address ?? "" }
        guard let number = isLive ? plan.release : plan.previous, let release = store.release(number) else {
            return status?.address ?? ""
        }
        guard plan.kind != .resume else { return "" }
        report(.note("the engine has ended; release \(number) is started again"))
        return try await Task {
            try await run(try planner(.resume, release, status, isBuilt: true).plan(), release, token).address
        }.value
    }
}

extension EngineStatus {
    /// Whether any release gets requests.
    var hasRequests: Bool { !(routes ?? []).isEmpty }
}
