// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// A fly.toml as far as deploying needs it (fly.io/docs/reference/configuration); the rest is in ``root``.
public struct FlyToml: Equatable, Sendable {
    /// A process group.
    public struct Process: Equatable, Sendable {
        /// Its name.
        public let name: String
        /// Shell text that replaces the image's command.
        public let command: PlacedText
    }
    /// `[http_service]` or one of `[[services]]`.
    public struct Service: Equatable, Sendable {
        /// Where the application listens.
        public let internalPort: Int?
        /// Process groups it routes to; empty for all.
        public let processes: [String]
        /// Paths of its HTTP checks.
        public let checkPaths: [PlacedText]
        /// Everything it says.
        public let node: DataNode
    }

    /// The whole file; `nil` when it is not TOML.
    public let root: DataNode?
    /// Why the file could not be read.
    public let diagnostics: [Diagnostic]

    /// Reads the text; a failure is a diagnostic.
    public init(parsing text: String) {
        let document = TOMLDocument(parsing: text)
        root = document.root
        diagnostics = document.diagnostics.map {
            var diagnostic = $0
            diagnostic.code = "FL000"
            return diagnostic
        }
    }

    /// The application's name.
    public var app: PlacedText? { PlacedText(root?["app"]) }
    /// Where machines start by default.
    public var primaryRegion: PlacedText? { PlacedText(root?["primary_region"]) }
    /// Runs once per release before the new machines start.
    public var releaseCommand: PlacedText? { PlacedText(root?.at("deploy", "release_command")) }
    /// Path of the Dockerfile, when it is named.
    public var dockerfile: PlacedText? { PlacedText(root?.at("build", "dockerfile")) }
    /// Image to run instead of a build.
    public var image: PlacedText? { PlacedText(root?.at("build", "image")) }
    /// `[env]` in file order.
    public var environment: [PlacedVariable] { Self.variables(root?["env"]) }
    /// `[build.args]` in file order.
    public var buildArguments: [PlacedVariable] { Self.variables(root?.at("build", "args")) }
    /// `[processes]` in file order.
    public var processes: [Process] {
        (root?["processes"]?.mapping?.entries ?? []).compactMap { entry in
            PlacedText(entry.value).map { Process(name: entry.key, command: $0) }
        }
    }
    /// The HTTP service first, then the others in file order.
    public var services: [Service] {
        let http = root?["http_service"].map { [$0] } ?? []
        return (http + (root?["services"]?.sequence ?? [])).map { node in
            let checks = ["checks", "http_checks"].flatMap { node[$0]?.sequence ?? [] }
            return Service(
                internalPort: node["internal_port"]?.int, processes: node["processes"]?.texts ?? [],
                checkPaths: checks.compactMap { PlacedText($0["path"]) }, node: node)
        }
    }
    /// Volumes: `[[mounts]]`, or `[mounts]` of older files.
    public var mounts: [DataNode] {
        guard let mounts = root?["mounts"] else { return [] }
        return mounts.sequence ?? [mounts]
    }

    private static func variables(_ node: DataNode?) -> [PlacedVariable] {
        (node?.mapping?.entries ?? []).map {
            PlacedVariable(name: $0.key, value: $0.value.text, position: $0.position)
        }
    }
}
