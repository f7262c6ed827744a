// SPDX-License-Identifier: Apache-2.0

/// One service of a Compose file, references replaced.
public struct ComposeService: Equatable, Sendable {
    /// How an image is built.
    public struct Build: Equatable, Sendable {
        /// Folder, relative to the Compose file.
        public let context: String
        /// Relative to the context; `nil` for `Dockerfile`.
        public let dockerfile: String?
        /// The stage to build.
        public let target: String?
        /// Build arguments in file order.
        public let arguments: [PlacedVariable]
        /// Where `build` stands.
        public let position: SourcePosition
    }
    /// One `depends_on`.
    public struct Dependency: Equatable, Sendable {
        /// The other service.
        public let service: String
        /// `service_started`, `service_healthy` or `service_completed_successfully`.
        public let condition: String
        /// Where it is named.
        public let position: SourcePosition
    }
    /// One `env_file`.
    public struct EnvironmentFile: Equatable, Sendable {
        /// Relative to the Compose file.
        public let path: String
        /// Whether Compose fails without it.
        public let isRequired: Bool
        /// Where it is named.
        public let position: SourcePosition
    }

    /// The key under `services`.
    public let name: String
    /// Where the key stands.
    public let position: SourcePosition
    /// Everything that the service says.
    public let node: DataNode

    init(_ name: String, at position: SourcePosition, _ node: DataNode) {
        self.name = name
        self.position = position
        self.node = node
    }

    /// One-based.
    public var line: Int { position.line }
    /// `postgres:15`.
    public var image: PlacedText? { PlacedText(node["image"]) }
    /// Shell text; a list is quoted into one.
    public var command: PlacedText? { PlacedText(node["command"]) }
    /// Shell text; a list is quoted into one.
    public var entrypoint: PlacedText? { PlacedText(node["entrypoint"]) }
    /// Folder inside the container.
    public var workingDirectory: PlacedText? { PlacedText(node["working_dir"]) }
    /// `no`, `always`, `on-failure`, `unless-stopped`.
    public var restart: PlacedText? { PlacedText(node["restart"]) }
    /// Account inside the container.
    public var user: PlacedText? { PlacedText(node["user"]) }
    /// Profiles that start it; empty for always.
    public var profiles: [String] { node["profiles"]?.texts ?? [] }
    /// How many containers `deploy` or `scale` asks for.
    public var replicas: Int? { node.at("deploy", "replicas")?.int ?? node["scale"]?.int }
    /// The memory limit as written, of `deploy` or the old key.
    public var memoryLimit: PlacedText? {
        PlacedText(node.at("deploy", "resources", "limits", "memory") ?? node["mem_limit"])
    }

    /// How the image is built, when it is.
    public var build: Build? {
        guard let build = node["build"] else { return nil }
        return Build(
            context: build.text ?? build["context"]?.text ?? ".", dockerfile: build["dockerfile"]?.text,
            target: build["target"]?.text, arguments: Self.variables(build["args"]), position: build.position)
    }

    /// Published ports in file order.
    public var ports: [ComposePort] { (node["ports"]?.sequence ?? []).compactMap(ComposePort.init) }
    /// Ports that only other services see.
    public var exposed: [UInt16] {
        (node["expose"]?.texts ?? []).compactMap { UInt16($0.prefix { $0 != "/" && $0 != "-" }) }
    }
    /// Mounts in file order.
    public var mounts: [ComposeMount] { (node["volumes"]?.sequence ?? []).compactMap(ComposeMount.init) }
    /// Variables in file order, of the mapping and of the list form.
    public var environment: [PlacedVariable] { Self.variables(node["environment"]) }
    /// The health check, when there is one.
    public var healthcheck: ComposeHealthcheck? { node["healthcheck"].flatMap(ComposeHealthcheck.init) }

    /// Files that give variables.
    public var environmentFiles: [EnvironmentFile] {
        guard let files = node["env_file"] else { return [] }
        return (files.sequence ?? [files]).compactMap { file in
            guard let path = file.text ?? file["path"]?.text else { return nil }
            return EnvironmentFile(path: path, isRequired: file["required"]?.bool ?? true, position: file.position)
        }
    }

    /// Services that start before it.
    public var dependencies: [Dependency] {
        guard let node = node["depends_on"] else { return [] }
        if let mapping = node.mapping {
            return mapping.entries.map {
                Dependency(
                    service: $0.key, condition: $0.value["condition"]?.text ?? "service_started", position: $0.position)
            }
        }
        return (node.sequence ?? []).compactMap { item in
            item.text.map { Dependency(service: $0, condition: "service_started", position: item.position) }
        }
    }

    private static func variables(_ node: DataNode?) -> [PlacedVariable] {
        if let mapping = node?.mapping {
            return mapping.entries.map {
                PlacedVariable(name: $0.key, value: $0.value.text, position: $0.position)
            }
        }
        return (node?.sequence ?? []).compactMap { item in
            guard let text = item.text else { return nil }
            let equals = text.firstIndex(of: "=")
            return PlacedVariable(
                name: String(text[..<(equals ?? text.endIndex)]),
                value: equals.map { String(text[text.index(after: $0)...]) }, position: item.position)
        }
    }
}
