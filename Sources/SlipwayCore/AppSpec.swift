// SPDX-License-Identifier: Apache-2.0

/// The complete wish for one application: what it is made of and what it needs. Pure value.
public struct AppSpec: Codable, Equatable, Sendable {
    /// Unique among its siblings.
    public var name: String
    /// Sorted by name.
    public var services: [Service]
    /// Sorted by name.
    public var resources: [Resource]
    /// Sorted by name.
    public var variables: [Variable]
    /// Keyed by the value's path, `services.server.port`.
    public var origins: [String: Origin]
    /// What detection wants to say: contradictions, fields left empty, conventions that were assumed.
    public var diagnostics: [Diagnostic]
    /// Stated differences of the embedded engine's edge; `nil` when there are none.
    public var edge: EdgeSettings?
    /// Stated wishes for backups that the engine makes by itself; `nil` when there are none.
    public var backup: BackupSettings?

    package init(
        name: String, services: [Service] = [], resources: [Resource] = [], variables: [Variable] = [],
        origins: [String: Origin] = [:], diagnostics: [Diagnostic] = []
    ) {
        self.name = name
        self.services = services
        self.resources = resources
        self.variables = variables
        self.origins = origins
        self.diagnostics = diagnostics
    }

    /// The service of this name.
    public func service(named name: String) -> Service? { services.first { $0.name == name } }
    /// The resource of this name.
    public func resource(named name: String) -> Resource? { resources.first { $0.name == name } }
}
