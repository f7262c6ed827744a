// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
package import SlipwayHost

/// The fixed order of a deploy; a step belongs to exactly one phase.
package enum DeployPhase: String, Codable, CaseIterable, Sendable {
    /// Environment, builds and resources; nothing that runs is touched.
    case prepare
    /// Release commands, with the resources up and no new process yet.
    case migrate
    /// New processes, each after what it needs.
    case start
    /// What was started is looked at once more, as a whole.
    case verify
    /// Requests reach the new processes.
    case shift
    /// The new release is compared with the old one, which is kept ready.
    case watch
    /// The old release finishes what it has and ends.
    case retire
}

/// What a deploy tells while it runs.
package enum DeployEvent: Equatable, Sendable {
    /// How a step ended.
    package enum Outcome: Equatable, Sendable {
        case done
        /// The result of an earlier run still fits.
        case reused
        case failed
    }

    case phase(DeployPhase)
    /// `install server`, and the command line, without secrets, when the step runs one.
    case started(step: String, command: String?)
    case line(step: String, OutputLine)
    case finished(step: String, Outcome, after: Duration)
    /// Something people should know and need not act on.
    case note(String)
    /// Something that works and is most likely not what people want.
    case warning(String)
}

/// Receives events in order within one step; steps of different services may be interleaved.
package typealias DeployEventHandler = @Sendable (DeployEvent) -> Void
