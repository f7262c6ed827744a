// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Tells secrets by their names, and values that everybody knows.
enum SecretText {
    private static let words = [
        "PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "PRIVATE_KEY", "MASTER_KEY", "ACCESS_KEY",
        "ENCRYPTION_KEY", "SIGNING_KEY", "KEY_BASE", "APP_KEY", "JWT_KEY", "ENC_KEY", "ADMIN_KEY", "SERVICE_ROLE_KEY",
        "MEILISEARCH_KEY", "MEILI_KEY", "INVITE_CODE", "INVITATION_CODE", "ADMIN_CODE", "REGISTRATION_CODE",
        "SIGNUP_CODE", "PASSCODE",
    ]
    /// The word for a password in other languages of programmers.
    private static let translations: Set<Substring> = [
        "SENHA", "CONTRASENA", "CLAVE", "PASSWORT", "KENNWORT", "MOTDEPASSE", "MDP", "PAROL", "PAROLA", "SIFRE",
        "HASLO",
    ]
    /// After these the value describes a secret and is none.
    private static let harmless: Set<Substring> = [
        "FILE", "PATH", "URL", "URI", "EXPIRES", "EXPIRE", "EXPIRY", "EXPIRATION", "TTL", "MINUTES", "SECONDS", "HOURS",
        "DAYS", "LENGTH", "ALGORITHM", "ALG", "TYPE", "NAME", "HEADER", "ISSUER", "AUDIENCE", "ENABLED", "REQUIRED",
        "PREFIX", "ROUNDS", "ID", "REGION", "IN", "HOST", "PORT", "PUBLIC", "RESET", "MIN", "MAX", "POLICY", "LIFETIME",
        "AGE", "DURATION", "TIMEOUT", "HASH", "HASHER", "HASHERS", "VALIDATORS", "BACKEND", "FIELD", "FORM", "TEMPLATE",
        "SCHEME", "KEYWORD", "CLASS", "PLACEHOLDER", "LABEL", "MESSAGE", "ERROR", "MIXED", "ENDPOINT", "METHOD",
        "BROKER", "TABLE", "LOCATION", "STRATEGY", "COOKIE", "AUTHENTICATION", "AUTH", "SIZE", "LIMIT",
    ]
    private static let counts: Set<Substring> = [
        "MAX", "MIN", "NUM", "TOTAL", "INPUT", "OUTPUT", "CONTEXT", "COMPLETION",
    ]
    /// What people type when they mean to change it later.
    private static let known: Set<String> = [
        "password", "passwd", "pass", "secret", "admin", "root", "test", "changeme", "change_me", "change-me",
        "changethis", "change-this", "example", "default", "qwerty", "letmein", "12345", "123456", "1234", "12345678",
        "postgres", "mysql", "redis", "mongo", "rabbitmq", "guest", "user", "app", "dev", "development", "secretkey",
        "secret-key", "secret_key", "mysecret", "supersecret", "super-secret", "notsecretkey", "thisisasamplesecret",
        "minioadmin", "minio", "minio123", "toor", "pwd", "mypassword", "my_password", "my_secret_key", "password1",
        "password123", "admin123", "your-secret-key", "your_secret_key", "abc123", "docker", "db", "key", "token",
    ]

    /// Whether the name is one that only secrets have.
    static func isSecret(name: String) -> Bool {
        let upper = name.uppercased()
        let parts = upper.split(separator: "_")
        // Whoever knows Erlang's cookie runs code on the node (erlang.org/doc/system/distributed).
        if upper == "RELEASE_COOKIE" || upper == "ERLANG_COOKIE" { return true }
        guard !harmless.contains(parts.last ?? upper[...]), !upper.contains("PUBLIC"), !upper.contains("ALLOW_EMPTY"),
            !upper.contains("RANDOM"),
            !upper.contains("COOKIE") || upper.hasSuffix("SECRET"), !upper.hasPrefix("ENV_"),
            !upper.contains("PUBLISHABLE")
        else { return false }
        // MAX_TOKENS counts what a model reads and writes.
        if parts.last == "TOKENS", parts.contains(where: counts.contains) { return false }
        if words.contains(where: { upper.contains($0) }) { return true }
        return parts.contains { $0 == "PASS" || $0 == "PWD" || $0 == "SALT" || translations.contains($0) }
    }

    /// Whether whoever knows the value can make sessions and tokens himself.
    static func signs(_ name: String) -> Bool {
        let upper = name.uppercased()
        return [
            "JWT", "SECRET_KEY", "SESSION", "COOKIE", "SIGNING", "KEY_BASE", "APP_KEY", "AUTH_SECRET", "TOKEN_SECRET",
        ]
        .contains(where: upper.contains) || upper.hasSuffix("APP_SECRET")
    }

    /// Whether the value says that another one is to take its place: `CHANGE_ME`, `your-token`.
    static func isStandIn(_ value: String) -> Bool {
        let lower = value.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
        return ["changeme", "changethis", "replaceme", "replacewith"].contains(where: lower.contains)
            || lower.hasPrefix("your")
    }

    /// Whether somebody else's service asks for it: what stands in for its value does not work there.
    static func isForeign(_ name: String) -> Bool {
        let upper = name.uppercased()
        return !signs(upper)
            && [
                "SMTP", "MAIL", "ACCESS_TOKEN", "API_KEY", "API_TOKEN", "WEBHOOK", "STRIPE", "TWILIO", "OPENAI",
                "CLIENT_SECRET",
            ]
            .contains(where: upper.contains)
    }

    /// Whether everybody tries this value first: a known word, or the account's own name.
    static func isKnown(_ value: String) -> Bool {
        let lower = value.lowercased()
        return known.contains(lower) || lower.hasPrefix("changeme") || lower.hasPrefix("change_me")
            || lower.hasPrefix("change-me") || lower.hasPrefix("changethis") || lower.hasPrefix("your-")
            || lower.hasPrefix("your_") || lower.contains("insecure") || lower.contains("replace")
            || (lower.contains("change") && lower.contains("production"))
    }

    /// Whether the value only stands for one.
    static func isPlaceholder(_ value: String) -> Bool {
        let lower = value.lowercased()
        return value.isEmpty || value.hasPrefix("<") || value.hasPrefix("{") || value.hasPrefix("[")
            // Says itself that it opens nothing: `only-for-tests`, `test-secret`.
            || lower.split(whereSeparator: { !$0.isLetter }).contains { $0 == "test" || $0 == "tests" }
            // Zeros in Base64.
            || lower.hasPrefix("base64:aaaaaaaa")
            || lower.allSatisfy { $0 == "x" || $0 == "." || $0 == "*" } || lower.hasPrefix("xxx")
    }

    /// The password of `scheme://user:password@host`, when it is written out.
    static func password(inAddress value: String) -> String? {
        guard let scheme = TextSearch.range(of: "://", in: value[...]) else { return nil }
        let rest = value[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != " " }
        guard let at = rest.lastIndex(of: "@") else { return nil }
        let account = rest[..<at]
        guard let colon = account.firstIndex(of: ":") else { return nil }
        let password = String(account[account.index(after: colon)...])
        guard !password.isEmpty, !password.contains("$"), !isPlaceholder(password) else { return nil }
        return password
    }
}

extension Rule<CheckedFile<ComposeFile>> {
    /// Whoever reads the repository knows the password.
    static let constantPassword = Rule(
        "CO017", .warning, "a password stands in the file",
        why: "Whoever reads the repository knows the password, and every deployment has the same one.",
        catches: [
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: postgres\n",
            "services:\n  web:\n    image: web:1\n    environment:\n      - SECRET_KEY=a8f3c1\n",
            "services:\n  web:\n    image: web:1\n    environment:\n      DATABASE_URL: postgres://app:app@db/app\n",
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?}\n",
            "services:\n  web:\n    image: web:1\n    environment:\n      DATABASE_URL: postgres://a:${PASS:?}@db/app\n",
            "services:\n  web:\n    image: web:1\n    environment:\n      SECRET_KEY_FILE: /run/secrets/key\n",
        ]
    ) { file in
        rawVariables(of: file).compactMap { service, variable in
            guard let value = variable.value, !value.isEmpty else { return nil }
            let isAddress = SecretText.password(inAddress: value) != nil
            let isConstant =
                SecretText.isSecret(name: variable.name) && Interpolation.references(in: value).isEmpty
                && !SecretText.isPlaceholder(value) && !["true", "false", "yes", "no", "0", "1"].contains(value)
            guard isAddress || isConstant else { return nil }
            let secret = SecretText.password(inAddress: value) ?? value
            let isPublic = file.services.first { $0.name == service }?.ports.contains { $0.published != nil } == true
            // An image that takes the official one's variables is one of its kind.
            let isStore =
                file[service].flatMap { file.known($0) }?.isStore == true
                || ["POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"].contains(variable.name)
                    && file[service]?.build == nil
            let isOpen = isPublic && isStore && SecretText.isKnown(secret) && !file.isForDevelopment
            return Violation(
                line: variable.line, column: variable.position.column,
                isAddress
                    ? "\(variable.name) carries a password; write it as ${PASSWORD:?} and give PASSWORD in .env"
                    : "\(variable.name) \(isOpen ? "is one that everybody tries, and the port is published" : "stands in the file")"
                        + "; write: ${\(variable.name):?} and give it in .env",
                severity: isOpen ? .error : file.isForDevelopment ? .info : .warning)
        }
    }

    /// A default in the text is a password in the file.
    static let defaultPassword = Rule(
        "CO018", .warning, "a secret has a default in the file",
        why: "When nobody sets the variable, the deployment runs with a password that everybody can read.",
        catches: [
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-secret}\n",
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASS:-${DB_PASSWORD:-secret}}\n",
        ],
        passes: [
            "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?}\n",
            "services:\n  web:\n    image: web:1\n    environment:\n      API_TOKEN: ${API_TOKEN:-}\n",
            "services:\n  web:\n    image: web:1\n    environment:\n      API_TOKEN: ${API_TOKEN:-${OTHER_TOKEN:?}}\n",
        ]
    ) { file in
        var seen: Set<String> = []
        return file.references.compactMap { use in
            let reference = use.reference
            guard reference.hasDefault, SecretText.isSecret(name: reference.name), let value = reference.operand else {
                return nil
            }
            if value.isEmpty, isSigningKey(reference.name), seen.insert("\(reference.name):\(use.line)").inserted {
                return Violation(
                    line: use.line, "\(reference.name) is empty when nobody sets it; write: ${\(reference.name):?}",
                    severity: file.isForDevelopment ? .info : .warning)
            }
            // ${DB_PASS:-${DB_PASSWORD:-secret}}
            let inner = Interpolation.references(in: value).last
            let last = inner.map { $0.hasDefault ? $0.operand ?? "" : "" } ?? value
            guard
                !SecretText.isPlaceholder(last), Interpolation.references(in: last).isEmpty,
                !["true", "false"].contains(last), seen.insert("\(reference.name):\(use.line)").inserted
            else { return nil }
            return Violation(
                line: use.line,
                "\(reference.name) has a default that everybody can read; write: ${\(reference.name):?}",
                severity: file.isForDevelopment ? .info : .warning)
        }
    }

    /// Without a value anybody can sign what the application believes.
    private static func isSigningKey(_ name: String) -> Bool {
        ["JWT_SECRET", "SIGNING_SECRET", "SIGNING_KEY", "SESSION_SECRET", "SECRET_KEY", "SECRET_KEY_BASE"].contains {
            name == $0
                || name.hasSuffix("_" + $0) && !name.contains("AWS") && !name.contains("ACCESS")
                    && !name.contains("STRIPE")
        }
    }

    /// Compose puts nothing there and goes on.
    static let missingValue = Rule(
        "CO019", .info, "a variable may be empty",
        why: "When a variable is not set, Compose warns, puts an empty text there and goes on: an empty password, host "
            + "or token reaches the container.",
        catches: [
            "services:\n  web:\n    image: web:1\n    environment:\n      SECRET_KEY: ${SECRET_KEY}\n",
            "services:\n  web:\n    image: web:1\n    environment:\n      REGION: ${REGION}\n",
            "services:\n  web:\n    image: web:1\n    ports:\n      - \"${WEB_PORT}:${WEB_PORT}\"\n",
        ],
        passes: [
            "services:\n  web:\n    image: web:1\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?}\n",
            [
                "compose.yml": "services:\n  web:\n    image: web:1\n    environment:\n      REGION: ${REGION}\n",
                ".env": "REGION=eu\n",
            ],
        ]
    ) { file in
        let given = file.givenByDotenv
        var seen: Set<String> = []
        return file.references.compactMap { use in
            let name = use.reference.name
            guard use.reference.operator == nil, !given.contains(name), !ComposeVariables.areSet.contains(name),
                seen.insert(name).inserted
            else { return nil }
            let isSecret = SecretText.isSecret(name: name)
            if endsMapping(name, at: use.line, of: file) {
                return Violation(
                    line: use.line,
                    "\(name) is empty when nobody sets it, and Compose then refuses the whole file, because nothing stands "
                        + "behind the colon; write: ${\(name):?} or ${\(name):-DEFAULT}",
                    severity: file.isForDevelopment ? .info : .warning)
            }
            return Violation(
                line: use.line,
                "\(name) is empty when nobody sets it; write: ${\(name):\(isSecret ? "?" : "?} or ${\(name):-DEFAULT")}",
                severity: isSecret && !file.isForDevelopment ? .warning : .info)
        }
    }

    /// `- "${PORT}:${PORT}"`: the container's part of a port or a mount.
    private static func endsMapping(_ name: String, at line: Int, of file: CheckedFile<ComposeFile>) -> Bool {
        guard file.textLines.indices.contains(line - 1) else { return false }
        let text = file.textLines[line - 1].trimmed
        guard text.hasPrefix("- "), !text.contains("=") else { return false }
        let item = text.dropFirst(2).filter { $0 != "\"" && $0 != "'" && $0 != " " }
        return [":${\(name)}", ":$\(name)", ":${\(name)}/tcp", ":${\(name)}/udp"].contains(where: item.hasSuffix)
    }

    /// The environment as written, references kept.
    private static func rawVariables(of file: CheckedFile<ComposeFile>) -> [(String, PlacedVariable)] {
        (file.root?["services"]?.mapping?.entries ?? []).flatMap { entry in
            ComposeService(entry.key, at: entry.position, entry.value).environment.map { (entry.key, $0) }
        }
    }
}

/// Names that the shell or Compose itself sets.
enum ComposeVariables {
    static let areSet: Set<String> = [
        "PWD", "HOME", "USER", "UID", "GID", "PATH", "HOSTNAME", "COMPOSE_PROJECT_NAME", "SHELL", "LOGNAME",
    ]
}
