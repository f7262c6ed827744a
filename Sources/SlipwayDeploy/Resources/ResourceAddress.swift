// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Where a resource that Slipway runs is reached, in every spelling that code asks for.
package struct ResourceAddress: Equatable, Sendable {
    package let kind: Resource.Kind
    package let port: UInt16
    package let user: String
    package let password: Secret?
    package let database: String

    package init(_ kind: Resource.Kind, port: UInt16, user: String = "", password: Secret? = nil, database: String = "")
    {
        self.kind = kind
        self.port = port
        self.user = user
        self.password = password
        self.database = database
    }

    /// `postgresql://user:password@127.0.0.1:5432/database`; contains the password.
    package var url: String { url(scheme: isPostgres ? "postgresql" : "redis") }

    /// The name most code reads the address from.
    package var usualVariable: String { isPostgres ? "DATABASE_URL" : "REDIS_URL" }

    /// The value for a variable, or `nil` when the variable is about something else.
    /// - Parameters:
    ///   - default: The code's default; its scheme is kept, because it names the driver (`postgresql+asyncpg`).
    ///   - isResourceVariable: Whether detection says that this variable holds the address.
    package func value(of name: String, default: String?, isResourceVariable: Bool) -> String? {
        let upper = name.uppercased()
        if isResourceVariable || urlNames.contains(upper) {
            let scheme = `default`.flatMap { text in text.firstRange(of: "://").map { text[..<$0.lowerBound] } }
            guard let scheme, scheme.hasPrefix(isPostgres ? "postgres" : "redis") else { return url }
            return url(scheme: String(scheme))
        }
        for prefix in prefixes where upper.hasPrefix(prefix) {
            switch upper.dropFirst(prefix.count) {
            case "HOST", "SERVER", "HOSTNAME": return "127.0.0.1"
            case "PORT": return "\(port)"
            case "USER",
                "USERNAME" where isPostgres:
                return user
            case "PASSWORD", "PASS",
                "PASSWD" where isPostgres:
                return password?.reveal()
            case "DB", "NAME", "DATABASE",
                "DBNAME" where isPostgres:
                return database
            default: continue
            }
        }
        return nil
    }

    private var isPostgres: Bool { kind == .postgres }

    private var urlNames: Set<String> {
        isPostgres
            ? [
                "DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_URI", "POSTGRES_URL", "POSTGRES_URI", "POSTGRESQL_URL",
                "PG_URL", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_DATABASE_URL",
            ] : ["REDIS_URL", "REDIS_URI", "VALKEY_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "BROKER_URL"]
    }

    private var prefixes: [String] {
        isPostgres ? ["PG", "POSTGRES_", "POSTGRESQL_", "DB_", "DATABASE_"] : ["REDIS_", "VALKEY_"]
    }

    private func url(scheme: String) -> String {
        guard isPostgres else { return "\(scheme)://127.0.0.1:\(port)/0" }
        // Generated passwords are hexadecimal and names are plain, so nothing needs percent-encoding.
        let credentials = password.map { "\(user):\($0.reveal())@" } ?? ""
        return "\(scheme)://\(credentials)127.0.0.1:\(port)/\(database)"
    }
}
