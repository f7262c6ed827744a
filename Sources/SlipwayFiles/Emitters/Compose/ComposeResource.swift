// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A resource as a service of a Compose file: its image, its data, how it is asked whether it is ready.
struct ComposeResource: Sendable {
    let resource: Resource
    /// As databases take it: letters, digits and underscores.
    let account: String

    init(_ resource: Resource, in layout: Layout) {
        self.resource = resource
        account = layout.name.swapping("-", with: "_")
    }

    /// What must be in the environment file; `nil` where there is no password.
    var passwordVariable: String? {
        switch resource.kind {
        case .postgres: "POSTGRES_PASSWORD"
        case .mysql: "MYSQL_PASSWORD"
        case .mariadb: "MARIADB_PASSWORD"
        case .mongodb: "MONGO_PASSWORD"
        case .rabbitmq: "RABBITMQ_PASSWORD"
        case .s3: "MINIO_ROOT_PASSWORD"
        default: nil
        }
    }

    /// Versions are the newest major that the vendor supports on the day of writing, where the repository states none.
    var image: String {
        let version = resource.version
        if let image = resource.image { return image }
        switch resource.kind {
        case .postgres: return "postgres:\(version ?? "17")-alpine"
        case .mysql: return "mysql:\(version ?? "8.4")"
        case .mariadb: return "mariadb:\(version ?? "11")"
        case .mongodb: return "mongo:\(version ?? "8")"
        case .redis: return "redis:\(version ?? "7")-alpine"
        case .valkey: return "valkey/valkey:\(version ?? "8")-alpine"
        case .rabbitmq: return "rabbitmq:\(version ?? "4")-alpine"
        case .s3: return "minio/minio:RELEASE.2025-04-22T22-12-26Z"
        case .elasticsearch: return "elasticsearch:\(version.map { $0.contains(".") ? $0 : $0 + ".17.0" } ?? "8.17.0")"
        case .meilisearch: return "getmeili/meilisearch:v\(version ?? "1.12")"
        case .memcached: return "memcached:\(version ?? "1")-alpine"
        default: return ""
        }
    }

    /// PostgreSQL's images from 18 on keep each version's data in a folder of its own below the volume
    /// (github.com/docker-library/postgres/pull/1259).
    var keepsVersionsApart: Bool {
        resource.kind == .postgres && (resource.version.flatMap { Int($0.prefix { $0.isNumber }) } ?? 17) >= 18
    }

    var dataFolder: String? {
        switch resource.kind {
        case .postgres:
            keepsVersionsApart ? "/var/lib/postgresql" : "/var/lib/postgresql/data"
        case .mysql, .mariadb: "/var/lib/mysql"
        case .mongodb: "/data/db"
        case .redis, .valkey, .s3: "/data"
        case .rabbitmq: "/var/lib/rabbitmq"
        case .meilisearch: "/meili_data"
        case .elasticsearch: "/usr/share/elasticsearch/data"
        default: nil
        }
    }

    var port: Int {
        switch resource.kind {
        case .postgres: 5432
        case .mysql, .mariadb: 3306
        case .mongodb: 27017
        case .redis, .valkey: 6379
        case .rabbitmq: 5672
        case .s3: 9000
        case .elasticsearch: 9200
        case .memcached: 11211
        case .meilisearch: 7700
        default: 0
        }
    }

    private func given(_ name: String) -> String { "${\(name):?set \(name) in the environment file}" }

    /// - Parameter secret: A secret's name, for images that read a password from a file.
    func environment(secret: String?) -> FileMap {
        let password = passwordVariable.map { FileValue.string(given($0)) }
        let name = FileValue.string(account)
        switch resource.kind {
        case .postgres:
            var map: FileMap = ["POSTGRES_DB": name, "POSTGRES_USER": name]
            if let secret {
                map.set("POSTGRES_PASSWORD_FILE", "/run/secrets/\(secret)")
            } else {
                map.set("POSTGRES_PASSWORD", password)
            }
            return map
        case .mysql, .mariadb:
            let prefix = resource.kind == .mysql ? "MYSQL" : "MARIADB"
            var map: FileMap = ["\(prefix)_DATABASE": name, "\(prefix)_USER": name]
            map.set("\(prefix)_PASSWORD", password)
            map.set("\(prefix)_RANDOM_ROOT_PASSWORD", "yes")
            return map
        case .mongodb:
            var map: FileMap = ["MONGO_INITDB_ROOT_USERNAME": name]
            map.set("MONGO_INITDB_ROOT_PASSWORD", password)
            return map
        case .rabbitmq:
            var map: FileMap = ["RABBITMQ_DEFAULT_USER": name]
            map.set("RABBITMQ_DEFAULT_PASS", password)
            return map
        case .s3:
            var map: FileMap = ["MINIO_ROOT_USER": name]
            map.set("MINIO_ROOT_PASSWORD", password)
            return map
        case .elasticsearch: return ["discovery.type": "single-node", "xpack.security.enabled": "false"]
        default: return [:]
        }
    }

    var command: [String]? {
        switch resource.kind {
        // Without the append-only file a restart forgets up to an hour (redis.io, persistence).
        case .redis: ["redis-server", "--appendonly", "yes"]
        case .valkey: ["valkey-server", "--appendonly", "yes"]
        case .s3: ["server", "/data"]
        default: nil
        }
    }

    /// Variables in it are the container's own.
    var health: [String] {
        switch resource.kind {
        // Over TCP: while the first start loads its data, only the socket answers.
        case .postgres: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $$POSTGRES_USER -d $$POSTGRES_DB"]
        case .mysql: ["CMD-SHELL", "MYSQL_PWD=$$MYSQL_PASSWORD mysqladmin ping -h 127.0.0.1 -u $$MYSQL_USER"]
        case .mariadb: ["CMD", "healthcheck.sh", "--connect", "--innodb_initialized"]
        case .mongodb: ["CMD", "mongosh", "--quiet", "--eval", "quit(db.adminCommand('ping').ok ? 0 : 1)"]
        case .redis: ["CMD", "redis-cli", "ping"]
        case .valkey: ["CMD", "valkey-cli", "ping"]
        case .rabbitmq: ["CMD", "rabbitmq-diagnostics", "-q", "check_running"]
        case .s3: ["CMD", "mc", "ready", "local"]
        case .elasticsearch: ["CMD-SHELL", "curl -fsS http://127.0.0.1:9200/_cluster/health"]
        case .meilisearch: ["CMD", "curl", "-fsS", "http://127.0.0.1:7700/health"]
        case .memcached: ["CMD-SHELL", "echo version | nc 127.0.0.1 11211"]
        default: ["NONE"]
        }
    }

    /// The address as the services of the Compose file reach it.
    /// - Parameters:
    ///   - variable: Which asks for it; its form and driver are kept.
    ///   - language: Of the service that reads it.
    func address(for variable: Variable, language: String?) -> String {
        let example = variable.addressExample
        guard ResourceImage(resource) != nil || resource.kind == .s3 else { return example ?? "" }
        let server = ServerAddress(
            resource.kind, host: resource.name, port: String(port), user: account,
            password: passwordVariable.map(given) ?? "", database: variable.database(beside: account))
        return server.text(as: AddressForm(resource.kind, like: example, language: language), like: example)
    }

    /// A part of the address as the services of the Compose file are given it.
    func text(of part: ResourcePart) -> String {
        switch part {
        case .host: resource.name
        case .port: String(port)
        case .user, .database: account
        case .password: passwordVariable.map(given) ?? ""
        case .driver: ResourcePart.driver(of: resource.kind) ?? ""
        case .adapter: ResourcePart.adapter(of: resource.kind) ?? ""
        case .engine: ResourcePart.engine(of: resource.kind) ?? ""
        }
    }
}
