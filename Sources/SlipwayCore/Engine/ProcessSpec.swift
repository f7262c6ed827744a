// SPDX-License-Identifier: Apache-2.0

/// One supervised process: what to run, when it counts as ready, how it ends and when it is started again.
public struct ProcessSpec: Codable, Equatable, Sendable {
    /// The service's or resource's name; names its log too.
    public var name: String
    /// Absolute path of the program.
    public var executable: String
    /// Without the program itself.
    public var arguments: [String]
    /// All that the process sees; nothing is inherited.
    public var environment: ProcessEnvironment
    /// Absolute path.
    public var directory: String
    /// Runs as this account; `nil` for the engine's own.
    public var user: String?
    /// Names of processes that must be ready before this one starts.
    public var dependsOn: [String]
    /// When it counts as ready.
    public var probe: Probe
    /// Where the process is expected to listen on 127.0.0.1; for the diagnosis.
    public var port: UInt16?
    /// When it is started again after it ended.
    public var restart: RestartPolicy
    /// Sent first when the process must end: a signal number, 15 (SIGTERM) unless the program wants another.
    public var stopSignal: Int32
    /// Time between ``stopSignal`` and SIGKILL. 10 s is Docker's default for `docker stop`.
    public var grace: Duration

    package init(
        name: String, executable: String, arguments: [String], environment: ProcessEnvironment, directory: String,
        user: String? = nil, dependsOn: [String] = [], probe: Probe, port: UInt16? = nil,
        restart: RestartPolicy = RestartPolicy(), stopSignal: Int32 = 15, grace: Duration = .seconds(10)
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.user = user
        self.dependsOn = dependsOn
        self.probe = probe
        self.port = port
        self.restart = restart
        self.stopSignal = stopSignal
        self.grace = grace
    }
}

/// How the supervisor learns that a process is ready.
public struct Probe: Codable, Equatable, Sendable {
    /// What kind it is; the raw value is what the JSON says.
    public enum Kind: Codable, Equatable, Sendable {
        /// GET on 127.0.0.1; 200 to 399 is ready, because a health path may redirect to itself with a slash.
        case http(port: UInt16, path: String)
        /// A TCP connection is accepted on 127.0.0.1.
        case tcp(port: UInt16)
        /// A connection is accepted on this unix socket.
        case unix(path: String)
        /// Still running after this time: for workers, which answer nobody.
        case uptime(Duration)
    }

    /// What kind it is, where known.
    public var kind: Kind
    /// Between two probes while starting. 100 ms finds a fast start fast; the period afterwards is ten times this.
    public var interval: Duration
    /// For one probe. 5 s is kamal-proxy's default (internal/server/service.go).
    public var timeout: Duration
    /// From the process's start until it must have been ready once.
    public var deadline: Duration
    /// Consecutive failures, once ready, before it counts as unhealthy. 3 is Docker's and Kubernetes' default.
    public var failureThreshold: Int

    package init(
        _ kind: Kind, interval: Duration = .milliseconds(100), timeout: Duration = .seconds(5),
        deadline: Duration = .seconds(60), failureThreshold: Int = 3
    ) {
        self.kind = kind
        self.interval = interval
        self.timeout = timeout
        self.deadline = deadline
        self.failureThreshold = failureThreshold
    }
}

/// Exponential backoff between restarts, and when to give up. Pure: the clock is passed in.
public struct RestartPolicy: Codable, Equatable, Sendable {
    /// Before the first restart; doubled by each short run.
    public var initialDelay: Duration
    /// The backoff grows no further. 30 s.
    public var largestDelay: Duration
    /// A run at least this long resets the backoff. 10 s is systemd's StartLimitIntervalSec default.
    public var stableAfter: Duration
    /// Consecutive runs shorter than ``stableAfter`` before the verdict is a crash loop. 5 is systemd's StartLimitBurst.
    public var crashLoopAfter: Int

    package init(
        initialDelay: Duration = .milliseconds(200), largestDelay: Duration = .seconds(30),
        stableAfter: Duration = .seconds(10), crashLoopAfter: Int = 5
    ) {
        self.initialDelay = initialDelay
        self.largestDelay = largestDelay
        self.stableAfter = stableAfter
        self.crashLoopAfter = crashLoopAfter
    }

    /// The pause before the restart that follows the given number of consecutive short runs (1 for the first).
    public func delay(afterShortRuns count: Int) -> Duration {
        var delay = initialDelay
        for _ in 1..<max(count, 1) where delay < largestDelay { delay = delay * 2 }
        return min(delay, largestDelay)
    }
}
