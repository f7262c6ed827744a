// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A command line that starts a server, taken apart: program, application object, port, address.
struct ServerCommand: Equatable {
    /// The words as written, quotes kept where a shell needs them.
    private(set) var words: [String]
    /// The program that matters, past `exec`, assignments and runners: `uvicorn`, `python`, `node`.
    let program: String
    /// Position of ``program`` in ``words``.
    let programIndex: Int
    /// `app.main:app`
    let target: String?
    let port: UInt16?
    let portVariable: String?
    let hostVariable: String?
    let isDevelopment: Bool

    private static let runners: Set<String> = [
        "exec", "env", "uv", "poetry", "pipenv", "pdm", "rye", "hatch", "run", "nice", "tini", "dumb-init", "--", "npx",
        "bunx", "pnpm", "opentelemetry-instrument", "ddtrace-run", "newrelic-admin", "run-program",
    ]
    private static let portFlags: Set<String> = ["--port", "-p", "-P", "--http-port"]
    private static let bindFlags: Set<String> = ["--bind", "-b", "--listen", "-l", "--http"]

    init?(_ text: String) {
        words = Self.split(text)
        var index = 0
        while index < words.count,
            Self.runners.contains(words[index]) || words[index].isAssignment
                || (index > 0 && words[index].hasPrefix("-") && Self.runners.contains(words[index - 1]))
        {
            index += 1
        }
        guard index < words.count else { return nil }
        var name = words[index].lastPathComponent
        if name.hasPrefix("python"), index + 2 < words.count, let flag = words[(index + 1)...].firstIndex(of: "-m"),
            flag + 1 < words.count
        {
            index = flag + 1
            name = words[index]
        }
        program = name
        programIndex = index
        let rest = words[(index + 1)...]
        target = rest.first { Self.isTarget($0) }.map { $0.trimmingQuotes }
        var port: (number: UInt16?, variable: String?) = (nil, nil)
        var host: String?
        let isDjango = name == "manage.py" || rest.contains("runserver")
        for (position, word) in rest.enumerated() {
            let next = index + 2 + position < words.count ? words[index + 2 + position] : nil
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count == 2 && word.hasPrefix("-") ? parts[1] : next
            let flag = word.hasPrefix("-") ? parts[0] : ""
            if Self.portFlags.contains(flag), let value { port = Self.reading(value) }
            // `--http httptools` chooses a parser.
            if Self.bindFlags.contains(flag), let value, !value.hasPrefix("unix:"),
                case let bound = Self.reading(Self.afterHost(value)), bound.number != nil || bound.variable != nil
            {
                port = bound
            }
            if flag == "--host" || flag == "-h" || Self.bindFlags.contains(flag), let value {
                host = Self.reading(Self.beforePort(value)).variable ?? host
            }
            if isDjango, !word.hasPrefix("-"),
                word.contains(":") || Int(word) != nil, word != target
            {
                port = Self.reading(Self.afterHost(word))
            }
        }
        self.port = port.number
        portVariable = port.variable
        hostVariable = host
        isDevelopment =
            rest.contains("--reload") || rest.contains("--debug") || rest.contains("runserver")
            || (name == "flask" && rest.contains("run")) || (name == "fastapi" && rest.first == "dev")
            || name == "nodemon"
    }

    /// Simple commands of a line, without `&&`, `;`, `||` and `|` between them.
    static func commands(in text: String) -> [String] {
        let operators: Set<String> = ["&&", ";", "||", "|", "&"]
        return split(text.replacing(";", with: " ; ")).split { operators.contains($0) }.map {
            $0.joined(separator: " ")
        }
    }

    /// Words with their quotes, cut at blanks outside quotes and `${…}`.
    static func split(_ text: String) -> [String] {
        // By bytes: a file of a megabyte is read in milliseconds then.
        var text = text
        return text.withUTF8 { bytes in
            var words: [String] = []
            var start: Int?
            var quote: UInt8?
            var depth = 0
            for (index, byte) in bytes.enumerated() {
                let isBlank = quote == nil && depth == 0 && (byte == 0x20 || byte >= 0x09 && byte <= 0x0D)
                guard !isBlank else {
                    if let first = start { words.append(String(decoding: bytes[first..<index], as: UTF8.self)) }
                    start = nil
                    continue
                }
                if start == nil { start = index }
                if let open = quote {
                    if byte == open { quote = nil }
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    quote = byte
                } else if byte == UInt8(ascii: "{") {
                    depth += 1
                } else if byte == UInt8(ascii: "}") {
                    depth = max(0, depth - 1)
                }
            }
            if let first = start { words.append(String(decoding: bytes[first...], as: UTF8.self)) }
            return words
        }
    }

    /// `module.sub:object`, `module:create()`.
    private static func isTarget(_ word: String) -> Bool {
        let text = word.trimmingQuotes
        guard let colon = text.firstIndex(of: ":"), !text.hasPrefix("-"), !text.contains("/"), !text.contains("$")
        else { return false }
        let module = text[..<colon]
        let object = text[text.index(after: colon)...]
        guard let first = module.first, let second = object.first, first.isLetter || first == "_",
            second.isLetter || second == "_"
        else { return false }
        return module.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    }

    private static func afterHost(_ value: String) -> String {
        let text = value.trimmingQuotes
        guard let colon = lastColonOutsideBraces(text) else { return text }
        return String(text[text.index(after: colon)...])
    }
    private static func beforePort(_ value: String) -> String {
        let text = value.trimmingQuotes
        guard let colon = lastColonOutsideBraces(text) else { return text }
        return String(text[..<colon])
    }
    private static func lastColonOutsideBraces(_ text: String) -> String.Index? {
        var depth = 0
        var found: String.Index?
        for index in text.indices {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" { depth -= 1 }
            if text[index] == ":", depth == 0 { found = index }
        }
        return found
    }

    /// `8000`, `$PORT`, `${PORT}`, `${PORT:-8000}`.
    private static func reading(_ value: String) -> (number: UInt16?, variable: String?) {
        let text = value.trimmingQuotes
        guard text.hasPrefix("$") else { return (UInt16(text), nil) }
        let body = text.dropFirst().filter { $0 != "{" && $0 != "}" }
        let name = body.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = body.dropFirst(name.count).drop { $0 == ":" || $0 == "-" }
        return (UInt16(rest), name.isEmpty ? nil : String(name))
    }

    /// As ``movable(usualPort:)``, with the flags that say where to listen added when the command has none: without
    /// them servers listen for this machine alone, at a port of their own.
    func listening(usualPort: UInt16?) -> StartCommand {
        let line = words.joined(separator: " ")
        guard port == nil, portVariable == nil, !line.contains("unix:"), !line.contains("--fd") else {
            return movable(usualPort: usualPort ?? port ?? 8000)
        }
        let usual = usualPort ?? (["flask"].contains(program) ? 5000 : 8000)
        let host = line.contains("--host") ? "" : " --host ${HOST:-0.0.0.0}"
        let flags: String
        switch program {
        case "gunicorn": flags = " --bind ${HOST:-0.0.0.0}:${PORT:-\(usual)}"
        case "hypercorn": flags = " --bind ${HOST:-0.0.0.0}:${PORT:-\(usual)}"
        case "waitress-serve":
            let text = words[...programIndex].joined(separator: " ") + " --listen=${HOST:-0.0.0.0}:${PORT:-\(usual)} "
            return StartCommand(
                text + words[(programIndex + 1)...].joined(separator: " "), portVariable: "PORT", hostVariable: "HOST")
        case "daphne":
            let text = words[...programIndex].joined(separator: " ") + " -b ${HOST:-0.0.0.0} -p ${PORT:-\(usual)} "
            return StartCommand(
                text + words[(programIndex + 1)...].joined(separator: " "), portVariable: "PORT", hostVariable: "HOST")
        case "uvicorn", "fastapi", "granian", "flask": flags = "\(host) --port ${PORT:-\(usual)}"
        default: return movable(usualPort: usual)
        }
        return StartCommand(line + flags, portVariable: "PORT", hostVariable: host.isEmpty ? hostVariable : "HOST")
    }

    /// The command with a port that can move: a literal or a bare `$PORT` becomes `${PORT:-port}`, with `PORT` as the
    /// name where the command has none.
    func movable(usualPort: UInt16) -> StartCommand {
        let number = port ?? usualPort
        let variable = portVariable ?? "PORT"
        let replacement = "${\(variable):-\(number)}"
        var changed = words
        for index in changed.indices where index > programIndex {
            let previous = changed[index - 1]
            let flag = changed[index].split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
            let isValue = Self.portFlags.contains(previous) || Self.bindFlags.contains(previous)
            let isJoined =
                changed[index].contains("=") && (Self.portFlags.contains(flag) || Self.bindFlags.contains(flag))
            guard isValue || isJoined, !changed[index].contains("unix:") else { continue }
            for spelling in ["${\(variable)}", "$\(variable)", "\(number)"]
            where !changed[index].contains("${\(variable):-") {
                guard let place = changed[index].ranges(of: spelling).last else { continue }
                changed[index].replaceSubrange(place, with: replacement)
                break
            }
        }
        let text = changed.joined(separator: " ")
        let moves = text.contains("${\(variable)")
        return StartCommand(text, port: port, portVariable: moves ? variable : portVariable, hostVariable: hostVariable)
    }
}

extension String {
    /// By bytes, because it is asked of every word of every command.
    var trimmingQuotes: String {
        func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
        guard let first = utf8.firstIndex(where: { !isQuote($0) }), let last = utf8.lastIndex(where: { !isQuote($0) })
        else { return "" }
        return String(self[first..<utf8.index(after: last)])
    }
    /// `NAME=value` before a command.
    fileprivate var isAssignment: Bool {
        guard let equals = firstIndex(of: "="), equals != startIndex else { return false }
        return self[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
