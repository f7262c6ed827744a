// SPDX-License-Identifier: Apache-2.0

/// Where a database, cache or queue is reached, and by which account.
package struct ServerAddress: Sendable {
    package let kind: Resource.Kind
    package let host: String
    package let port: String
    /// Empty where the server has no accounts.
    package let user: String
    package let password: String
    package let database: String

    package init(
        _ kind: Resource.Kind, host: String, port: String, user: String = "", password: String = "",
        database: String = ""
    ) {
        self.kind = kind
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
    }

    private var place: String { "\(host):\(port)" }
    private var account: String { user.isEmpty ? "" : password.isEmpty ? "\(user)@" : "\(user):\(password)@" }

    /// The address as code wants to read it. Parts are put in as they are, so they need no escaping in any form.
    /// - Parameter example: An address as the code reads it; what it says after `?` is kept.
    package func text(as form: AddressForm, like example: String? = nil) -> String {
        let query = example.flatMap { AddressForm.query(of: $0, for: kind) }
        return switch form {
        case .place: place
        case .url(let scheme): url(scheme) + (query.map { "?\($0)" } ?? "")
        case .jdbc(let scheme):
            // The account as parameters: it is the form that every driver takes without settings beside it.
            "jdbc:\(scheme)://\(place)/\(database)?user=\(user)&password=\(password)" + (query.map { "&\($0)" } ?? "")
        case .goMySQL: "\(user):\(password)@tcp(\(place))/\(database)?parseTime=true"
        case .keyValues:
            kind == .postgres
                ? "Host=\(host);Port=\(port);Database=\(database);Username=\(user);Password=\(password)"
                : "Server=\(host);Port=\(port);Database=\(database);User=\(user);Password=\(password)"
        }
    }

    private func url(_ scheme: String) -> String {
        switch kind {
        case .postgres, .mysql, .mariadb: "\(scheme)://\(account)\(place)/\(database)"
        case .mongodb: "\(scheme)://\(account)\(place)/\(database)?authSource=admin"
        case .redis, .valkey: "\(scheme)://\(place)/0"
        // The virtual host is called `/`.
        case .rabbitmq: "\(scheme)://\(account)\(place)//"
        default: "\(scheme)://\(place)"
        }
    }
}

/// How code wants to be told where a server is.
package enum AddressForm: Equatable, Sendable {
    case url(scheme: String)
    /// `jdbc:postgresql://…` (jdbc.postgresql.org/documentation/use, dev.mysql.com/doc/connector-j).
    case jdbc(scheme: String)
    /// `user:password@tcp(host:port)/database` (github.com/go-sql-driver/mysql, DSN).
    case goMySQL
    /// `Host=…;Database=…` (npgsql.org/doc/connection-string-parameters, mysqlconnector.net/connection-options).
    case keyValues
    /// `host:port`
    case place

    /// What stands behind the scheme and the account of an address: `db:5432` of
    /// `postgres://user:password@db:5432/name`; `nil` without a scheme.
    package static func server(of address: some StringProtocol) -> Substring? {
        let text = Substring(address)
        guard let mark = text.firstRange(of: "://") else { return nil }
        let server = text[mark.upperBound...].prefix { $0 != "/" && $0 != "?" }
        return server.lastIndex(of: "@").map { server[server.index(after: $0)...] } ?? server
    }

    /// - Parameters:
    ///   - code: The code's own default, which shows the form and names the driver: `postgresql+asyncpg://…`.
    ///   - language: Of the service, in which a form is usual.
    package init(_ kind: Resource.Kind, like code: String?, language: String?) {
        let stated = code.flatMap(Self.scheme)
        let isSQL = [.postgres, .mysql, .mariadb].contains(kind)
        let usual = Self.scheme(of: kind)
        switch language {
        case "java", "kotlin", "scala":
            if isSQL, stated == nil || stated?.hasPrefix("jdbc:") == true {
                let driver = stated.map { String($0.dropFirst("jdbc:".count)) }
                self = .jdbc(scheme: driver.flatMap { Self.isDriver($0, of: kind) ? $0 : nil } ?? usual ?? "")
                return
            }
        case "go" where kind == .mysql || kind == .mariadb:
            if stated == nil || code?.contains("@tcp(") == true {
                self = .goMySQL
                return
            }
        case "ruby" where (kind == .mysql || kind == .mariadb) && stated == nil:
            // The name of Active Record's adapter.
            self = .url(scheme: "mysql2")
            return
        case "csharp", "fsharp":
            if isSQL, stated == nil {
                self = .keyValues
                return
            }
            // StackExchange.Redis reads no URL (stackexchange.github.io/StackExchange.Redis/Configuration).
            if [.redis, .valkey].contains(kind), stated == nil {
                self = .place
                return
            }
        default: break
        }
        guard let usual else {
            self = .place
            return
        }
        self = .url(scheme: stated.flatMap { Self.isDriver($0, of: kind) ? $0 : nil } ?? usual)
    }

    /// Whether what a platform calls the connection string is the form already.
    package var isConnectionString: Bool {
        if case .url = self { return true }
        return false
    }

    /// What stands before `://`; `nil` in what is no address.
    package static func scheme(of text: String) -> String? {
        text.firstRange(of: "://").map { String(text[..<$0.lowerBound]) }
    }

    /// What stands behind `?`, as far as it says how to speak to a server of one's own in SQL: not who asks, and nothing
    /// of certificates, which such a server has none of.
    package static func query(of text: String, for kind: Resource.Kind) -> String? {
        guard [.postgres, .mysql, .mariadb].contains(kind), let stated = Self.query(of: text) else {
            return nil
        }
        let words: [String] = stated.split(separator: "&").map { String($0) }
        let parts = words.compactMap { part -> String? in
            let name = part.prefix { $0 != "=" }.lowercased()
            if name == "sslmode" {
                let isWilling = ["sslmode=allow", "sslmode=prefer"].contains(part.lowercased())
                return isWilling ? part : "sslmode=disable"
            }
            let isPlain = part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_=.-".contains($0)) }
            let isAside = ["ssl", "tls", "user", "pass", "host", "port"].contains { name.hasPrefix($0) }
            return isPlain && !isAside && part.contains("=") ? part : nil
        }
        return parts.isEmpty ? nil : parts.joined(separator: "&")
    }

    /// What stands behind the first `?` of an address.
    package static func query(of text: String) -> String? {
        guard let mark = text.firstIndex(of: "?") else { return nil }
        let query = text[text.index(after: mark)...]
        return query.isEmpty ? nil : String(query)
    }

    /// Whether an address is one of a server of this kind.
    package static func isAddress(_ text: String, of kind: Resource.Kind) -> Bool {
        guard let scheme = scheme(of: text) else { return false }
        return isDriver(scheme.hasPrefix("jdbc:") ? String(scheme.dropFirst("jdbc:".count)) : scheme, of: kind)
            && scheme != "http"
    }

    /// Whether a scheme is one of the kind's: `postgres`, `postgresql+asyncpg`, `mysql+pymysql`, `rediss`.
    private static func isDriver(_ scheme: String, of kind: Resource.Kind) -> Bool {
        switch kind {
        case .postgres: scheme.hasPrefix("postgres")
        case .mysql, .mariadb: scheme.hasPrefix("mysql") || scheme.hasPrefix("mariadb")
        case .mongodb: scheme == "mongodb"
        case .redis, .valkey: scheme == "redis" || scheme == "valkey"
        case .rabbitmq: scheme == "amqp"
        case .elasticsearch, .meilisearch, .s3: scheme == "http"
        default: false
        }
    }

    /// `nil` where no URL is usual.
    private static func scheme(of kind: Resource.Kind) -> String? {
        switch kind {
        case .postgres: "postgresql"
        case .mysql, .mariadb: "mysql"
        case .mongodb: "mongodb"
        case .redis, .valkey: "redis"
        case .rabbitmq: "amqp"
        case .elasticsearch, .meilisearch, .s3: "http"
        case .memcached, .sqlite, .external: nil
        }
    }
}

/// What code usually calls the whole address of a server.
package enum AddressName {
    private static let endings = ["_URL", "_URI", "_DSN", "_CONNECTION_STRING", "_CONNECTIONSTRING", "_CONN_STRING"]

    /// Whether the name is the usual one for servers of this kind.
    package static func isUsual(_ name: String, for kind: Resource.Kind) -> Bool {
        let upper = name.uppercased()
        // .NET's section of the configuration: the name inside it is the programmer's own.
        for section in ["CONNECTIONSTRINGS__", "CONNECTIONSTRINGS:"] where upper.hasPrefix(section) {
            let isCache = upper.hasSuffix("REDIS") || upper.hasSuffix("CACHE")
            return [.redis, .valkey].contains(kind) ? isCache : isSQL(kind) && !isCache
        }
        // `database.url` of nested settings (docs.pydantic.dev/latest/concepts/pydantic_settings, nested variables).
        let flat = upper.replacing("__", with: "_")
        if isQueue(upper) { return kind == .rabbitmq ? !upper.hasSuffix("BACKEND") : [.redis, .valkey].contains(kind) }
        guard let ending = endings.first(where: flat.hasSuffix) else { return false }
        // Nuxt puts its own name before every key of runtimeConfig (nuxt.com/docs/guide/going-further/runtime-config).
        let stem = flat.dropLast(ending.count)
        return stems(of: kind).contains(String(stem.hasPrefix("NUXT_") ? stem.dropFirst(5) : stem))
    }

    /// Whether the name is Celery's for where tasks or their results wait; several servers can be that.
    package static func isQueue(_ name: String) -> Bool {
        ["CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "BROKER_URL", "RESULT_BACKEND"].contains(name.uppercased())
    }

    private static func isSQL(_ kind: Resource.Kind) -> Bool { [.postgres, .mysql, .mariadb].contains(kind) }

    private static let anySQL = [
        "DATABASE", "DB", "SQLALCHEMY_DATABASE", "JDBC", "JDBC_DATABASE", "DATASOURCE", "SPRING_DATASOURCE",
        "QUARKUS_DATASOURCE_JDBC",
    ]

    private static func stems(of kind: Resource.Kind) -> Set<String> {
        switch kind {
        case .postgres: Set(anySQL + ["POSTGRES", "POSTGRESQL", "PG"])
        case .mysql: Set(anySQL + ["MYSQL"])
        case .mariadb: Set(anySQL + ["MARIADB", "MYSQL"])
        case .mongodb: ["DATABASE", "DB", "MONGO", "MONGODB", "SPRING_DATA_MONGODB"]
        case .redis: ["REDIS", "SPRING_DATA_REDIS"]
        case .valkey: ["VALKEY", "REDIS"]
        case .rabbitmq: ["RABBITMQ", "RABBIT", "RMQ", "AMQP", "CLOUDAMQP"]
        case .elasticsearch: ["ELASTICSEARCH", "ELASTIC"]
        case .meilisearch: ["MEILI", "MEILISEARCH"]
        case .memcached, .sqlite, .s3, .external: []
        }
    }
}
