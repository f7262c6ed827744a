// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `os.Getenv`, `os.LookupEnv`, viper and command-line libraries.
struct GoEnvironmentReader: VariableReader {
    let summary = "Go: os.Getenv, os.LookupEnv, functions around them, viper.BindEnv, urfave/cli and cobra flags"
    let languages: Set<CodeLanguage> = [.go]

    func read(_ code: Code, into file: inout FileReads) {
        let viper = GoViper(code)
        viper.readStructs(code, into: &file)
        viper.readFlags(code, into: &file)
        for index in 0..<code.count where code.kind(index) == .word {
            if code.isWord(index, of: ["Getenv", "LookupEnv"]), code.isWord(index - 2, of: ["os", "syscall"]) {
                osRead(code, index, into: &file)
            } else if code.isWord(index, of: ["EnvVars", "EnvVar"]) {
                // EnvVars: []string{"X"}, cli.EnvVars("X")
                var token = index + 1
                while token < min(code.count, index + 12), !code.isMark(token, "}"), !code.isMark(token, ")") {
                    if let name = code.string(token), EnvironmentName.isScreaming(name) { file.add(name, at: token) }
                    if code.isMark(token, ","), code.parent(token) == code.parent(index) { break }
                    token += 1
                }
            } else if code.isMark(index - 1, "."), code.isMark(index + 1, "(") {
                viper.read(code, index, into: &file)
            }
        }
    }

    private func osRead(_ code: Code, _ index: Int, into file: inout FileReads) {
        guard code.isMark(index + 1, "("), let close = code.partner(index + 1), close == index + 3 || close == index + 5
        else { return }
        guard let name = code.name(index + 2) else {
            let local = Self.binding(code, before: index - 2)
            let fails = local.map { Self.check(code, $0, after: close).required } ?? Self.fails(code, after: close)
            if let wrapper = EnvironmentWrapper(code, name: index + 2, required: fails) {
                file.wrappers.append(wrapper)
            } else if let constant = NamedConstant(code, index + 2..<close) {
                file.constants.append(.init(constant: constant, required: fails))
            }
            return
        }
        // cmp.Or(os.Getenv("X"), "default")
        if code.isMark(close + 1, ","), let open = code.parent(index), code.isWord(open - 1, "Or"),
            code.isWord(open - 3, "cmp"), let last = code.arguments(open).last
        {
            file.add(name, at: index, default: code.literal(last))
            return
        }
        let local = Self.binding(code, before: index - 2)
        let check = local.map { Self.check(code, $0, after: close) } ?? (required: false, fallback: .nothing)
        let isTested =
            code.isMark(close + 1, "==") || code.isMark(close + 1, "!=") || code.isWord(index, "LookupEnv")
            || (local.map { name in
                (0..<code.count).contains {
                    code.isWord($0, name)
                        && (code.isMark($0 + 1, "==") || code.isMark($0 + 1, "!=") || code.isWord($0 - 1, "if"))
                }
            } ?? false)
        file.add(
            name, at: index, required: check.required || isFieldInsisted(code, index), default: check.fallback,
            bare: !isTested)
    }

    /// `Config{URL: os.Getenv("X")}` where `if cfg.URL == ""` fails somewhere in the file.
    private func isFieldInsisted(_ code: Code, _ index: Int) -> Bool {
        guard code.isMark(index - 3, ":") || code.isMark(index - 3, "="), let field = code.word(index - 4) else {
            return false
        }
        return (0..<code.count).contains { token in
            guard code.isWord(token, field), code.isMark(token - 1, "."), code.isMark(token + 1, "=="),
                code.string(token + 3) == "",
                let open = (token..<min(code.count, token + 40)).first(where: { code.isMark($0, "{") }),
                let end = code.partner(open)
            else { return false }
            return Self.fails(code, open..<end)
        }
    }

    static func binding(_ code: Code, before index: Int) -> String? {
        if code.isMark(index - 1, "="), code.isMark(index - 2, ":") {
            if code.isMark(index - 4, ","), let first = code.word(index - 5) { return first }
            return code.word(index - 3)
        }
        return code.isMark(index - 1, "=") ? code.word(index - 2) : nil
    }

    /// Looks at the `if name == ""` after the read: it fails, or it puts a default; or at `if name != "" { return … }`
    /// and what stands after it.
    static func check(_ code: Code, _ name: String, after close: Int) -> (required: Bool, fallback: Literal) {
        for index in close..<min(code.count, close + 60) where code.isWord(index, "if") || code.isMark(index, ";") {
            guard index == close + 1 || code.isWord(index, "if"),
                let open = (index..<min(code.count, index + 40)).first(where: { code.isMark($0, "{") }),
                let end = code.partner(open)
            else { continue }
            let condition = index + 1..<open
            if condition.contains(where: { isEmpty(code, $0, name) }) {
                if code.isWord(open + 1, name), code.isMark(open + 2, "="), let last = lastOfLine(code, open + 3, end) {
                    return (false, code.literal(open + 3..<last))
                }
                return (fails(code, open..<end), .nothing)
            }
            let isThere = condition.contains { isPresent(code, $0, name) }
            if isThere, (open..<end).contains(where: { code.isWord($0, "return") }) {
                return (fails(code, end..<min(code.count, end + 14)), .nothing)
            }
        }
        return (false, .nothing)
    }

    private static let founds = ["ok", "exists", "found", "present", "isSet", "set", "exist"]

    /// `name == ""`, `len(name) == 0`, `!ok`
    private static func isEmpty(_ code: Code, _ index: Int, _ name: String) -> Bool {
        if code.isWord(index, name) {
            let isShort = code.isMark(index + 1, ")") && code.isMark(index + 2, "==") && code.isWord(index - 2, "len")
            return code.isMark(index + 1, "==") && code.string(index + 3) == "" || isShort
        }
        return code.isMark(index, "!") && code.isWord(index + 1, of: founds)
    }

    /// `name != ""`, `ok`
    private static func isPresent(_ code: Code, _ index: Int, _ name: String) -> Bool {
        code.isWord(index, name) && code.isMark(index + 1, "!=") && code.string(index + 3) == ""
            || code.isWord(index, of: founds) && !code.isMark(index - 1, "!")
    }

    private static func lastOfLine(_ code: Code, _ start: Int, _ end: Int) -> Int? {
        (start..<end).first { code.line($0) > code.line(start) } ?? end
    }

    static func fails(_ code: Code, after close: Int) -> Bool {
        guard let open = code.parent(close), let end = code.partner(open) else { return false }
        return fails(code, close..<min(end, close + 60))
    }

    private static func fails(_ code: Code, _ range: Range<Int>) -> Bool {
        range.contains {
            code.isWord($0, of: ["panic", "Fatal", "Fatalf", "Fatalln", "Exit", "Errorf", "Panic", "Panicf"])
                || (code.isWord($0, "New") && code.isWord($0 - 2, "errors"))
        }
    }
}
