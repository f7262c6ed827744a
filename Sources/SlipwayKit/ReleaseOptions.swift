// SPDX-License-Identifier: Apache-2.0

/// What the person wants of one `slipway deploy` and its kin.
public struct ReleaseOptions: Sendable {
    /// The application's one address, when nothing runs yet; 0 takes any free port, `nil` the one it had before.
    public var port: UInt16?
    /// `blue-green`, `canary` or `recreate`; `nil` chooses.
    public var strategy: String?
    /// How long the new release is compared with the old one at most.
    public var watch: Duration
    /// How long to wait for another command that changes releases.
    public var wait: Duration
    /// Makes a release although nothing has changed.
    public var isForced: Bool
    /// For one release command: migrations.
    public var releaseDeadline: Duration
    /// Percent of the requests that a canary gets first.
    public var canaryShare = 10

    /// The defaults are those of the command line.
    public init(
        port: UInt16? = nil, strategy: String? = nil, watch: Duration = .seconds(10), wait: Duration = .zero,
        isForced: Bool = false, releaseDeadline: Duration = .seconds(900)
    ) {
        self.port = port
        self.strategy = strategy
        self.watch = watch
        self.wait = wait
        self.isForced = isForced
        self.releaseDeadline = releaseDeadline
    }
}
