// SPDX-License-Identifier: Apache-2.0

/// What the supervisor knows of a service; the edge asks when the service does not answer.
public enum ServiceCondition: Equatable, Sendable {
    case ready
    case starting
    /// The reason in lower case without a full stop: `it exited with code 1`.
    case down(reason: String)
}
