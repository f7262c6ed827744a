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

    init?(_ resource: Resource) {
        // The same version as in the Compose files.
        let image = ComposeResource(resource, in: Layout(AppSpec(name: "app"))).image
        switch resource.kind {
        case .postgres:
            self.init(image, 5432, "pg_isready -U app -d app", "/var/lib/postgresql/data")
        case .mysql: self.init(image, 3306, "mysqladmin ping -h 127.0.0.1", "/var/lib/mysql")
        case .mariadb:
            self.init(image, 3306, "healthcheck.sh --connect --innodb_initialized", "/var/lib/mysql")
        case .mongodb:
            self.init(image, 27017, "mongosh --quiet --eval 'db.runCommand({ping:1})'", "/data/db")
        case .redis: self.init(image, 6379, "redis-cli ping", "/data")
        case .valkey: self.init(image, 6379, "valkey-cli ping", "/data")
        case .rabbitmq:
            self.init(image, 5672, "rabbitmq-diagnostics -q ping", "/var/lib/rabbitmq")
        case .memcached: self.init(image, 11211, "nc -z 127.0.0.1 11211", nil)
        case .elasticsearch:
            self.init(
                image, 9200, "curl -fs http://127.0.0.1:9200",
                "/usr/share/elasticsearch/data")
        case .meilisearch:
            self.init(
                image, 7700, "curl -fs http://127.0.0.1:7700/health",
                "/meili_data")
        case .sqlite, .s3, .external: return nil
        }
    }

    private init(_ name: String, _ port: UInt16, _ check: String, _ data: String?) {
        self.name = name
        self.port = port
        self.check = check
        self.data = data
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

    /// The address that services are given.
    static func address(of resource: Resource, host: String, password: String = "app") -> String {
        switch resource.kind {
        case .postgres: "postgresql://app:\(password)@\(host):5432/app"
        case .mysql, .mariadb: "mysql://app:\(password)@\(host):3306/app"
        case .mongodb: "mongodb://app:\(password)@\(host):27017/app?authSource=admin"
        case .redis, .valkey: "redis://\(host):6379/0"
        case .rabbitmq: "amqp://app:\(password)@\(host):5672/"
        case .memcached: "\(host):11211"
        case .elasticsearch: "http://\(host):9200"
        case .meilisearch: "http://\(host):7700"
        case .sqlite, .s3, .external: ""
        }
    }
}
