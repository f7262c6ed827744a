// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// How the old release gives its place to the new one.
package enum DeployStrategy: String, Codable, CaseIterable, Sendable {
    /// Both run side by side; one pointer moves.
    case blueGreen = "blue-green"
    /// The same, with a share of the requests first.
    case canary
    /// One replica after the other; the first one is watched before the others follow.
    case rolling
    /// The old process ends before the new one starts, while requests wait.
    case recreate
}

/// What a deploy will do, in order; printed before anything changes, and journaled whole.
package struct DeployPlan: Codable, Equatable, Sendable {
    package var kind: ReleaseRecord.Kind
    package var release: Int
    /// The release that has the requests now; `nil` when nothing numbered runs.
    package var previous: Int?
    package var strategy: DeployStrategy
    /// Why this strategy, in one line.
    package var reason: String
    /// How long requests wait because a process must be ended before the next one starts; 0 for blue/green.
    package var pauseSeconds: Double
    package var steps: [DeployStep]
    /// Where requests went before; what ``DeployAction/shiftBack`` restores.
    package var oldRoutes: [EdgeRoute]
    /// Processes of the engine that end when the new release stays.
    package var oldProcesses: [String]
    /// Where processes of the old release listen, by ``ReleaseProcess/instance``.
    package var oldPorts: [String: UInt16]
    /// Seconds since the Unix epoch.
    package var startedAt: Double

    /// The processes of a service that the new release starts.
    package func instances(of service: String) -> [String] {
        steps.compactMap { step in
            guard case .start(let instance) = step.action,
                ReleaseProcess(instance: instance, release: nil).service == service
            else { return nil }
            return instance
        }
    }

    /// Undo ends here: from the first step of ``DeployPhase/retire`` on there is only forward.
    package var pointOfNoReturn: Int { steps.firstIndex { $0.phase == .retire } ?? steps.count }
}
