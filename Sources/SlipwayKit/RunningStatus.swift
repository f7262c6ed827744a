// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore
public import SlipwayHost
import SlipwayOperate

/// What runs, ready to be shown.
public struct RunningStatus: Sendable {
    /// The engine's own answer.
    public let engine: EngineStatus

    /// Whether everything that should run does.
    public var isHealthy: Bool { engine.phase == .running }

    /// As a table, or as the engine's answer in JSON.
    public func rendered(asJSON: Bool, on terminal: Terminal) throws -> String {
        guard asJSON else {
            return StatusTable(engine, terminal: terminal).render(now: SystemClock.secondsSinceEpoch())
        }
        return try JSONText.pretty(engine)
    }
}
