// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

/// Has the running engine go on in another binary, while nobody changes releases.
package struct EngineUpgrade: Sendable {
    /// For the successor to start and to take everything over, which takes well under a second.
    private static let deadline = Duration.seconds(40)
    private static let round = Duration.milliseconds(200)

    private static let nothingRuns = SlipwayError(.notRunning, "nothing runs here", hint: "slipway resume")

    private let paths: StatePaths
    private let patience: Duration

    /// - Parameter patience: How long to wait for a command that has the lease.
    package init(_ paths: StatePaths, patience: Duration) {
        self.paths = paths
        self.patience = patience
    }

    /// - Parameter executable: Absolute path of the new binary.
    /// - Returns: The engine before and after.
    /// - Throws: ``SlipwayError`` `not-running`, `deploy-locked`, or why the new binary cannot take over; the engine
    ///   serves on then.
    package func run(_ executable: String) async throws -> (before: EngineStatus, now: EngineStatus) {
        // Where nothing ever ran there is no folder for a lease either.
        guard try await LocalEngine(paths: paths, token: 0).observe() != nil else { throw Self.nothingRuns }
        let lease = try await acquire()
        defer { lease.release() }
        let engine = LocalEngine(paths: paths, token: lease.token)
        guard let before = try await engine.observe() else { throw Self.nothingRuns }
        try await engine.perform(.handOver(executable: executable), deadline: Self.deadline)
        guard let now = try await engine.observe(), now.processIdentifier != before.processIdentifier else {
            throw SlipwayError(.engineFailed, "the engine has not handed over", hint: "slipway status")
        }
        return (before, now)
    }

    private func acquire() async throws -> DeployLease {
        let began = SystemClock.steady.now
        while true {
            do {
                return try DeployLease.acquire(paths, owner: Deployment.owner, command: "engine upgrade")
            } catch let error as SlipwayError where error.code == .deployLocked {
                guard SystemClock.steady.now - began < patience else { throw error }
                try await SystemClock.steady.sleep(for: Self.round)
            }
        }
    }
}
