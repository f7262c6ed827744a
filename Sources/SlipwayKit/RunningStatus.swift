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
            return ([table] + backupLines(now)).joined(separator: "\n")
        }
        return try JSONText.pretty(engine)
    }

    private func backupLines(_ now: Double) -> [String] {
        var lines: [String] = []
        if let backup, let proven = backup.provenAt {
            lines.append("  backup \(backup.id) was restored and compared \(StatusTable.age(now - proven)) ago")
        }
        guard let state = engine.backup else { return lines }
        if let success = state.lastSuccess {
            lines.append("  the last scheduled backup was proved \(StatusTable.age(now - success)) ago")
        }
        if let error = state.error, let last = state.lastStart {
            lines.append("  the scheduled backup failed \(StatusTable.age(now - last)) ago: \(error)")
        }
        if state.isRunning == true {
            lines.append("  a scheduled backup is being made")
        } else if let next = state.next {
            lines.append("  the next scheduled backup begins in \(StatusTable.age(next - now))")
        }
        return lines
    }
}
