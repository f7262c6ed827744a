// SPDX-License-Identifier: Apache-2.0

/// Observed state of the embedded engine, read from the engine itself.
public struct EngineStatus: Codable, Equatable, Sendable {
    /// When the value must be there.
    public enum Phase: String, Codable, Sendable {
        /// Some process has not been ready yet.
        case starting
        /// All processes are ready and the edge is open.
        case running
        /// Running, but a process is unhealthy, restarting or given up.
        case degraded
        case stopping
        /// Start-up failed; the diagnoses say why.
        case failed
    }

    /// The app spec's name.
    public var application: String
    /// Absolute path of the application's folder.
    public var directory: String
    /// Of the engine; `nil` for containers that Compose started, which have none.
    public var processIdentifier: Int32?
    /// When the value must be there.
    public var phase: Phase
    /// `http://localhost:8080`, once the edge is open.
    public var address: String?
    /// Seconds since the Unix epoch.
    public var startedAt: Double
    /// In start order.
    public var processes: [ProcessStatus]
    /// What failed besides the processes: the edge could not be opened.
    public var failure: EngineFailure?
    /// The number of the release that gets the requests; `nil` for one that was started without being numbered.
    public var release: Int?
    /// Where requests go now.
    public var routes: [EdgeRoute]?
    /// Of the engine's binary; `nil` from one older than this field.
    public var version: String?
    /// Backups that the engine makes by itself; `nil` when there is no schedule.
    public var backup: BackupState?

    package init(
        application: String, directory: String, processIdentifier: Int32?, phase: Phase, address: String?,
        startedAt: Double, processes: [ProcessStatus], failure: EngineFailure? = nil, release: Int? = nil,
        routes: [EdgeRoute]? = nil, version: String? = nil, backup: BackupState? = nil
    ) {
        self.application = application
        self.directory = directory
        self.processIdentifier = processIdentifier
        self.phase = phase
        self.address = address
        self.startedAt = startedAt
        self.processes = processes
        self.failure = failure
        self.release = release
        self.routes = routes
        self.version = version
        self.backup = backup
    }
}

/// Observed state of one supervised process.
public struct ProcessStatus: Codable, Equatable, Sendable {
    /// A process's life, from waiting to stopped.
    public enum State: String, Codable, Sendable {
        /// Waits for the processes it depends on.
        case waiting
        /// Runs, not ready yet.
        case starting
        case ready
        /// Was ready; its probe fails now.
        case unhealthy
        /// Ended; starts again after the backoff.
        case backoff
        /// Ended or never became ready, and is not tried again.
        case failed
        case stopping
        case stopped
    }

    /// Unique among its siblings.
    public var name: String
    /// What it does now.
    public var state: State
    /// Of the running process.
    public var processIdentifier: Int32?
    /// Where it is expected to listen.
    public var port: UInt16?
    /// Since the engine started.
    public var restarts: Int
    /// Seconds since the Unix epoch of the last change of state.
    public var since: Double
    /// From the process's start to its first good probe.
    public var secondsToReady: Double?
    /// Present when it does not work.
    public var diagnosis: Diagnosis?

    package init(
        name: String, state: State, processIdentifier: Int32? = nil, port: UInt16? = nil, restarts: Int = 0,
        since: Double, secondsToReady: Double? = nil, diagnosis: Diagnosis? = nil
    ) {
        self.name = name
        self.state = state
        self.processIdentifier = processIdentifier
        self.port = port
        self.restarts = restarts
        self.since = since
        self.secondsToReady = secondsToReady
        self.diagnosis = diagnosis
    }
}

/// Why a process does not work, with the evidence.
public struct Diagnosis: Codable, Equatable, Sendable {
    /// `the start command exited with code 1`, `nothing listens on 8000, but the process listens on 8080`.
    public var likelyCause: String
    /// A command to type or the line to change.
    public var hint: String?
    /// `exited with code 1`, `ended by signal 9`; `nil` while it runs.
    public var exit: String?
    /// `GET /health on 127.0.0.1:8000: 500 "database is down"`, or `connection refused`.
    public var lastProbe: String?
    /// Where it should listen.
    public var expectedPort: UInt16?
    /// `127.0.0.1:8080`, `[::]:3000`: what the process and its children listen on.
    public var boundAddresses: [String]
    /// At most 30, redacted.
    public var lastLogLines: [String]

    package init(
        likelyCause: String, hint: String? = nil, exit: String? = nil, lastProbe: String? = nil,
        expectedPort: UInt16? = nil, boundAddresses: [String] = [], lastLogLines: [String] = []
    ) {
        self.likelyCause = likelyCause
        self.hint = hint
        self.exit = exit
        self.lastProbe = lastProbe
        self.expectedPort = expectedPort
        self.boundAddresses = boundAddresses
        self.lastLogLines = lastLogLines
    }
}
