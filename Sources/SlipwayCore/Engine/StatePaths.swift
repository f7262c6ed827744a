// SPDX-License-Identifier: Apache-2.0

/// Where the embedded engine keeps what belongs to one application, all below its `.slipway` folder.
public struct StatePaths: Equatable, Sendable {
    /// Absolute path of `.slipway`.
    public let root: String

    package init(applicationDirectory: String) { self.init(root: applicationDirectory + "/.slipway") }
    package init(root: String) { self.root = root }

    /// Keeps the folder out of git, but for the ledger of generated files.
    public var gitignore: String { root + "/.gitignore" }
    /// Held with flock(2) by the running engine, so the kernel frees it whatever way the engine dies.
    public var lock: String { root + "/engine.lock" }
    /// ``EngineRecord`` as JSON: how to reach the running engine.
    public var record: String { root + "/" + Self.recordName }
    package static let recordName = "engine.json"
    /// The engine's own log.
    public var engineLog: String { root + "/logs/engine.log" }
    /// Generated development values, mode 0600.
    public var secrets: String { root + "/secrets.env" }
    /// One file a process.
    public var logs: String { root + "/logs" }
    /// Native builds, one folder a service.
    public var builds: String { root + "/builds" }
    /// The private database cluster.
    public var postgres: String { root + "/postgres" }
    /// The log of one process.
    public func log(of process: String) -> String { logs + "/\(process).log" }
}

/// How to reach a running engine; rewritten by each start, removed by each clean end.
public struct EngineRecord: Codable, Equatable, Sendable {
    /// Of the running process.
    public var processIdentifier: Int32
    /// Absolute path of the control socket.
    public var socketPath: String
    /// `http://localhost:8080`, once the edge is open.
    public var address: String?

    package init(processIdentifier: Int32, socketPath: String, address: String? = nil) {
        self.processIdentifier = processIdentifier
        self.socketPath = socketPath
        self.address = address
    }
}
