// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

/// Ends the engine of an application, and the return of one that was killed.
///
/// The record of how an engine is reached outlives only an engine that was killed, and whoever brings that one back
/// looks for it first (``Deployment/resume()``). So ending means: no engine, and no record either.
package struct EngineEnd: Sendable {
    /// Longer than any process's grace, which the engine waits for one after the other.
    private static let deadline = Duration.seconds(120)
    /// For an engine that holds its lock and does not answer: it may just be starting.
    private static let patience = Duration.seconds(20)

    private let paths: StatePaths

    package init(_ paths: StatePaths) { self.paths = paths }

    /// Returns when nothing runs and nothing will come back by itself.
    /// - Returns: Whether an engine ran, or had been killed and might have come back.
    /// - Throws: ``SlipwayError`` `engineUnreachable`, or `timedOut` for one that has not ended after two minutes.
    package func run() async throws -> Bool {
        let began = SystemClock.steady.now
        var hasEnded = false
        while SystemClock.steady.now - began < Self.deadline {
            if EngineLock.isHeld(paths.lock) {
                hasEnded = true
                try await askToStop(since: began)
            } else {
                switch forgetKilled() {
                case .nothing: return hasEnded
                case .forgotten: return true
                case .returning: hasEnded = true
                }
            }
            try await SystemClock.steady.sleep(for: .milliseconds(20))
        }
        throw SlipwayError(.timedOut, "the engine has not ended within \(Self.deadline)", hint: "slipway status")
    }

    private func askToStop(since began: ContinuousClock.Instant) async throws {
        guard let record = EngineRecord.read(paths) else { return }
        do {
            try await EngineClient(socketPath: record.socketPath).perform(.stop, deadline: Self.deadline)
        } catch let error as SlipwayError where error.code == .engineUnreachable {
            // It may have ended in this moment, or not be there yet.
            guard SystemClock.steady.now - began < Self.patience || !EngineLock.isHeld(paths.lock) else { throw error }
        }
    }

    private enum Remains {
        case nothing
        case forgotten
        case returning
    }

    /// Removes the record that a killed engine has left, while nobody can be starting another one.
    private func forgetKilled() -> Remains {
        let state = FileStore(root: paths.root)
        guard state.exists(StatePaths.recordName) else { return .nothing }
        guard let lease = try? DeployLease.acquire(paths, owner: Deployment.owner, command: "down") else {
            // A deploy that a person has asked for is that person's to end.
            return DeployLease.holder(paths) == Deployment.returnCommand ? .returning : .nothing
        }
        defer { lease.release() }
        guard let lock = try? EngineLock.acquire(paths.lock) else { return .returning }
        defer { lock.release() }
        try? state.remove(StatePaths.recordName)
        return .forgotten
    }
}
