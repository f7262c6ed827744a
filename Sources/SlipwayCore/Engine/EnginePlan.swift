// SPDX-License-Identifier: Apache-2.0

/// Everything the embedded engine needs to run one application: its processes and its edge.
///
/// It carries secrets, so it travels through a pipe or the engine's socket only: never to disk, never in arguments.
public struct EnginePlan: Codable, Equatable, Sendable {
    /// The app spec's name.
    public var application: String
    /// Absolute path of the application's folder.
    public var directory: String
    /// Absolute path of its `.slipway` folder: logs, lock, socket record.
    public var stateDirectory: String
    /// Absolute path of the control socket; at most 100 bytes, because `sun_path` holds 108 (unix(7)).
    public var socketPath: String
    /// All of them, in any order; ``ProcessSpec/dependsOn`` decides.
    public var processes: [ProcessSpec]
    /// What is served under the one address.
    public var edge: EdgeSpec
    /// Values that logs and diagnoses must not show.
    public var secretValues: SecretValues

    package init(
        application: String, directory: String, stateDirectory: String, socketPath: String,
        processes: [ProcessSpec], edge: EdgeSpec, secretValues: SecretValues = SecretValues([])
    ) {
        self.application = application
        self.directory = directory
        self.stateDirectory = stateDirectory
        self.socketPath = socketPath
        self.processes = processes
        self.edge = edge
        self.secretValues = secretValues
    }
}

/// Secrets on their way through a pipe: they encode their values, but never describe them.
public struct SecretValues: Codable, Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The values; reveal them where they are needed only.
    public let secrets: [Secret]

    package init(_ secrets: [Secret]) { self.secrets = secrets }
    /// See the type.
    public init(from decoder: any Decoder) throws {
        secrets = try decoder.singleValueContainer().decode([String].self).map(Secret.init)
    }
    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(secrets.map { $0.reveal() })
    }
    /// Never the values.
    public var description: String { "[\(secrets.count) redacted]" }
    /// Shows nothing, so that `dump` prints no secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A process's whole environment on its way through a pipe: it encodes its values, but describes only the names.
public struct ProcessEnvironment: Codable, Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Name to value.
    public var values: [String: String]

    package init(_ values: [String: String]) { self.values = values }
    /// See the type.
    public init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: String].self)
    }
    /// Writes every key, absent values as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
    /// Never the values.
    public var description: String { "[" + values.keys.sorted().joined(separator: ", ") + "]" }
    /// Shows nothing, so that `dump` prints no secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
