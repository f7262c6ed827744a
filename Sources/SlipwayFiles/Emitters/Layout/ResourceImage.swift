// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// How a resource runs as a container where no platform brings it: beside tests, in a swarm, in a cluster.
struct ResourceImage {
    let name: String
    let port: UInt16
    /// Answers 0 when the server takes connections; shell text.
    let check: String
    /// Where its data lies.
    let data: String?

    /// Where the server puts its files when the volume itself may hold others: its own `lost+found`.
    let dataVariable: (name: String, value: String)?

    init?(_ resource: Resource) {
        guard let check = Self.check(of: resource.kind) else { return nil }
        // Versions, ports and folders are those of the Compose files.
        let container = ComposeResource(resource, in: Layout(AppSpec(name: "app")))
        name = container.image
        port = UInt16(container.port)
        data = container.dataFolder
        self.check = check
        dataVariable =
            resource.kind == .postgres && !container.keepsVersionsApart
            ? ("PGDATA", "/var/lib/postgresql/data/pgdata") : nil
    }

    private static func check(of kind: Resource.Kind) -> String? {
        switch kind {
        case .postgres: "pg_isready -U app -d app"
        case .mysql: "mysqladmin ping -h 127.0.0.1"
        case .mariadb: "healthcheck.sh --connect --innodb_initialized"
        case .mongodb: "mongosh --quiet --eval 'db.runCommand({ping:1})'"
        case .redis: "redis-cli ping"
        case .valkey: "valkey-cli ping"
        case .rabbitmq: "rabbitmq-diagnostics -q ping"
        case .memcached: "nc -z 127.0.0.1 11211"
        case .elasticsearch: "curl -fs http://127.0.0.1:9200"
        case .meilisearch: "curl -fs http://127.0.0.1:7700/health"
        case .sqlite, .s3, .external: nil
        }
    }

    /// What the image's first start needs, for a database `app` of a user `app`.
    static func settings(of resource: Resource, password: String) -> [(String, String)] {
        switch resource.kind {
        case .postgres: [("POSTGRES_DB", "app"), ("POSTGRES_PASSWORD", password), ("POSTGRES_USER", "app")]
        case .mysql:
            [
                ("MYSQL_DATABASE", "app"), ("MYSQL_PASSWORD", password), ("MYSQL_RANDOM_ROOT_PASSWORD", "yes"),
                ("MYSQL_USER", "app"),
            ]
        case .mariadb:
            [
                ("MARIADB_DATABASE", "app"), ("MARIADB_PASSWORD", password), ("MARIADB_RANDOM_ROOT_PASSWORD", "yes"),
                ("MARIADB_USER", "app"),
            ]
        case .mongodb: [("MONGO_INITDB_ROOT_PASSWORD", password), ("MONGO_INITDB_ROOT_USERNAME", "app")]
        case .rabbitmq: [("RABBITMQ_DEFAULT_PASS", password), ("RABBITMQ_DEFAULT_USER", "app")]
        case .elasticsearch: [("discovery.type", "single-node"), ("xpack.security.enabled", "false")]
        default: []
        }
    }

    /// A part of the address that services are given.
    static func text(of part: ResourcePart, _ resource: Resource, host: String, password: String = "app") -> String {
        switch part {
        case .host: host
        case .port: ResourceImage(resource).map { String($0.port) } ?? ""
        case .user, .database: "app"
        case .password: password
        case .driver: ResourcePart.driver(of: resource.kind) ?? ""
        case .adapter: ResourcePart.adapter(of: resource.kind) ?? ""
        case .engine: ResourcePart.engine(of: resource.kind) ?? ""
        }
    }

    /// The address that a service is given.
    /// - Parameter variable: Which asks for it; its form and driver are kept.
    static func address(
        of resource: Resource, host: String, password: String = "app", for variable: Variable, language: String?
    ) -> String {
        guard let image = ResourceImage(resource) else { return "" }
        let server = ServerAddress(
            resource.kind, host: host, port: String(image.port), user: "app", password: password,
            database: variable.database(beside: "app"))
        let example = variable.addressExample
        return server.text(as: AddressForm(resource.kind, like: example, language: language), like: example)
    }
}
