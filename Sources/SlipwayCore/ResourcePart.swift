// SPDX-License-Identifier: Apache-2.0

/// One part of a database's address that code reads under a name of its own: `POSTGRES_HOST`, `DB_PORT`, `REDIS_HOST`.
package enum ResourcePart: String, Equatable, Sendable {
    case host, port, user, password, database
    /// Which kind of server it is, in Laravel's words.
    case driver
    /// The same in the words of Active Record.
    case adapter
    /// The same in the words of Django.
    case engine

    /// - Returns: `nil` when the name is no part of such a server's address.
    package init?(_ name: String, of kind: Resource.Kind) {
        // `db.host` of nested settings.
        let name = name.replacing("__", with: "_")
        let hasAccount = [.postgres, .mysql, .mariadb, .mongodb, .rabbitmq].contains(kind)
        for prefix in Self.prefixes(of: kind) where name.hasPrefix(prefix) {
            switch name.dropFirst(prefix.count) {
            case "HOST", "SERVER", "HOSTNAME", "ADDR": self = .host
            case "PORT": self = .port
            case "USER", "USERNAME": self = .user
            case "PASSWORD", "PASS", "PASSWD": self = .password
            case "DB", "NAME", "DATABASE", "DBNAME": self = .database
            default: continue
            }
            if hasAccount || self == .host || self == .port { return }
        }
        return nil
    }

    /// What Laravel calls the server (laravel.com/docs/database#configuration); `nil` where it has no word.
    package static func driver(of kind: Resource.Kind) -> String? {
        switch kind {
        case .postgres: "pgsql"
        case .mysql: "mysql"
        case .mariadb: "mariadb"
        default: nil
        }
    }

    /// What Active Record calls the server (guides.rubyonrails.org/configuring.html#configuring-a-database).
    package static func adapter(of kind: Resource.Kind) -> String? {
        switch kind {
        case .postgres: "postgresql"
        case .mysql, .mariadb: "mysql2"
        default: nil
        }
    }

    /// What Django calls the server (docs.djangoproject.com/en/stable/ref/settings/#engine).
    package static func engine(of kind: Resource.Kind) -> String? {
        switch kind {
        case .postgres: "django.db.backends.postgresql"
        case .mysql, .mariadb: "django.db.backends.mysql"
        case .sqlite: "django.db.backends.sqlite3"
        default: nil
        }
    }

    private static func prefixes(of kind: Resource.Kind) -> [String] {
        switch kind {
        case .postgres: ["PG", "POSTGRES_", "POSTGRESQL_", "DB_", "DATABASE_"]
        case .mysql: ["MYSQL_", "DB_", "DATABASE_"]
        case .mariadb: ["MARIADB_", "MYSQL_", "DB_", "DATABASE_"]
        case .mongodb: ["MONGO_", "MONGODB_", "DB_", "DATABASE_"]
        case .redis: ["REDIS_"]
        case .valkey: ["VALKEY_", "REDIS_"]
        case .rabbitmq: ["RABBITMQ_"]
        case .memcached: ["MEMCACHED_"]
        case .elasticsearch: ["ELASTICSEARCH_", "ELASTIC_"]
        case .meilisearch: ["MEILI_", "MEILISEARCH_"]
        case .sqlite, .s3, .external: []
        }
    }
}

extension Variable {
    /// Which part of the address of such a server it holds: what the code does with it says more than its name.
    package func part(of kind: Resource.Kind) -> ResourcePart? {
        if server != nil, server != kind { return nil }
        return statedPart(of: kind) ?? ResourcePart(name.uppercased(), of: kind)
    }

    /// The same, where the code itself says it.
    package func statedPart(of kind: Resource.Kind) -> ResourcePart? {
        (server.map { $0 == kind } ?? [.postgres, .mysql, .mariadb].contains(kind)) ? part : nil
    }
}
