// SPDX-License-Identifier: Apache-2.0

/// Variables without which hardly any program works, told by their names: the address of the database, the key that
/// signs sessions, the address of the API in what browsers load.
///
/// Only asked about variables that code reads without a default and without ever looking whether they are there.
enum IndispensableName {
    private static let databaseAddresses = [
        "DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_URI", "DB_CONNECT", "DB_CONNECTION_STRING",
        "DATABASE_CONNECTION_STRING", "MONGO_URI", "MONGO_URL", "MONGODB_URI", "MONGODB_URL", "POSTGRES_URL",
        "POSTGRESQL_URL", "POSTGRES_DSN", "DATABASE_DSN", "MYSQL_URL", "CONNECTION_STRING",
    ]
    private static let databaseWords: Set<String> = [
        "DB", "DATABASE", "POSTGRES", "POSTGRESQL", "PG", "MYSQL", "MARIADB", "MONGO", "MONGODB",
    ]
    private static let databaseParts: Set<String> = [
        "HOST", "HOSTNAME", "SERVER", "USER", "USERNAME", "PASSWORD", "PASS", "NAME", "DB", "DBNAME", "DATABASE",
    ]
    private static let keys: Set<String> = [
        "SECRET_KEY", "SECRET_KEY_BASE", "JWT_SECRET", "JWT_SECRET_KEY", "JWT_KEY", "SESSION_SECRET", "SESSION_KEY",
        "AUTH_SECRET", "NEXTAUTH_SECRET", "BETTER_AUTH_SECRET", "COOKIE_SECRET", "TOKEN_SECRET", "APP_SECRET",
        "ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "ACCESS_SECRET", "REFRESH_SECRET", "TOKEN_KEY", "APP_KEY",
        "APP_SETTINGS", "JWT_PRIVATE_KEY", "JWT_PUBLIC_KEY", "JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET", "CSRF_TOKEN",
        "CSRF_SECRET",
        "ENCRYPTION_KEY", "SIGNING_KEY", "DJANGO_SECRET_KEY", "FLASK_SECRET_KEY", "APP_SECRET_KEY",
    ]

    private static let brokers: Set<String> = [
        "BROKER_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "REDIS_URL", "RABBITMQ_URL", "AMQP_URL",
    ]
    private static let keyEndings = [
        "_SECRET_KEY", "_JWT_SECRET", "_SIGNING_KEY", "_SESSION_SECRET", "_ENCRYPTION_KEY",
    ]

    // What reports, counts and watches beside the program: each of these does nothing without its key, and says so.
    private static let watchers: Set<String> = [
        "SENTRY", "BUGSNAG", "ROLLBAR", "HONEYBADGER", "DATADOG", "DD", "NEWRELIC", "LOGTAIL", "LOGROCKET", "POSTHOG",
        "MIXPANEL", "AMPLITUDE", "SEGMENT", "ANALYTICS", "GA", "GTM", "HOTJAR", "CLARITY", "PLAUSIBLE", "UMAMI",
        "TELEMETRY", "AIRBRAKE", "SCOUT", "APPSIGNAL", "SKYLIGHT", "MATOMO", "AXIOM", "HELICONE", "LANGFUSE",
        "LANGSMITH", "LANGCHAIN",
    ]

    /// Who answers questions; where a program knows several of them, one is chosen.
    private static let models: Set<String> = [
        "OPENAI", "ANTHROPIC", "CLAUDE", "GEMINI", "GOOGLE", "GROQ", "MISTRAL", "COHERE", "DEEPSEEK", "OPENROUTER",
        "TOGETHER", "PERPLEXITY", "XAI", "HUGGINGFACE", "HF", "REPLICATE", "FIREWORKS",
    ]

    /// Whether the variable belongs to something that watches the program from beside, or to one of several services
    /// that do the same.
    static func isAside(_ name: String, among names: Set<String>) -> Bool {
        let parts = name.uppercased().split(separator: "_").map(String.init)
        if !watchers.isDisjoint(with: parts) || name.uppercased().contains("NEW_RELIC") { return true }
        guard let model = parts.first, models.contains(model), isKey(parts) else { return false }
        return names.contains { other in
            let parts = other.split(separator: "_").map(String.init)
            return parts.first.map { $0 != model && models.contains($0) } == true && isKey(parts)
        }
    }

    private static func isKey(_ parts: [String]) -> Bool { ["KEY", "TOKEN"].contains(parts.last) }

    /// - Parameter names: All variables of the contract, in capitals: parts of an address are one of two ways where
    ///   the whole address can be given too.
    static func isNeeded(_ name: String, among names: Set<String>) -> Bool {
        let upper = name.uppercased()
        if keys.contains(upper) || brokers.contains(upper) || keyEndings.contains(where: upper.hasSuffix) {
            return true
        }
        if isDatabaseAddress(upper) { return !names.contains(where: isDatabaseHost) }
        let parts = upper.split(separator: "_").map(String.init)
        if parts.count == 2, databaseWords.contains(parts[0]), databaseParts.contains(parts[1]) {
            return !names.contains(where: isDatabaseAddress)
        }
        guard EnvironmentName.isBaked(name) else { return false }
        let isOwnServer = ["API", "BACKEND", "SERVER"].contains(where: parts.contains)
        if parts.dropFirst() == ["BASE", "URL"] || parts.dropFirst() == ["BACKEND", "API"] { return true }
        return isOwnServer && ["URL", "URI", "BASE", "ENDPOINT", "HOST", "ORIGIN"].contains(where: parts.contains)
    }

    private static func isDatabaseHost(_ upper: String) -> Bool {
        upper.hasSuffix("_HOST") && databaseWords.contains(String(upper.dropLast(5)))
    }

    private static func isDatabaseAddress(_ upper: String) -> Bool {
        databaseAddresses.contains { upper == $0 || upper.hasSuffix("_" + $0) }
    }
}
