// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Logs go further than anybody thinks.
    static let loggedSecret = Rule(
        "EN270", .warning, "the code writes a secret to the log",
        why:
            "Logs are kept, copied to other services and read by many: everybody who reads them has the password, the key or "
            + "the login of a visitor.",
        catches: [
            ["settings.py": "import os\nDATABASE_URL = os.environ.get('DATABASE_URL')\nprint('using', DATABASE_URL)\n"],
            ["server.js": "console.log('headers', req.headers.authorization);\n"],
            ["server.js": "console.log(`Secret: ${process.env.JWT_SECRET}`);\n"],
            ["main.go": "package main\nfunc f() { log.Println(\"dsn\", os.Getenv(\"DB_PASSWORD\")) }\n"],
            ["app/auth.py": "logger.info(f\"login {email} {password}\")\n"],
            ["src/main/java/A.java": "System.out.println(\"pw \" + password);\n"],
        ],
        passes: [
            ["settings.py": "print('DATABASE_URL is', bool(DATABASE_URL))\n"],
            ["server.js": "console.log('password reset for', user.email);\n"],
            ["server.js": "console.log(process.env.JWT_SECRET ? 'secret is set' : 'secret is missing');\n"],
            ["server.js": "console.log('key', apiKey.slice(0, 4));\n"],
            ["tests/test_a.py": "print(password)\n"],
            ["app/auth.py": "logger.info('login %s', email)\n"],
        ]
    ) { repository in
        repository.codeFiles(with: LogCalls.calls, smallerThan: 300_000).flatMap { entry -> [Violation] in
            let path = entry.path.lowercased()
            guard
                ![
                    "script", "seed", "example", "test", "tools/", "cli", "mock", "setup", "create", "generate",
                    "command",
                ]
                .contains(where: path.contains),
                let text = repository.tree.text(entry.path), !LogCalls.isPage(text)
            else { return [] }
            return LogCalls.secrets(in: text).prefix(5).map { found in
                Violation(
                    file: entry.path, line: found.line, "\(found.name) gets into the log; leave it out of the line")
            }
        }
    }
}

/// Calls that write a line to a log.
private enum LogCalls {
    static let calls = [
        "print(", "console.log(", "console.info(", "console.debug(", "console.error(", "console.warn(", "logger.",
        "log.",
        "logging.", "System.out.println(", "fmt.Print", "puts ", "Console.WriteLine(", "println!(", "error_log(",
    ]
    private static let openings = [
        "print(", "console.log(", "console.info(", "console.debug(", "console.error(", "console.warn(", "logger.info(",
        "logger.debug(", "logger.warning(", "logger.error(", "logger.log(", "logging.info(", "logging.debug(",
        "log.info(", "log.debug(", "log.Println(", "log.Printf(", "fmt.Println(", "fmt.Printf(",
        "System.out.println(", "Console.WriteLine(", "println!(", "error_log(", "puts ",
    ]
    /// What shows that a part is written or only whether it is there.
    private static let careful = [
        ".length", ".slice(", ".substring(", ".substr(", "[:", "[0", "len(", "bool(", "Boolean(", "typeof ", "!", " ? ",
        " if ", "mask", "redact", "hide", "===", "==", "sanitize", "split(", "replace(", "hash", "Hash", "***", "has(",
        "is None", "is not None", "Mask", "Redact", ".host", "presence", "keys(", "render",
    ]
    private static let words: Set<String> = [
        "password", "passwd", "plainpassword", "rawpassword", "plaintextpassword", "newpassword", "apikey", "secretkey",
        "jwtsecret", "clientsecret", "connectionstring", "databaseurl", "dburl", "mongouri", "mongodburi", "mongourl",
        "redisurl", "accesstoken", "refreshtoken", "authorization", "authheader", "dbpassword", "privatekey",
        "sqlalchemydatabaseuri", "sqlalchemydatabaseurl",
    ]

    /// Whether the file runs in a browser, whose console is the visitor's own.
    static func isPage(_ text: String) -> Bool {
        [
            "document.", "window.", "localStorage", "from 'react", "from \"react", "@angular/", "from 'vue'",
            "use client",
        ]
        .contains(where: text.contains)
    }

    static func secrets(in text: String) -> [(name: String, line: Int)] {
        var found: [(name: String, line: Int)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            // The most of all lines call nothing.
            guard line.utf8.contains(UInt8(ascii: "(")) || line.contains("puts ") else { continue }
            let body = line.trimmed
            guard let opening = openings.first(where: body.contains), !body.hasPrefix("//"), !body.hasPrefix("#"),
                !body.hasPrefix("*"), let range = TextSearch.range(of: opening, in: body[...]),
                body[..<range.lowerBound].last?.isLetter != true
            else { continue }
            let argument = body[range.upperBound...]
            guard !careful.contains(where: argument.contains), let name = secret(in: argument) else { continue }
            found.append((name, index + 1))
        }
        return found
    }

    private static func secret(in argument: Substring) -> String? {
        if let name = readName(in: argument), isSecret(name) { return name }
        return identifiers(outsideTexts: argument).first { name in
            isSecret(name.split(separator: ".").last.map(String.init) ?? name)
        }
    }

    /// `JWT_SECRET` of `os.getenv("JWT_SECRET")`.
    private static func readName(in argument: Substring) -> String? {
        let reads = ["os.getenv(", "os.environ.get(", "os.environ[", "os.Getenv(", "System.getenv(", "getenv(", "ENV["]
        guard let read = reads.first(where: argument.contains), let range = TextSearch.range(of: read, in: argument)
        else { return nil }
        return String(argument[range.upperBound...].dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    private static func isSecret(_ name: String) -> Bool {
        if name == name.uppercased(), name.contains("_") {
            return SecretText.isSecret(name: name)
                || [
                    "DATABASE_URL", "DATABASE_URI", "MONGO_URI", "MONGODB_URI", "MONGO_URL", "REDIS_URL",
                    "CONNECTION_STRING",
                ]
                .contains(where: name.hasSuffix)
        }
        return words.contains(name.lowercased().filter { $0 != "_" })
    }

    /// Names of variables, those in `${...}` and `{...}` of a text included.
    private static func identifiers(outsideTexts argument: Substring) -> [String] {
        var found: [String] = []
        var word = ""
        var quote: Character?
        var depth = 0
        var isFormat = false
        var before: Character = " "
        for character in argument {
            defer { before = character }
            if let open = quote, depth == 0 {
                if character == open, before != "\\" { quote = nil }
                if character == "{", isFormat || (open == "`" || before == "$" || before == "#") { depth = 1 }
                continue
            }
            if quote != nil, character == "}" {
                if !word.isEmpty { found.append(word) }
                (word, depth) = ("", 0)
                continue
            }
            if character.isLetter || character.isNumber || character == "_" || character == "." && !word.isEmpty {
                word.append(character)
                continue
            }
            if quote == nil, character == "\"" || character == "'" || character == "`" {
                isFormat = word == "f" || word == "F" || before == "$"
                quote = character
                word = ""
                continue
            }
            // A call gives something else than its name says.
            if !word.isEmpty, character != "(" { found.append(word) }
            word = ""
        }
        if !word.isEmpty { found.append(word) }
        return found
    }
}
