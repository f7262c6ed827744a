// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A render.yaml as far as deploying needs it (render.com/docs/blueprint-spec); the rest is in ``root``.
public struct RenderBlueprint: Equatable, Sendable {
    /// One of `services`.
    public struct Service: Equatable, Sendable {
        /// Everything it says.
        public let node: DataNode

        /// `web`, `worker`, `pserv`, `cron`, `static`, `keyvalue` or `redis`.
        public var type: String? { node["type"]?.text }
        /// Its name.
        public var name: PlacedText? { PlacedText(node["name"]) }
        /// `python`, `node`, `docker`, ...; older files say `env`.
        public var runtime: String? { node["runtime"]?.text ?? node["env"]?.text }
        /// Folder of the code, relative to the repository.
        public var rootDirectory: PlacedText? { PlacedText(node["rootDir"]) }
        /// Shell text.
        public var buildCommand: PlacedText? { PlacedText(node["buildCommand"]) }
        /// Shell text; of a container, what replaces its command.
        public var startCommand: PlacedText? { PlacedText(node["startCommand"] ?? node["dockerCommand"]) }
        /// Runs once per release before the new instances start.
        public var releaseCommand: PlacedText? { PlacedText(node["preDeployCommand"]) }
        /// Path that answers 2xx.
        public var healthPath: PlacedText? { PlacedText(node["healthCheckPath"]) }
        /// Relative to the repository.
        public var dockerfile: PlacedText? { PlacedText(node["dockerfilePath"]) }
        /// The folder that a container's build sees, relative to the repository.
        public var buildContext: String {
            GoPath.clean((rootDirectory?.text ?? ".") + "/" + (node["dockerContext"]?.text ?? "."))
        }
        /// What a static site serves.
        public var publishDirectory: PlacedText? { PlacedText(node["staticPublishPath"]) }
        /// Cron expression.
        public var schedule: PlacedText? { PlacedText(node["schedule"]) }
        /// Variables in file order; those from groups are left out.
        public var environment: [PlacedVariable] { RenderBlueprint.variables(node["envVars"]) }
    }

    /// The whole file; `nil` when it is not YAML.
    public let root: DataNode?
    /// In file order.
    public let services: [Service]
    /// PostgreSQL databases: everything they say.
    public let databases: [DataNode]
    /// Why the file could not be read.
    public let diagnostics: [Diagnostic]

    /// Reads the text; a failure is a diagnostic.
    public init(parsing text: String) {
        let document = YAMLDocument(parsing: text)
        root = document.root
        services = (root?["services"]?.sequence ?? []).map(Service.init)
        databases = root?["databases"]?.sequence ?? []
        diagnostics = document.diagnostics.map {
            var diagnostic = $0
            diagnostic.code = "RW000"
            return diagnostic
        }
    }

    /// The variables of all groups.
    public var groupEnvironment: [PlacedVariable] {
        (root?["envVarGroups"]?.sequence ?? []).flatMap { Self.variables($0["envVars"]) }
    }

    private static func variables(_ node: DataNode?) -> [PlacedVariable] {
        (node?.sequence ?? []).compactMap { item in
            item["key"]?.text.map { PlacedVariable(name: $0, value: item["value"]?.text, position: item.position) }
        }
    }
}
