// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Defaults that code gives to secrets which it reads, in the spelling of each language.
enum SecretDefaults {
    /// What stands between the name and its default, blanks left out; the quote follows.
    private static let joints = [
        ",", ")||", ")??", ")?:", "]||", "]??", "]?:", ")!||", ")or", "){", "]or", ").unwrap_or(",
        ").unwrap_or_else(|_|",
        ").unwrap_or_else(|_|String::from(", ").unwrap_or(String::from(", ")).orElse(", "])||", ")).orElseGet(()->",
        ",defaultValue:", ",default:", ",default=",
    ]
    /// What reads a setting, before the bracket and the name.
    private static let readers = [
        "get", "env", "fetch", "config", "getenv", "get_env", "getorthrow", "configuration", "environ", "var",
        "getstring",
        "getproperty", "configservice", "require", "option_env!", "_env", "env.get", "string",
    ]

    /// The name of a secret that gets a literal on the line.
    static func name(in line: some StringProtocol) -> String? {
        if let name = tagged(line) { return name }
        let bare = line.map { $0 == "\"" || $0 == "`" ? "'" : $0 }.reduce(into: "") { $0.append($1) }
        let parts = bare.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 5 else { return parts.count >= 3 ? spring(bare) : nil }
        for index in stride(from: 1, to: parts.count - 2, by: 2) {
            let joint = parts[index + 1].filter { !$0.isWhitespace }
            guard isName(parts[index]), joints.contains(joint), isRead(parts[index - 1]),
                isValue(parts[index + 2]) || isCode(parts[index], parts[index + 2])
            else { continue }
            return variable(parts[index])
        }
        return spring(bare)
    }

    /// Whether the text can have such a line.
    static func mayDeclare(_ text: String) -> Bool {
        ByteSearch.contains("default", in: text)
            && (ByteSearch.contains(".string()", in: text) || ByteSearch.contains("str({", in: text))
    }

    /// Zod's, Joi's and envalid's `JWT_SECRET: z.string().default('text')`.
    static func declared(in line: some StringProtocol) -> (name: String, value: String)? {
        let text = line.trimmed
        let name = String(text.prefix { $0.isUppercase || $0.isNumber || $0 == "_" })
        let rest = text.dropFirst(name.count).drop { $0 == " " }
        guard name.contains("_"), rest.first == ":", SecretText.isSecret(name: name), !rest.contains("when("),
            ["z.string()", "oi.string()", "str({"].contains(where: rest.contains)
        else { return nil }
        for opening in [".default('", ".default(\"", " default: '", " default: \""] {
            guard let start = TextSearch.range(of: opening, in: rest) else { continue }
            let value = String(rest[start.upperBound...].prefix { $0 != opening.last })
            return isValue(value) || isCode(name, value) ? (name, value) : nil
        }
        return nil
    }

    /// Codes that let people register are written in capitals: `ADMIN_INVITE_CODE` and `SHOP2026`.
    static func isCode(_ name: String, _ value: String) -> Bool {
        name.hasSuffix("_CODE") && value.utf8.count >= 4
            && value.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D
            }
    }

    /// Go: ``JWTSecret string `env:"JWT_SECRET" envDefault:"text"` ``
    private static func tagged(_ line: some StringProtocol) -> String? {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let words = parts[0].split { $0 == " " || $0 == "\t" }
        guard words.count == 2, words[1] == "string", let field = words.first else { return nil }
        let tags = " " + parts[1]
        func value(_ key: String) -> String? {
            guard let start = TextSearch.range(of: " \(key):\"", in: tags[...]) else { return nil }
            return String(tags[start.upperBound...].prefix { $0 != "\"" })
        }
        let isRead = ["env", "envconfig", "split_words", "envDefault", "env-default"].contains { value($0) != nil }
        guard isRead, let given = value("envDefault") ?? value("env-default") ?? value("default") else { return nil }
        let name = value("env") ?? value("envconfig") ?? GoFieldName.screaming(field)
        let plain = String(name.prefix { $0 != "," })
        // A word that asks to be changed is public as well.
        return SecretText.isSecret(name: plain) && given.utf8.count >= 3 && !given.contains("/") ? plain : nil
    }

    /// `@Value("${jwt.secret:text}")`
    private static func spring(_ line: String) -> String? {
        guard let start = TextSearch.range(of: "@Value('${", in: line[...]) else { return nil }
        let body = line[start.upperBound...].prefix { $0 != "}" }
        guard let colon = body.firstIndex(of: ":") else { return nil }
        let name = String(body[..<colon])
        guard SecretText.isSecret(name: variable(name)), isValue(String(body[body.index(after: colon)...])) else {
            return nil
        }
        return variable(name)
    }

    private static func isName(_ text: String) -> Bool {
        let isUpper =
            text.utf8.count > 4 && text.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" } && text.contains("_")
        // ASP.NET's Jwt:Key and NestJS's jwt.secret.
        let isPath =
            (text.contains(":") || text.contains("."))
            && text.allSatisfy { $0.isLetter || $0.isNumber || ":._".contains($0) }
        guard isUpper || isPath else { return false }
        let name = variable(text)
        return SecretText.isSecret(name: name) || ["JWT_KEY", "JWT_SETTINGS_KEY", "APP_SETTINGS_TOKEN"].contains(name)
    }

    /// Whether the call before the name reads something.
    private static func isRead(_ text: String) -> Bool {
        var call = text[...]
        // getEnvOrConfig(file.Password, "DB_PASSWORD": the name is the second argument.
        if call.trimmed.hasSuffix(","), let open = call.lastIndex(of: "("), !call[open...].contains(")"),
            call[..<open].lowercased().contains("env")
        {
            call = call[...open]
        }
        guard let last = call.last, last == "(" || last == "[" else { return false }
        var head = call.dropLast()
        // get<string>(
        if head.last == ">", let open = head.lastIndex(of: "<") { head = head[..<open] }
        let word = head.reversed().prefix { $0.isLetter || $0 == "_" || $0 == "!" }.reversed().map(String.init).joined()
            .lowercased()
        return readers.contains { word == $0 || word.hasSuffix($0) } && !["setenv", "putenv", "set"].contains(word)
    }

    private static func isValue(_ text: String) -> Bool {
        text.utf8.count >= 3 && !text.contains("{") && !text.contains("$") && !text.contains(" ")
            && !text.hasPrefix("/")
            && !text.contains("://") && !SecretText.isPlaceholder(text)
            && !["true", "false", "none", "null"].contains(text.lowercased())
            && (text.contains(where: \.isLowercase) || text.utf8.count >= 16 && text.allSatisfy(\.isNumber))
    }

    /// `jwt.secretKey` and `Jwt:Key` as the environment spells them.
    private static func variable(_ name: String) -> String {
        ConstantSecrets.variable(name.replacing(":", with: "."))
    }
}
