// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
import SlipwayDeploy
public import SlipwayHost
import SlipwayOperate

/// What runs, ready to be shown.
public struct RunningStatus: Sendable {
    /// The engine's own answer.
    public let engine: EngineStatus
    /// `nil` when no backup has ever been restored.
    let backup: BackupManifest?

    /// Whether everything that should run does.
    public var isHealthy: Bool { engine.phase == .running }

    /// As a table, or as the engine's answer in JSON.
    public func rendered(asJSON: Bool, on terminal: Terminal) throws -> String {
        guard asJSON else {
            let now = SystemClock.secondsSinceEpoch()
            let table = StatusTable(engine, terminal: terminal).render(now: now)
            guard let backup, let proven = backup.provenAt else { return table }
            return table + "\n  backup \(backup.id) was restored and compared \(StatusTable.age(now - proven)) ago"
        }
        return try JSONText.pretty(engine)
    }
}
