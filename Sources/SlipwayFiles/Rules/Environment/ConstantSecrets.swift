// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Every installation signs with the same key.
    static let constantSecret = Rule(
        "EN221", .warning, "a secret is a constant of the code",
        why: "Whoever can read the code can sign sessions and tokens of every installation; and it cannot be changed "
            + "without a release.",
        catches: [
            ["app/config.py": "class Config:\n    SECRET_KEY = \"secretkey\"\n"],
            ["src/main/resources/application.properties": "jwt.secret=p9oYctIKnumYOy5fR\n"],
            [
                "src/main/resources/application.yml":
                    "spring:\n  mail:\n    password: oohscbwwtcvobbda  # from the provider\n"
            ],
            ["src/config.js": "module.exports = { secret: process.env.JWT_SECRET || 'dev-secret' }\n"],
            ["settings.py": "SECRET_KEY = os.environ.get('SECRET_KEY', 'django-insecure-abc')\n"],
            ["settings.py": "SECRET_KEY = os.getenv(\n    'SECRET_KEY',\n    'django-insecure-abc'\n)\n"],
            ["app/core/security.py": "SECRET_KEY = \"secret\"\nALGORITHM = \"HS256\"\n"],
            ["src/graph.ts": "const auth = basic('neo4j', process.env.NEO4J_PASS || 'threads123')\n"],
            ["src/graph.ts": "const pass = process.env.DB_PASS || process.env.DB_PASSWORD || 'swordfish'\n"],
            ["src/index.ts": "const adminPassword = env.ADMIN_PASSWORD || 'Admin123!';\n"],
            ["shop/views.py": "CRON_SECRET_KEY = config(\"CRON_SECRET_KEY\", \"insecure-cron-key\")\n"],
            ["app/tokens.py": "jwt.encode(payload, os.getenv(\"JWT_SECRET\", \"swordfish\"))\n"],
            ["cmd/main.go": "Password: getEnvOrConfig(file.Password, \"DB_PASSWORD\", \"shop_pass\"),\n"],
            ["cmd/main.go": "var key = env.GetString(\"JWT_SECRET\", \"01234567890123456789\")\n"],
            ["app/mail.py": "import os\nMAIL_PASSWORD = os.getenv('MAIL_PASSWORD', 'swordfish')\n"],
            ["cmd/main.go": "key := os.Getenv(\"JWT_SECRET\")\nif key == \"\" {\n\tkey = \"Template\"\n}\n"],
            ["config.py": "SECRET_KEY = os.environ.get('SECRET_KEY') or 'not-changed-yet'\n"],
            ["cmd/main.go": "secret := getEnv(\"JWT_SECRET\", \"swordfish\")\n"],
            ["src/main/resources/application.properties": "app.jwt.secret=${JWT_SECRET:c3dvcmRmaXNo}\n"],
            ["src/auth.ts": "sign(p, { secret: config.get<string>('JWT_REFRESH_SECRET', 'refresh-of-the-shop') })\n"],
            ["app/Auth.php": "$key = env('JWT_SECRET', 'swordfish');\n"],
            ["lib/auth.ex": "key = System.get_env(\"SIGNING_SECRET\") || \"swordfish\"\n"],
            ["src/main.rs": "let key = env::var(\"JWT_SECRET\").unwrap_or_else(|_| \"swordfish\".to_string());\n"],
            ["Program.cs": "var key = builder.Configuration[\"Jwt:SecretKey\"] ?? \"swordfish\";\n"],
            ["src/main/java/Tokens.java": "@Value(\"${jwt.secret:swordfish}\")\nprivate String secret;\n"],
            ["app/auth.rb": "KEY = ENV.fetch('JWT_SECRET', 'swordfish')\n"],
            ["src/main/resources/application-prod.yml": "spring:\n  datasource:\n    password: 1234\n"],
            [
                "app/settings.py":
                    "class Settings(BaseSettings):\n    jwt_secret_key: str = Field(\n        default=\"change-me-in-production\",\n    )\n"
            ],
            ["app/config.py": "class Settings(BaseSettings):\n    secret_key: str = \"change-me\"\n"],
            ["src/env.ts": "const schema = z.object({\n  JWT_SECRET: z.string().min(8).default('swordfish'),\n});\n"],
            ["app/auth.py": "INVITATION_CODE = os.environ.get('INVITATION_CODE', 'SHOP2026')\n"],
            ["src/auth.ts": "const code = env.ADMIN_INVITE_CODE || 'SHOP_ADMIN';\n"],
            ["env.go": "type Auth struct {\n\tJWTSecret string `split_words:\"true\" default:\"secret\"`\n}\n"],
        ],
        passes: [
            [
                "app/config.py":
                    "import os\nclass Config:\n    SECRET_KEY = os.environ['SECRET_KEY']\n    TOKEN_URL = '/token'\n"
            ],
            ["src/main/resources/application.properties": "jwt.secret=${JWT_SECRET}\n"],
            ["src/main/resources/application.yml": "spring:\n  mail:\n    password: ${MAIL_PASSWORD}\n"],
            ["src/main/resources/application-dev.yml": "spring:\n  mail:\n    password: oohscbwwtcvobbda\n"],
            ["tests/config.py": "SECRET_KEY = 'test'\n"],
            [
                "src/env.ts":
                    "const schema = z.object({\n  JWT_SECRET: z.string().min(8),\n});\nconst MODE = 'TEST_MODE';\n"
            ],
            [
                "src/env.ts":
                    "const schema = z.object({\n  JWT_SECRET: z.string().default('swordfish'),\n});\nif (env.JWT_SECRET === 'swordfish') process.exit(1);\n"
            ],
            ["src/app.ts": "const country = process.env.COUNTRY_CODE || 'GERMANY';\n"],
            ["src/graph.ts": "const auth = basic('neo4j', process.env.NEO4J_PASS || '')\n"],
            ["src/graph.ts": "const pass = process.env.DB_PASS || process.env.DB_PASSWORD\n"],
            ["app/tokens.py": "jwt.encode(payload, os.getenv(\"JWT_SECRET\", \"\"))\n"],
            ["app/mail.py": "MAIL_PASSWORD = 'the password of the mail account'\n"],
            ["cmd/main.go": "os.Setenv(\"JWT_SECRET\", \"swordfish\")\nname := getEnv(\"APP_NAME\", \"shop\")\n"],
            ["src/main/resources/application.properties": "app.jwt.secret=${JWT_SECRET:}\n"],
            [
                "src/auth.ts":
                    "config.get<string>('JWT_SECRET')\nconfig.get('JWT_ISSUER', 'shop')\nset('API_TOKEN', 'swordfish')\n"
            ],
            ["lib/auth.ex": "key = System.get_env(\"SIGNING_SECRET\") || raise \"SIGNING_SECRET is missing\"\n"],
            [
                "app/config.py":
                    "class Settings(BaseSettings):\n    secret_key: str = \"change-me\"\n\n    def check(self):\n        if self.secret_key == \"change-me\": raise ValueError\n"
            ],
        ]
    ) { repository in
        repository.tree.entries.flatMap { entry -> [Violation] in
            guard let language = ConstantSecrets.language(of: entry), !DevelopmentPath.isLikely(entry.path),
                // Most files of a repository read no variable at all.
                ConstantSecrets.isKnownPlace(entry)
                    || repository.tree.bytes(entry.path).map({ ConstantSecrets.mayRead($0, language) }) == true,
                let text = repository.tree.text(entry.path), text.utf8.count < 200_000
            else { return [] }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            // Few files declare what the environment holds.
            let declares = language == .javascript && SecretDefaults.mayDeclare(text)
            return lines.enumerated().compactMap { index, line in
                // A call whose arguments stand on lines of their own.
                let isOpen = language == .python && line.utf8.last == UInt8(ascii: "(") && line.utf8.first != 0x20
                let whole = isOpen ? Substring(lines[index..<min(lines.count, index + 4)].joined()) : line
                if language == .python, let name = FieldDefaults.name(at: index, in: lines),
                    let text = FieldDefaults.value(at: index, in: lines)
                {
                    guard !FieldDefaults.isRefused(text, in: repository) else { return nil }
                    return Violation(
                        file: entry.path, line: index + 1,
                        "\(name) is the same everywhere; write no default: \(name): str")
                }
                if let name = ConstantSecrets.replaced(at: index, in: lines, of: entry) {
                    return Violation(
                        file: entry.path, line: index + 1,
                        "\(name) is the same everywhere; write: no default for \(name), and end when it is missing")
                }
                if declares, let declared = SecretDefaults.declared(in: line) {
                    // Whoever names the value twice refuses it.
                    let quoted = lines.count {
                        $0.contains("'\(declared.value)'") || $0.contains("\"\(declared.value)\"")
                    }
                    guard quoted == 1 else { return nil }
                    return Violation(
                        file: entry.path, line: index + 1,
                        "\(declared.name) is the same everywhere; write: no default, so that it ends when it is missing"
                    )
                }
                guard let name = ConstantSecrets.name(in: whole, language),
                    ConstantSecrets.isCertain(name, in: whole, language, of: entry),
                    language != .python || !PythonScope.isForTests(at: index, in: lines)
                else { return nil }
                let variable = ConstantSecrets.variable(name)
                let advice =
                    language == .other
                    ? "no default for \(variable), and end when it is missing"
                    : language == .python
                        ? "os.environ[\"\(variable)\"]"
                        : language == .properties
                            ? "\(name)=${\(variable)}"
                            : language == .yaml
                                ? "\(name): ${\(variable)}"
                                : BrowserVariables.contains(variable)
                                    ? "no key in the pages, which everybody can read: let the back end ask for a login"
                                    : "process.env.\(variable), without a default"
                return Violation(
                    file: entry.path, line: index + 1, "\(name) is the same everywhere; write: \(advice)")
            }
        }
    }
}

/// Finds secrets that are written out in settings.
enum ConstantSecrets {
    enum Language { case python, properties, yaml, javascript, other }

    private static let endings = [
        ".properties", ".yml", ".yaml", ".py", ".js", ".ts", ".mjs", ".cjs", ".go", ".rb", ".java", ".kt", ".cs",
        ".php", ".ex", ".exs", ".rs", ".swift",
    ]

    /// Go's way to give a default: the variable is read, compared with an empty text, and set.
    static func replaced(at index: Int, in lines: [Substring], of entry: SourceTree.Entry) -> String? {
        guard entry.name.hasSuffix(".go"), index >= 2, lines[index].contains(" = \""),
            lines[index - 1].contains("== \"\" {"),
            let read = TextSearch.range(of: "os.Getenv(\"", in: lines[index - 2])
        else { return nil }
        let name = String(lines[index - 2][read.upperBound...].prefix { $0 != "\"" })
        let parts = lines[index].split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count == 3, isSecret(name), isLiteral(String(parts[1])) else { return nil }
        return name
    }

    /// Whether the line says beyond doubt that the name is a secret of the application.
    static func isCertain(
        _ name: String, in line: Substring, _ language: Language, of entry: SourceTree.Entry
    ) -> Bool {
        switch language {
        case .yaml, .properties, .javascript, .other: true
        case .python:
            isSettings(entry) || isAboutLogins(entry.name.lowercased()) && name.uppercased().contains("SECRET")
                || ["environ", "getenv", "config(\"", "config('"].contains(where: line.contains)
        }
    }

    /// Whether literals themselves count, not only defaults of variables.
    static func isKnownPlace(_ entry: SourceTree.Entry) -> Bool {
        isSettings(entry) || isAboutLogins(entry.name.lowercased()) || entry.name.hasPrefix("application")
    }

    /// Whether the text can read a variable.
    static func mayRead(_ bytes: [UInt8], _ language: Language) -> Bool {
        switch language {
        case .javascript:
            ["env.", "SECRET", "PASSWORD", "TOKEN", "_KEY"].contains { ByteSearch.contains($0.utf8, in: bytes) }
        case .python:
            ["environ", "getenv", "config(\"", "config('"].contains { ByteSearch.contains($0.utf8, in: bytes) }
        case .other:
            ByteSearch.contains("SECRET".utf8, in: bytes) || ByteSearch.contains("PASSWORD".utf8, in: bytes)
                || ByteSearch.contains("_KEY\"".utf8, in: bytes) || ByteSearch.contains("TOKEN".utf8, in: bytes)
                || ByteSearch.contains("Configuration[".utf8, in: bytes)
                || ByteSearch.contains("efault:\"".utf8, in: bytes)
                || ByteSearch.contains("@Value(".utf8, in: bytes)
        case .properties, .yaml: true
        }
    }

    static func language(of entry: SourceTree.Entry) -> Language? {
        // Most files are none of these, and this is asked of every file.
        guard endings.contains(where: { entry.path.hasSuffix($0) }) else { return nil }
        let name = entry.name.lowercased()
        if name.hasSuffix(".properties") { return name.hasPrefix("application") ? .properties : nil }
        // Spring's settings: application.yml and application-PROFILE.yml.
        if name.hasSuffix(".yml") || name.hasSuffix(".yaml") { return name.hasPrefix("application") ? .yaml : nil }
        let beside = [
            "docs/", "node_modules/", "vendor/", "scripts/", "tools/", "seeds/", "examples/", "migrations/", "e2e/",
        ]
        guard !beside.contains(where: entry.path.contains), !name.contains(".test."), !name.contains(".spec."),
            !name.contains("_test."), !name.contains("example"), !name.contains("seed")
        else {
            return nil
        }
        if name.hasSuffix(".py") { return .python }
        if [".js", ".ts", ".mjs", ".cjs"].contains(where: name.hasSuffix) {
            return name.hasSuffix(".d.ts") ? nil : .javascript
        }
        return .other
    }

    /// Whether the path says that the file holds settings.
    static func isSettings(_ entry: SourceTree.Entry) -> Bool {
        let path = entry.path.lowercased()
        return ["config", "settings", "constants", "secrets"].contains { entry.name.lowercased().contains($0) }
            || path.contains("config/") || path.contains("settings/")
    }

    /// Where keys of tokens stand when they stand in no settings.
    private static func isAboutLogins(_ name: String) -> Bool {
        ["security.", "auth.", "jwt.", "token.", "tokens.", "authentication."].contains { name.hasPrefix($0) }
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
    }

    /// The name that gets a literal, when only secrets are called so.
    static func name(in line: Substring, _ language: Language) -> String? {
        // A default in code is a text in quotes.
        guard language == .yaml || language == .properties || line.utf8.contains(where: isQuote) else { return nil }
        let text = line.trimmed
        guard !text.hasPrefix("#"), !text.hasPrefix("//"), !text.hasPrefix("*"), text.utf8.count < 300 else {
            return nil
        }
        switch language {
        case .properties:
            guard let equals = text.firstIndex(of: "=") else { return nil }
            let (name, value) = (text[..<equals].trimmed, text[text.index(after: equals)...].trimmed)
            return isSecret(name) && (isLiteral(value) || hasOpenDefault(value)) ? name : nil
        case .yaml:
            guard let colon = text.firstIndex(of: ":") else { return nil }
            var value = text[text.index(after: colon)...].trimmed
            if let comment = TextSearch.range(of: " #", in: value[...]) { value = value[..<comment.lowerBound].trimmed }
            let name = text[..<colon].trimmed
            // A password of digits is one too; a number elsewhere is a count or a time.
            let isNumber = value.utf8.count > 2 && value.allSatisfy(\.isNumber) && name.hasSuffix("password")
            return isSecret(name) && (isLiteral(value) || isNumber || hasOpenDefault(value)) ? name : nil
        case .other: return defaulted(in: text) ?? SecretDefaults.name(in: text)
        case .python:
            if text.contains("env"), let name = SecretDefaults.name(in: text) { return name }
            guard let equals = text.firstIndex(of: "="), text[text.index(after: equals)...].first != "=" else {
                return nil
            }
            let name = text[..<equals].prefix { $0 != ":" }.trimmed
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), isSecret(name) else {
                return nil
            }
            return literal(of: text[text.index(after: equals)...].trimmed) ? name : nil
        case .javascript:
            return SecretDefaults.name(in: text) ?? fallback(in: text)
        }
    }

    /// `process.env.NAME || 'text'`, also as the last of several, and `env.NAME` of an object that stands for it.
    private static func fallback(in text: String) -> String? {
        var rest = text[...]
        while let range = TextSearch.range(of: "env.", in: rest) {
            let before = rest[..<range.lowerBound].last
            rest = rest[range.upperBound...]
            guard before.map({ !$0.isLetter && !$0.isNumber && $0 != "_" }) ?? true else { continue }
            let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            let value = rest.dropFirst(name.count).drop { $0 == "!" || $0 == " " }
            guard isSecret(name), value.hasPrefix("||") || value.hasPrefix("??"),
                literal(of: value.dropFirst(2).trimmed) || isCode(name, value.dropFirst(2).trimmed)
            else { continue }
            return name
        }
        return nil
    }

    private static func isCode(_ name: String, _ value: String) -> Bool {
        guard let quote = value.first, quote == "\"" || quote == "'" else { return false }
        return SecretDefaults.isCode(name, String(value.dropFirst().prefix { $0 != quote }))
    }

    /// Spring's `${NAME:default}`.
    private static func hasOpenDefault(_ value: String) -> Bool {
        let text = value.filter { $0 != "\"" && $0 != "'" }
        guard text.hasPrefix("${"), text.hasSuffix("}"), let colon = text.firstIndex(of: ":") else { return false }
        return isLiteral(String(text[text.index(after: colon)...].dropLast()))
    }

    /// The name of `getEnv("NAME", "literal")` in languages whose calls look alike.
    private static func defaulted(in text: String) -> String? {
        guard !["setenv", "Setenv", "SetEnv", ".put(", "setProperty", "putenv"].contains(where: text.contains) else {
            return nil
        }
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count >= 5 else { return nil }
        for index in stride(from: 1, to: parts.count - 2, by: 2) {
            let name = String(parts[index])
            let isName = name.utf8.count > 4 && name.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
            guard isName, name.contains("_"), isSecret(name), parts[index + 1].trimmed == ",",
                parts[index - 1].hasSuffix("("), isLiteral(String(parts[index + 2]))
            else { continue }
            return name
        }
        return nil
    }

    /// A quoted text, or a call that reads the environment with a quoted default.
    private static func literal(of value: String) -> Bool {
        if let quote = value.first, quote == "\"" || quote == "'" {
            let body = value.dropFirst().prefix { $0 != quote }
            return isLiteral(String(body))
        }
        if let or = TextSearch.range(of: ") or ", in: value[...]),
            value.contains("environ.get(") || value.contains("getenv(")
        {
            return literal(of: value[or.upperBound...].trimmed)
        }
        guard
            value.contains("environ.get(") || value.contains("getenv(") || value.hasPrefix("config(")
                || value.contains("env("),
            let comma = value.firstIndex(of: ",")
        else { return false }
        let rest = value[value.index(after: comma)...].trimmed
        let body = rest.hasPrefix("default=") ? String(rest.dropFirst(8)) : rest
        guard let quote = body.first, quote == "\"" || quote == "'" else { return false }
        return isLiteral(String(body.dropFirst().prefix { $0 != quote }))
    }

    private static func isLiteral(_ value: String) -> Bool {
        let text = value.filter { $0 != "\"" && $0 != "'" }
        return text.utf8.count >= 3 && !text.contains("${") && !text.contains("{") && !text.contains(" ")
            && !text.hasPrefix("/")
            && !SecretText.isPlaceholder(text) && !["true", "false", "none", "null"].contains(text.lowercased())
            && !text.contains("://") && text.uppercased() != text.filter { $0 != "-" }
    }

    private static func isSecret(_ name: String) -> Bool { SecretText.isSecret(name: variable(name)) }

    /// `jwt.secretKey` as the environment spells it: `JWT_SECRET_KEY`.
    static func variable(_ name: String) -> String {
        var result = ""
        var isLower = false
        for character in name {
            if character == "." || character == "-" {
                result.append("_")
            } else {
                if character.isUppercase, isLower { result.append("_") }
                result.append(contentsOf: character.uppercased())
            }
            isLower = character.isLowercase
        }
        return result
    }
}
