// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who may change the releases of an application: one command at a time, for as long as it shows signs of life.
///
/// A holder that was killed loses it at once, one that is stuck loses it after a minute. Each holder has a larger token
/// than all before, and the engine refuses requests with an older one, so a command that wakes up late does no harm.
package struct DeployLease: Sendable {
    /// Without a renewal. kamal's lock has no end, fly's leases have 13 s; a machine that swaps may pause for longer.
    package static let seconds = 60.0
    /// Three renewals may be missed.
    package static let renewal = Duration.seconds(15)

    struct Record: Codable, Equatable {
        var token: Int
        var owner: String
        var command: String
        var process: ProcessIdentity
        /// Since the machine's boot: no clock that somebody sets.
        var expiresAt: Double
        var isReleased: Bool
    }

    /// Larger than that of every holder before.
    package let token: Int
    private let paths: StatePaths

    /// - Parameters:
    ///   - owner: `user@host`, for those who have to wait.
    ///   - command: `deploy`, for the same.
    /// - Throws: ``SlipwayError`` `deployLocked` while somebody else holds it.
    package static func acquire(_ paths: StatePaths, owner: String, command: String) throws -> DeployLease {
        try FileLock.hold(paths.deployLease + ".lock") {
            let now = SystemClock.secondsSinceBoot()
            let held = read(paths)
            if let held, !held.isReleased, held.process.isAlive, held.expiresAt > now {
                throw SlipwayError(
                    .deployLocked,
                    "\(held.command) of \(held.owner) is under way, in process \(held.process.identifier)",
                    hint: "wait for it with: slipway \(command) --wait 600")
            }
            let record = Record(
                token: (held?.token ?? 0) + 1, owner: owner, command: command, process: .own,
                expiresAt: now + seconds, isReleased: false)
            try write(record, paths)
            return DeployLease(token: record.token, paths: paths)
        }
    }

    /// The command that holds it; `nil` when nobody does.
    static func holder(_ paths: StatePaths) -> String? {
        read(paths).flatMap { $0.isReleased || !$0.process.isAlive ? nil : $0.command }
    }

    /// Shows a sign of life.
    /// - Throws: ``SlipwayError`` `leaseLost` when somebody else has it now.
    package func renew() throws { try update { $0.expiresAt = SystemClock.secondsSinceBoot() + Self.seconds } }

    /// Gives it back; the token stays used.
    package func release() { try? update { $0.isReleased = true } }

    private func update(_ change: (inout Record) -> Void) throws {
        try FileLock.hold(paths.deployLease + ".lock") {
            guard var record = Self.read(paths), record.token == token else {
                throw SlipwayError(.leaseLost, "another command has taken over", hint: "slipway status")
            }
            change(&record)
            try Self.write(record, paths)
        }
    }

    private static func read(_ paths: StatePaths) -> Record? {
        guard let bytes = try? FileStore(root: paths.root).read("deploy.lease") else { return nil }
        return try? JSONDecoder().decode(Record.self, from: Data(bytes))
    }

    private static func write(_ record: Record, _ paths: StatePaths) throws {
        try FileStore(root: paths.root).write(Array(try JSONEncoder().encode(record)), to: "deploy.lease", mode: 0o600)
    }
}
