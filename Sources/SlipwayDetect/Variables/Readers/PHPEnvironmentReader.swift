// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `env()`, `getenv()`, `$_ENV`, `$_SERVER`; Laravel's and Symfony's configuration files.
struct PHPEnvironmentReader: VariableReader {
    let summary =
        "PHP: env(), getenv(), $_ENV, $_SERVER, Env::get, enums and constants that hold names; Symfony's %env(X)% in YAML and PHP"
    let languages: Set<CodeLanguage> = [.php, .yaml]

    // What a web server puts into $_SERVER: https://www.php.net/manual/en/reserved.variables.server.php
    private static let request = [
        "HTTP", "REQUEST_", "SERVER_", "REMOTE_", "DOCUMENT_", "SCRIPT_", "QUERY_", "PHP_", "CONTENT_", "PATH_",
        "ORIG_", "GATEWAY_", "AUTH_", "REDIRECT_", "argv", "argc", "LARAVEL_START", "X_",
    ]

    func read(_ code: Code, into file: inout FileReads) {
        placeholders(code, into: &file)
        for index in 0..<code.count where code.kind(index) == .word {
            if code.isWord(index, of: ["env", "getenv"]), code.isMark(index + 1, "("), !code.isMember(index),
                !code.isWord(index - 1, "function")
            {
                call(code, index, into: &file)
            } else if code.isWord(index, "required"), code.isMark(index - 2, "->"), code.isMark(index + 1, "(") {
                insisted(code, index, into: &file)
            } else if code.isWord(index, "enum"), code.isWord(index + 3, "string") {
                PHPVariableEnum(code, index)?.read(code, into: &file)
            } else if code.isWord(index, "get"), code.isMark(index - 2, "::"), code.isWord(index - 3, "Env") {
                call(code, index, into: &file)
            } else if code.isWord(index, of: ["$_ENV", "$_SERVER"]), code.isMark(index + 1, "["),
                let name = code.string(index + 2), let close = code.partner(index + 1)
            {
                let isServer = code.isWord(index, "$_SERVER")
                if isServer, Self.request.contains(where: { name.hasPrefix($0) }) { continue }
                if code.isMark(close + 1, "="), !code.isMark(close + 1, "==") {
                    file.assign(name, line: code.line(index))
                } else {
                    let isOptional =
                        code.isMark(close + 1, "?") || code.isWord(index - 2, of: ["isset", "empty"]) || isServer
                    let fails = fails(code, index, close)
                    file.add(
                        name, at: index, required: fails || !isOptional,
                        default: fails ? .nothing : fallback(code, close + 1))
                }
            }
        }
    }

    private func call(_ code: Code, _ index: Int, into file: inout FileReads) {
        guard code.isMark(index + 1, "("), let close = code.partner(index + 1) else { return }
        guard let name = code.string(index + 2) ?? constant(code, index + 2) else {
            if close == index + 3, let wrapper = EnvironmentWrapper(code, name: index + 2, required: false) {
                file.wrappers.append(wrapper)
            }
            return
        }
        let arguments = code.arguments(index + 1)
        let isGetenv = code.isWord(index, "getenv")
        let fails = fails(code, index, close)
        let value: Literal =
            fails
            ? .nothing
            : arguments.count > 1 && !isGetenv ? code.literal(arguments[1]) : fallback(code, close + 1)
        let kind: Variable.Kind? =
            code.isWord(index - 2, "int") && code.isMark(index - 1, ")")
            ? .integer
            : code.isWord(index - 2, "bool") && code.isMark(index - 1, ")") ? .boolean : nil
        file.add(
            name, at: index, required: fails, default: value, kind: kind, bare: !isTested(code, index, close))
    }

    private static let endings = ["throw", "die", "exit", "abort"]

    /// `getenv("X") ?: throw …`, `$_ENV["X"] ?? die()`, `if (!getenv("X")) { throw … }`
    private func fails(_ code: Code, _ index: Int, _ close: Int) -> Bool {
        if code.isMark(close + 1, "??") || code.isMark(close + 1, "?:") || code.isMark(close + 1, "||") {
            return code.isWord(close + 3, of: Self.endings)
        }
        if code.isWord(close + 1, "or") { return code.isWord(close + 2, of: Self.endings) }
        var start = index
        // `if (empty($_ENV["X"]))`, `if (!isset($_ENV["X"]))`
        if code.isMark(start - 1, "("), code.isWord(start - 2, of: ["empty", "isset"]) { start -= 2 }
        let isNegated = code.isMark(start - 1, "!") || start < index && code.isWord(start, "empty")
        guard isNegated || code.isMark(close + 1, "==") && code.isWord(close + 4, of: ["false", "null"]),
            let open = code.parent(start), code.isMark(open, "("), code.isWord(open - 1, "if"),
            let end = code.partner(open)
        else { return false }
        let last = code.isMark(end + 1, "{") ? code.partner(end + 1) ?? end + 1 : end + 2
        return (end + 1..<min(last, end + 40)).contains { code.isWord($0, of: Self.endings) }
    }

    /// phpdotenv: `$dotenv->required(["A", "B"])`
    private func insisted(_ code: Code, _ index: Int, into file: inout FileReads) {
        let list = code.isMark(index + 2, "[") ? index + 2 : index + 1
        for range in code.arguments(list) {
            if let name = code.string(range.lowerBound), EnvironmentName.isScreaming(name) {
                file.add(name, at: range.lowerBound, required: true)
            }
        }
    }

    /// `if (env("X"))`, `!env("X")`, `env("X") === null`
    private func isTested(_ code: Code, _ index: Int, _ close: Int) -> Bool {
        code.isMark(index - 1, "!") || code.isMark(close + 1, "=") || code.isMark(close + 1, "!")
            || code.isMark(close + 1, "&&") || code.isMark(close + 1, "?")
            || code.isMark(index - 1, "(") && code.isWord(index - 2, of: ["if", "elseif", "empty"])
    }

    /// `self::DB_HOST` where the class has `const DB_HOST = 'DB_HOST'`.
    private func constant(_ code: Code, _ index: Int) -> String? {
        guard code.kind(index) == .word, code.isMark(index + 1, "::"), let name = code.word(index + 3) else {
            return nil
        }
        return (0..<code.count).lazy.filter { code.isWord($0, name) && code.isMark($0 + 1, "=") }
            .compactMap { code.string($0 + 2) }.first
    }

    private func fallback(_ code: Code, _ index: Int) -> Literal {
        guard code.isMark(index, "??") || code.isMark(index, "?:") || code.isMark(index, "||") else { return .nothing }
        return code.literal(index + 2..<index + 3)
    }

    private func startsLine(_ bytes: [UInt8], _ index: Int) -> Bool {
        bytes[..<index].last { $0 != Byte.space && $0 != Byte.tab }.map { $0 == Byte.newline } ?? true
    }

    /// %env(DATABASE_URL)%, %env(int:PORT)%, %env(default:fallback:NAME)%
    private func placeholders(_ code: Code, into file: inout FileReads) {
        let start = Array("%env(".utf8)
        var line = 1
        var index = 0
        let bytes = code.bytes
        // `when@dev:` begins what production never looks at (symfony.com/doc/current/configuration.html).
        var isAside = code.path.contains("/packages/dev/") || code.path.contains("/packages/test/")
        while index < bytes.count {
            if bytes[index] == Byte.newline { line += 1 }
            if code.language == .yaml, index == 0 || bytes[index - 1] == Byte.newline, Byte.isNamePart(bytes[index]) {
                isAside = ["when@dev:", "when@test:"].contains { bytes[index...].starts(with: $0.utf8) }
            }
            if bytes[index] == Byte.hash, code.language == .yaml {
                while index < bytes.count, bytes[index] != Byte.newline { index += 1 }
                continue
            }
            // A line of a block comment, as in the reference that Symfony writes for editors.
            if bytes[index] == Byte.star, code.language == .php, startsLine(bytes, index) {
                while index < bytes.count, bytes[index] != Byte.newline { index += 1 }
                continue
            }
            guard bytes[index] == Byte.percent, bytes[index...].starts(with: start),
                let close = bytes[index...].prefix(200).firstIndex(of: Byte.closeParenthesis)
            else {
                index += 1
                continue
            }
            let inner = String(decoding: bytes[(index + start.count)..<close], as: UTF8.self)
            let parts = inner.split(separator: ":")
            if let name = parts.last {
                let kinds: [String: Variable.Kind] = [
                    "int": .integer, "bool": .boolean, "float": .number, "json": .json, "csv": .list,
                ]
                file.add(
                    String(name), line: line, required: !parts.contains("default") && !isAside,
                    kind: parts.lazy.compactMap { kinds[String($0)] }.first)
            }
            index = close
        }
    }
}
