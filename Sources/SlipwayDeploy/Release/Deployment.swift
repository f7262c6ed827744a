// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Makes releases of an application on one target and puts them in front of people, without losing a request.
package struct Deployment: Sendable {
    /// How a command that changes releases ended.
    package struct Result: Sendable {
        package var address: String
        /// `nil` when there was nothing to do.
        package var record: ReleaseRecord?
        /// What would be done, or was.
        package var plan: DeployPlan?
        package var remarks: [String] = []
        /// What the migrations of a new release would do to people.
        package var findings: [MigrationFinding] = []
    }

    package let target: any ReleaseTarget
    package var options: DeployOptions
    let report: DeployEventHandler
    var paths: StatePaths { target.paths }
    var store: ReleaseStore { ReleaseStore(paths) }
    var journal: DeployJournal { DeployJournal(paths) }

    package init(
        target: any ReleaseTarget, options: DeployOptions, report: @escaping DeployEventHandler = { _ in }
    ) {
        self.target = target
        self.options = options
        self.report = report
    }

    /// What a deploy would do now; nothing is changed.
    package func plan() async throws -> Result {
        let observed = try await LocalEngine(paths: paths, token: 0).observe()
        let release = try await target.candidate(number: store.nextNumber(), isPlanOnly: true)
        let address =
            observed?.address
            ?? "http://localhost:\(options.port ?? AddressMemory(paths).load() ?? LocalOptions.usualPort)"
        if let same = sameAsLive(release, observed), !options.isForced { return Result(address: same) }
        return Result(
            address: address, plan: try planner(.deploy, release, observed, isBuilt: false).plan(),
            findings: findings(since: observed?.release))
    }

    /// Makes a release of the source as it is and puts it in front.
    /// - Returns: Without a record when the live release is the same already.
    /// - Throws: ``SlipwayError`` of the step that failed, with the old release as it was; `deployLocked`.
    package func deploy() async throws -> Result {
        try await withLease("deploy") { token in
            try await settle(token)
            let observed = try await LocalEngine(paths: paths, token: token).observe()
            let release = try await target.candidate(number: store.nextNumber(), isPlanOnly: false)
            if !options.isForced {
                if let address = sameAsLive(release, observed) { return Result(address: address) }
                if observed == nil, let last = lastLive(), last.isSame(as: release) {
                    return try await run(try planner(.resume, last, nil, isBuilt: true).plan(), last, token)
                }
            }
            try store.write(release)
            let findings = findings(since: observed?.release)
            for finding in findings {
                report(.note("\(finding.file):\(finding.line) \(finding.message); better: \(finding.advice)"))
            }
            let plan: DeployPlan
            do {
                plan = try planner(.deploy, release, observed, isBuilt: false).plan()
            } catch {
                try? store.remove(release.number)
                throw error
            }
            var result = try await run(plan, release, token)
            result.findings = findings
            return result
        }
    }

    /// Of migrations that the release which has the requests does not know.
    private func findings(since live: Int?) -> [MigrationFinding] {
        guard let live, let new = target.tree, let old = try? TreeReader.read(store.source(of: live)) else { return [] }
        return MigrationReview.findings(in: new, since: old)
    }

    /// Puts an earlier release in front again.
    /// - Parameter number: `nil` for the one that was there before the one that is there now.
    /// - Throws: ``SlipwayError`` `nothingDeployed`, `unknownRelease`, or of the step that failed.
    package func rollback(to number: Int?) async throws -> Result {
        try await withLease("rollback") { token in
            try await settle(token)
            let observed = try await LocalEngine(paths: paths, token: token).observe()
            let current = observed?.release ?? (observed == nil ? store.lastLive() : nil)
            let wanted = try number ?? previousLive(before: current)
            guard let release = store.release(wanted) else { throw unknown(wanted) }
            if wanted == observed?.release {
                return Result(address: observed?.address ?? "", remarks: ["release \(wanted) has the requests already"])
            }
            var result = try await run(
                try planner(.rollback, release, observed, isBuilt: true).plan(), release, token)
            result.remarks += migrationRemarks(from: current, to: wanted)
            return result
        }
    }

    /// Goes on with a deploy that was killed, or starts the last release again when nothing runs.
    ///
    /// Asked by the guard of an engine that was killed, it does nothing when somebody has ended that one since
    /// (``EngineEnd``).
    package func resume() async throws -> Result {
        try await withLease(Self.returnCommand) { token in
            if options.isReturn, EngineRecord.read(paths) == nil {
                return Result(address: "", remarks: ["it was ended"])
            }
            if let result = try await settle(token, goesOn: true) { return result }
            let observed = try await LocalEngine(paths: paths, token: token).observe()
            if let observed, observed.hasRequests {
                return Result(address: observed.address ?? "", remarks: ["there is nothing to resume"])
            }
            guard let last = lastLive() else { throw Self.nothingDeployed }
            return try await run(try planner(.resume, last, observed, isBuilt: true).plan(), last, token)
        }
    }

    /// Takes back a deploy that was killed.
    package func takeBack() async throws -> Result {
        try await withLease("abort") { token in
            if let result = try await settle(token) { return result }
            return Result(address: "", remarks: ["no deploy is unfinished"])
        }
    }

    // MARK: What is there

    /// The address when the release that has the requests is the same and well.
    private func sameAsLive(_ release: Release, _ observed: EngineStatus?) -> String? {
        guard let observed, let number = observed.release, let live = store.release(number), live.isSame(as: release),
            observed.phase == .running
        else { return nil }
        return observed.address ?? ""
    }

    func lastLive() -> Release? { store.lastLive().flatMap(store.release) }

    private func previousLive(before current: Int?) throws -> Int {
        let live = store.records().filter { $0.outcome == .live }.map(\.number)
        guard let found = live.last(where: { $0 != current && store.release($0) != nil }) else {
            throw SlipwayError(
                .nothingDeployed, "there is no release before \(current.map(String.init) ?? "this one")",
                hint: "slipway history")
        }
        return found
    }

    private func unknown(_ number: Int) -> SlipwayError {
        let kept = store.all().map { "\($0.number)" }.joined(separator: ", ")
        return SlipwayError(
            .unknownRelease, "release \(number) is not kept" + (kept.isEmpty ? "" : " (kept: \(kept))"),
            hint: "slipway history")
    }

    /// What it means to run an older release with the schema of a newer one.
    private func migrationRemarks(from current: Int?, to wanted: Int) -> [String] {
        guard let current, current > wanted, let release = store.release(current),
            release.application.services.contains(where: { $0.release != nil }),
            let new = try? TreeReader.read(store.source(of: current)),
            let old = try? TreeReader.read(store.source(of: wanted))
        else { return [] }
        let paths = MigrationReview.paths(in: new, since: old)
        guard !paths.isEmpty else { return [] }
        let names = paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
        let breaking = MigrationReview.findings(in: new, since: old).filter { $0.risk == .breaks }
        return [
            "going back does not undo migrations: the database keeps what \(names) did"
                + (breaking.isEmpty ? ", which release \(wanted) should not notice" : "")
        ] + breaking.map { "release \(wanted) may fail: \($0.file):\($0.line) \($0.message)" }
    }

    func planner(
        _ kind: ReleaseRecord.Kind, _ release: Release, _ observed: EngineStatus?, isBuilt: Bool
    ) -> DeployPlanner {
        let services = release.application.services
        var planner = DeployPlanner(
            kind: kind, release: release.number, application: release.application, observed: observed,
            strategy: options.strategy, isBuilt: isBuilt,
            fixedPorts: Set(services.filter { PortAssignment.fixedPort(of: $0) != nil }.map(\.name)),
            startedAt: SystemClock.secondsSinceEpoch())
        planner.canaryShare = options.canaryShare
        return planner
    }

    /// What a guard starts for an engine that was killed.
    static let returnCommand = "resume"

    static let nothingDeployed = SlipwayError(
        .nothingDeployed, "no release has been made of this application", hint: "slipway deploy")

    static var owner: String {
        let names = ProcessVariables.values(of: ["USER", "LOGNAME", "HOSTNAME"])
        return (names["USER"] ?? names["LOGNAME"] ?? "user\(Account.effectiveUserID)") + "@"
            + (names["HOSTNAME"] ?? MachineName.own)
    }
}
