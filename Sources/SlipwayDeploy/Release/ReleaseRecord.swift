// SPDX-License-Identifier: Apache-2.0

/// One line of the history: which release was put in front of people, when, by whom and how it went.
public struct ReleaseRecord: Codable, Equatable, Sendable {
    /// What was asked for.
    public enum Kind: String, Codable, Sendable { case deploy, rollback, resume }

    /// How it ended.
    public enum Outcome: String, Codable, Sendable {
        /// It has the requests.
        case live
        /// It never had them: a step before the shift failed.
        case failed
        /// It had them and was worse than the one before, which has them again.
        case returned
        /// Somebody stopped it, or the command was killed, and what it had begun was undone.
        case aborted
    }

    /// Of the release.
    public var number: Int
    /// What was asked for.
    public var kind: Kind
    /// How it ended.
    public var outcome: Outcome
    /// The release that had the requests before.
    public var previous: Int?
    /// Of the repository, where it is one.
    public var commit: String?
    /// Whether the source differed from the commit.
    public var isDirty: Bool
    /// `user@host`.
    public var by: String
    /// Seconds since the Unix epoch.
    public var startedAt: Double
    /// From the first step to the end.
    public var seconds: Double
    /// By phase.
    public var phases: [String: Double]
    /// Why it did not stay, in one line.
    public var reason: String?
    /// What the watch saw.
    public var verdict: WatchVerdict?
    /// What was proved of its source before; `nil` for nothing.
    public var proofs: ReleaseProofs?

    package init(
        number: Int, kind: Kind, outcome: Outcome, previous: Int? = nil, commit: String? = nil, isDirty: Bool = false,
        by: String, startedAt: Double, seconds: Double = 0, phases: [String: Double] = [:], reason: String? = nil,
        verdict: WatchVerdict? = nil, proofs: ReleaseProofs? = nil
    ) {
        self.number = number
        self.kind = kind
        self.outcome = outcome
        self.previous = previous
        self.commit = commit
        self.isDirty = isDirty
        self.by = by
        self.startedAt = startedAt
        self.seconds = seconds
        self.phases = phases
        self.reason = reason
        self.verdict = verdict
        self.proofs = proofs
    }
}
