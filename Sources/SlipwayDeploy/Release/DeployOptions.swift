// SPDX-License-Identifier: Apache-2.0

/// What the person wants of one deploy, beyond what the app spec says.
package struct DeployOptions: Equatable, Sendable {
    /// The application's one address, when nothing runs yet; 0 takes any free port, `nil` the one it had before.
    package var port: UInt16?
    /// Variables from `slipway.yml`.
    package var configuration: [String: String]
    /// `nil` lets the planner decide.
    package var strategy: DeployStrategy?
    /// How long the new release is watched at most. It ends sooner when enough requests have come to tell.
    package var watch: Duration
    /// Without a single request the watch ends after this.
    package var idleWatch: Duration
    /// For requests under way with the old release.
    package var drain: Duration
    /// For its WebSockets and event streams.
    package var streamGrace: Duration
    /// Makes a release although nothing has changed.
    package var isForced: Bool
    /// How long to wait for another command that changes releases.
    package var wait: Duration
    /// For one release command.
    package var releaseDeadline: Duration
    /// Percent of the requests that a canary gets first.
    package var canaryShare = 10
    /// Whether nobody has asked but the guard of an engine that was killed.
    package var isReturn = false

    package init(
        port: UInt16? = nil, configuration: [String: String] = [:], strategy: DeployStrategy? = nil,
        watch: Duration = .seconds(10), idleWatch: Duration = .seconds(2), drain: Duration = .seconds(30),
        streamGrace: Duration = .seconds(5), isForced: Bool = false, wait: Duration = .zero,
        releaseDeadline: Duration = .seconds(900)
    ) {
        self.port = port
        self.configuration = configuration
        self.strategy = strategy
        self.watch = watch
        self.idleWatch = idleWatch
        self.drain = drain
        self.streamGrace = streamGrace
        self.isForced = isForced
        self.wait = wait
        self.releaseDeadline = releaseDeadline
    }
}
