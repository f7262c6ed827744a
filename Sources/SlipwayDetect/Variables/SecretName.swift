// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Tells from a variable's name, type and default whether its value must be hidden, and why.
enum SecretName {
    private static let words: [(word: String, reason: String)] = [
        ("PASSWORD", "a password by its name"), ("PASSWD", "a password by its name"),
        ("PASSPHRASE", "a password by its name"), ("PASS", "a password by its name"), ("PWD", "a password by its name"),
        ("SECRET", "a secret by its name"), ("SECRETS", "a secret by its name"),
        ("TOKEN", "a token by its name"), ("SALT", "a salt by its name"), ("PEPPER", "a salt by its name"),
        ("APIKEY", "an API key by its name"), ("CREDENTIALS", "credentials by their name"),
        ("CREDENTIAL", "credentials by their name"), ("DSN", "an address that can carry a password"),
    ]
    /// A key is a secret when one of these stands before it, or nothing but a service's name.
    private static let keyWords: Set<String> = [
        "API", "PRIVATE", "ACCESS", "ENCRYPTION", "SIGNING", "SERVICE", "ROLE", "MASTER", "AUTH", "SECRET", "LICENSE",
        "ADMIN", "APP", "HMAC", "JWT", "SSH", "DEPLOY", "ACCOUNT", "HASH", "COOKIE", "SESSION", "FERNET", "AES", "RSA",
        "BASE", "WEBHOOK", "SERVER", "STORAGE", "CRYPTO", "SSL", "TLS", "SENDGRID", "OPENAI", "STRIPE", "DATABASE",
    ]
    /// After one of these words the value describes a secret and is none.
    private static let harmlessEndings: Set<String> = [
        "URL", "URI", "ENDPOINT", "NAME", "LENGTH", "MINUTES", "SECONDS", "HOURS", "DAYS", "EXPIRE", "EXPIRES",
        "EXPIRY", "EXPIRATION", "TTL", "LIFETIME", "AGE", "TIMEOUT", "TYPE", "ALGORITHM", "PREFIX", "SUFFIX", "HEADER",
        "ISSUER", "AUDIENCE", "ENABLED", "DISABLED", "REQUIRED", "PATH", "FILE", "DIR", "COUNT", "LIMIT", "LIMITS",
        "MIN", "MAX", "SIZE", "ROUNDS", "VERSION", "FIELD", "COOKIE", "DOMAIN", "LOCATION", "ARN", "USERNAME",
        "POLICY", "STRENGTH", "RESET", "HINT", "MODE", "FORMAT", "PROVIDER", "REGION", "MS", "ADDRESS", "SYMBOL",
        "BROKER", "TABLE", "MESSAGE", "TEMPLATE", "BACKEND", "HASHER", "HASHERS", "CLASS", "STORE", "PROJECTION",
    ]
    private static let harmlessWords: Set<String> = [
        "PUBLIC", "PUBLISHABLE", "ANON", "MAX", "MIN", "NUM", "PASSTHROUGH", "BYPASS",
    ]
    private static let addresses = [
        "DATABASE_URL", "DB_URL", "REDIS_URL", "MONGO_URL", "MONGODB_URI", "MONGODB_URL", "MONGO_URI", "AMQP_URL",
        "RABBITMQ_URL", "BROKER_URL", "POSTGRES_URL", "MYSQL_URL", "CACHE_URL", "EMAIL_URL", "DIRECT_URL", "DB_URI",
        "DATABASE_URI", "RESULT_BACKEND", "CONNECTION_STRING", "POSTGRESQL_URL", "CELERY_BROKER", "REDIS_URI",
        "KV_URL", "SMTP_URL", "POSTGRES_PRISMA_URL", "POSTGRES_DSN", "DATABASE_DIRECT_URL", "SHADOW_DATABASE_URL",
    ]

    /// - Returns: The reason, or `nil` when the value may be shown.
    static func reason(_ name: String, kind: Variable.Kind?, default value: String?) -> String? {
        if kind == .boolean || kind == .integer || kind == .number || kind == .duration { return nil }
        if EnvironmentName.isPublic(name) { return nil }
        if let value, carriesPassword(value) { return "its default is an address with a password" }
        // Two underscores lead into a section: `SHOP__DATABASE__URL`.
        let whole = name.uppercased()
        let upper = whole.contains("__") ? whole.replacing("__", with: "_") : whole
        if addresses.contains(where: { upper == $0 || upper.hasSuffix("_" + $0) }) {
            return "an address that can carry a password"
        }
        let parts = upper.split(separator: "_").map(String.init)
        guard let last = parts.last, !harmlessEndings.contains(last), harmlessWords.isDisjoint(with: parts) else {
            return nil
        }
        for part in parts {
            if let match = words.first(where: { $0.word == part || (part.hasSuffix($0.word) && part.count > 8) }) {
                return match.reason
            }
        }
        guard last == "KEY" || last == "KEYS" || last == "KEYBASE" else {
            return parts.contains("KEY") && (last == "BASE" || last == "BASE64" || last == "JSON" || last == "ID")
                && parts.contains("PRIVATE") ? "a private key by its name" : nil
        }
        if parts.count == 1 { return nil }
        let before = parts.dropLast()
        if before.contains("PRIVATE") { return "a private key by its name" }
        return keyWords.isDisjoint(with: before) ? nil : "a key by its name"
    }

    /// Whether the text for browsers has a name that only a secret has.
    static func looksSecret(public name: String) -> Bool {
        guard let prefix = EnvironmentName.publicPrefixes.first(where: { name.hasPrefix($0) }) else { return false }
        let parts = name.dropFirst(prefix.count).split(separator: "_").map(String.init)
        guard let last = parts.last, !harmlessEndings.contains(last), harmlessWords.isDisjoint(with: parts) else {
            return false
        }
        return parts.contains { ["SECRET", "PASSWORD", "PRIVATE"].contains($0) }
            || parts.suffix(2) == ["SERVICE", "KEY"]
            || (parts.contains("SERVICE") && parts.contains("ROLE"))
    }

    /// `scheme://user:password@host`
    private static func carriesPassword(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        guard let colon = bytes.firstIndex(of: Byte.colon), bytes[colon...].starts(with: "://".utf8),
            let at = bytes[(colon + 3)...].firstIndex(of: Byte.at)
        else { return false }
        return bytes[(colon + 3)..<at].contains(Byte.colon) && !bytes[(colon + 3)..<at].contains(Byte.slash)
    }
}
