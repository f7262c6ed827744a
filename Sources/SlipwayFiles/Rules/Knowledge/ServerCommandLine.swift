// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a command line says about the server that it starts.
struct ServerCommandLine: Equatable, Sendable {
    /// `uvicorn`, `gunicorn`, `node`, `npm`, ... without path and runner.
    let program: String
    /// The words after it.
    let words: [String]
    /// Where it listens, when the words or the program's documentation say so.
    private(set) var port: UInt16?
    /// Whether ``port`` stands in the words.
    private(set) var hasExplicitPort = false
    /// The address that it binds; `nil` when unknown.
    private(set) var host: String?
    /// Whether ``host`` stands in the words.
    private(set) var hasExplicitHost = false
    /// Whether it is a server that its makers call one for development.
    private(set) var isForDevelopment = false
    /// How many processes it starts, when the words say so.
    private(set) var workers: Int?

    /// Whether it can only be reached from where it runs.
    var isOnLoopback: Bool { host == "127.0.0.1" || host == "localhost" || host == "::1" || host == "[::1]" }

    /// - Parameters:
    ///   - text: Shell text; of several commands the last one counts.
    ///   - value: What the process is given under a name; without one the text's own default counts.
    init?(_ text: String, value: (String) -> String? = { _ in nil }) {
        let all = Self.lastCommand(text, value: value)
        let words = Self.withoutRunners(all)
        guard let first = words.first else { return nil }
        program = first.split(separator: "/").last.map(String.init) ?? first
        self.words = Array(words.dropFirst())
        readDefaults()
        if ["react-scripts", "next"].contains(program),
            let given = all.last(where: { $0.hasPrefix("PORT=") }).flatMap({ UInt16($0.dropFirst(5)) })
        {
            (port, hasExplicitPort) = (given, true)
        }
        readWords()
    }

    /// Words of the last simple command, quotes and variables with defaults resolved.
    static func lastCommand(_ text: String, value: (String) -> String? = { _ in nil }) -> [String] {
        let expanded = Interpolation.expand(text, lookup: value)
        var commands: [[String]] = [[]]
        for word in expanded.split(whereSeparator: \.isWhitespace).map(String.init) {
            if ["&&", ";", "||", "&", "|"].contains(word) {
                commands.append([])
                continue
            }
            let bare = word.filter { $0 != "\"" && $0 != "'" && $0 != "\\" }
            let ends = bare.hasSuffix(";")
            commands[commands.count - 1].append(ends ? String(bare.dropLast()) : bare)
            if ends { commands.append([]) }
        }
        return commands.last { !$0.isEmpty } ?? []
    }

    private static func withoutRunners(_ words: [String]) -> [String] {
        var rest = words[...]
        while let word = rest.first {
            let name = word.split(separator: "/").last.map(String.init) ?? word
            if word.contains("="), !word.hasPrefix("-") {
                rest = rest.dropFirst()
            } else if ["exec", "tini", "dumb-init", "--", "sh", "bash", "-c", "-lc", "env", "npx", "bunx", "time"]
                .contains(name)
            {
                rest = rest.dropFirst()
            } else if ["uv", "poetry", "pipenv", "pdm", "rye", "hatch"].contains(name), rest.dropFirst().first == "run"
            {
                rest = rest.dropFirst(2).drop { $0.hasPrefix("--") }
            } else if name == "bundle", rest.dropFirst().first == "exec" {
                rest = rest.dropFirst(2)
            } else if name.hasPrefix("python"), rest.dropFirst().first == "-m" {
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        return Array(rest)
    }

    /// What the programs' documentation says when the words do not.
    private mutating func readDefaults() {
        let second = words.first ?? ""
        func set(_ port: UInt16?, _ host: String?, development: Bool = false) {
            self.port = port
            self.host = host
            isForDevelopment = development
        }
        switch program {
        case "uvicorn", "hypercorn", "daphne", "granian", "gunicorn": set(8000, "127.0.0.1")
        case "flask" where words.contains("run"): set(5000, "127.0.0.1", development: true)
        case "fastapi" where second == "run": set(8000, "0.0.0.0")
        case "fastapi" where second == "dev": set(8000, "127.0.0.1", development: true)
        case "litestar" where words.contains("run"): set(8000, "127.0.0.1")
        case "streamlit" where second == "run": set(8501, "0.0.0.0")
        case "next" where second == "start": set(3000, "0.0.0.0")
        case "next" where second == "dev": set(3000, "0.0.0.0", development: true)
        case "vite" where second == "preview": set(4173, "localhost")
        case "vite" where ["", "dev", "serve"].contains(second) || second.hasPrefix("-"):
            set(5173, "localhost", development: true)
        case "ng" where second == "serve": set(4200, "localhost", development: true)
        case "nodemon", "ts-node-dev", "webpack-dev-server",
            "react-scripts" where program != "react-scripts":
            set(nil, nil, development: true)
        case "react-scripts" where second == "start": set(3000, "0.0.0.0", development: true)
        case "vue-cli-service" where second == "serve": set(8080, "0.0.0.0", development: true)
        case "php" where words.starts(with: ["artisan", "serve"]): set(8000, "127.0.0.1", development: true)
        case "php-fpm": set(9000, nil)
        case "swift" where words.first == "run" && words.contains("serve"): set(8080, "127.0.0.1")
        case "Run", "App": if second == "serve" { set(8080, "127.0.0.1") }
        case "nginx": set(nil, nil)
        default:
            if words.contains("runserver") || (program == "manage.py" && second == "runserver") {
                set(8000, "127.0.0.1", development: true)
            }
        }
        if program == "npm" || program == "yarn" || program == "pnpm" || program == "bun" {
            let script = second == "run" ? (words.dropFirst().first ?? "") : second
            if ["dev", "develop", "start:dev", "serve:dev"].contains(script) { isForDevelopment = true }
        }
        if words.contains("--reload") || words.contains("--watch") { isForDevelopment = true }
        if program == "flask", words.contains("--debug") { isForDevelopment = true }
    }

    private mutating func readWords() {
        var rest = words[...]
        while let word = rest.popFirst() {
            let equals = word.firstIndex(of: "=")
            let name = String(word[..<(equals ?? word.endIndex)])
            func value() -> String? { equals.map { String(word[word.index(after: $0)...]) } ?? rest.first }
            switch name {
            case "--port", "--server.port", "--http-port", "--listen-port": take(port: value())
            case "-p"
            where [
                "uvicorn", "daphne", "flask", "next", "streamlit", "vite", "serve", "http-server", "litestar", "rails",
            ]
            .contains(program):
                take(port: value())
            case "--host", "--hostname", "--server.address", "--address", "--http-host": take(host: value())
            case "-H" where program == "next" || program == "litestar": take(host: value())
            case "-h" where program == "flask": take(host: value())
            case "-l" where program == "serve": take(address: value())
            case "-b", "--bind", "--http", "--http-socket", "--listen": take(address: value())
            case "-w", "--workers", "--processes": workers = value().flatMap { Int($0) }
            case "runserver":
                if let next = rest.first, !next.hasPrefix("-") { take(address: next) }
            default:
                if program == "gunicorn", word.hasPrefix("-b"), word.count > 2 {
                    take(address: String(word.dropFirst(2)))
                }
            }
        }
    }

    private mutating func take(port text: String?) {
        guard let text else { return }
        port = UInt16(text)
        hasExplicitPort = port != nil
    }

    private mutating func take(host text: String?) {
        guard let text, !text.isEmpty, !text.hasPrefix("-"), !text.contains("$") else {
            host = nil
            return
        }
        host = text
        hasExplicitHost = true
    }

    /// `0.0.0.0:8000`, `:8000`, `8000`, `unix:/run/a.sock`, `[::]:80`
    private mutating func take(address text: String?) {
        guard let text, !text.contains("unix:"), !text.hasPrefix("/"), !text.contains("$") else {
            (host, port) = (nil, nil)
            return
        }
        if let colon = text.lastIndex(of: ":") {
            port = UInt16(text[text.index(after: colon)...]) ?? port
            let name = String(text[..<colon])
            host = name.isEmpty ? "0.0.0.0" : name
        } else if let number = UInt16(text) {
            port = number
        } else {
            host = text
        }
        hasExplicitPort = port != nil
        hasExplicitHost = host != nil
    }
}
