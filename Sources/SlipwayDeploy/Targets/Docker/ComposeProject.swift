// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
package import SlipwayFiles

/// A Compose project as `docker compose config` resolves it: defaults filled in, files merged, variables replaced.
package struct ComposeProject: Sendable {
    package let root: DataNode
    package let services: [ComposeUnit]

    package init(_ root: DataNode) {
        self.root = root
        services = (root["services"]?.mapping?.entries ?? []).map { ComposeUnit(name: $0.key, node: $0.value) }
    }

    /// Where a secret of the file's own list comes from.
    enum SecretSource: Equatable {
        /// The variable of this name.
        case variable(String)
        /// Absolute path.
        case file(String)
    }

    func secretSource(_ name: String) -> SecretSource? {
        guard let node = root["secrets"]?[name] else { return nil }
        if let file = node["file"]?.text { return .file(file) }
        return node["environment"]?.text.map(SecretSource.variable)
    }

    package subscript(name: String) -> ComposeUnit? { services.first { $0.name == name } }

    /// Services whose image is built from the repository.
    package var built: [ComposeUnit] { services.filter { $0.build != nil } }
    /// Services that others wait for until they have ended: migrations.
    package var tasks: [ComposeUnit] {
        let names = Set(
            services.flatMap(\.dependencies).filter { $0.condition == "service_completed_successfully" }.map(\.service))
        return services.filter { names.contains($0.name) }
    }

    /// Where people reach the application: what publishes a web port, the usual names first.
    package var gateway: ComposeUnit? {
        let open = services.filter { unit in
            unit.ports.contains { $0.published != nil } && (unit.build != nil || unit.isProxy)
        }
        let usual = ["gateway", "edge", "proxy", "nginx", "web", "frontend", "client", "app"]
        return open.min { rank($0.name, usual) < rank($1.name, usual) }
    }

    private func rank(_ name: String, _ usual: [String]) -> Int {
        usual.firstIndex { name == $0 || name.hasSuffix("-\($0)") } ?? usual.count
    }
}

/// One service of a resolved Compose project.
package struct ComposeUnit: Sendable {
    package struct Port: Equatable, Sendable {
        package let address: String?
        package let published: UInt16?
        package let target: UInt16
    }
    package struct Build: Equatable, Sendable {
        /// Absolute.
        package let context: String
        /// Relative to the context, or absolute.
        package let dockerfile: String
        package let target: String?
        package let arguments: [String: String]
        package let secrets: [String]
    }
    package struct Mount: Equatable, Sendable {
        package let kind: String
        package let source: String
        package let target: String
        package let isReadOnly: Bool
    }
    package struct Dependency: Equatable, Sendable {
        package let service: String
        package let condition: String
    }

    package let name: String
    package let node: DataNode

    package var image: String? { node["image"]?.text }
    package var user: String? { node["user"]?.text }
    package var restart: String? { node["restart"]?.text }
    package var isReadOnly: Bool { node["read_only"]?.bool ?? false }
    package var profiles: [String] { node["profiles"]?.texts ?? [] }
    package var networks: [String] { node["networks"]?.mapping?.keys ?? [] }
    package var hasHealthcheck: Bool { node["healthcheck"]?["test"] != nil }
    package var gracePeriod: String? { node["stop_grace_period"]?.text }

    package var build: Build? {
        guard let build = node["build"], build.mapping != nil else { return nil }
        let arguments = (build["args"]?.mapping?.entries ?? []).map { ($0.key, Self.plain($0.value.text ?? "")) }
        let secrets = (build["secrets"]?.sequence ?? []).compactMap { $0.text ?? $0["source"]?.text }
        return Build(
            context: build["context"]?.text ?? ".", dockerfile: build["dockerfile"]?.text ?? "Dockerfile",
            target: build["target"]?.text, arguments: Dictionary(arguments) { $1 }, secrets: secrets)
    }

    /// A name without a value is handed on from the caller's environment, which here has none.
    package var environment: [String: String] {
        let entries = (node["environment"]?.mapping?.entries ?? []).filter { !$0.value.isNull }
        return Dictionary(entries.map { ($0.key, Self.plain($0.value.text ?? "")) }) { $1 }
    }

    /// Resolving doubles each dollar sign, so that the text could be read as a Compose file again.
    private static func plain(_ text: String) -> String {
        text.split(separator: "$$", omittingEmptySubsequences: false).joined(separator: "$")
    }

    package var ports: [Port] {
        (node["ports"]?.sequence ?? []).compactMap { port in
            guard let target = port["target"]?.int.flatMap(UInt16.init(exactly:)) else { return nil }
            return Port(
                address: port["host_ip"]?.text, published: port["published"]?.text.flatMap { UInt16($0) },
                target: target)
        }
    }

    package var mounts: [Mount] {
        (node["volumes"]?.sequence ?? []).compactMap { mount in
            guard let target = mount["target"]?.text else { return nil }
            return Mount(
                kind: mount["type"]?.text ?? "volume", source: mount["source"]?.text ?? "", target: target,
                isReadOnly: mount["read_only"]?.bool ?? false)
        }
    }

    package var dependencies: [Dependency] {
        (node["depends_on"]?.mapping?.entries ?? []).map {
            Dependency(service: $0.key, condition: $0.value["condition"]?.text ?? "service_started")
        }
    }

    /// What kind of database or cache an image is, by the names that registries know them by.
    package var resource: String? {
        guard build == nil, let image else { return nil }
        let name = image.prefix { $0 != "@" }.split(separator: "/").last?.prefix { $0 != ":" } ?? ""
        let known = [
            "postgres", "postgis", "mysql", "mariadb", "mongo", "redis", "valkey", "rabbitmq", "minio",
            "memcached", "elasticsearch", "pgvector", "timescaledb",
        ]
        return known.first { name.contains($0) }
    }

    var isProxy: Bool {
        guard build == nil, let image else { return false }
        return ["nginx", "caddy", "traefik", "haproxy"].contains { image.contains($0) }
    }
}
