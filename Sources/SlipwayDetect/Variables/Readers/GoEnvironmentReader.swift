// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `os.Getenv`, `os.LookupEnv`, viper and command-line libraries.
struct GoEnvironmentReader: VariableReader {
    let summary = "Go: os.Getenv, os.LookupEnv, functions around them, viper.BindEnv, urfave/cli and cobra flags"
    let languages: Set<CodeLanguage> = [.go]

    func read(_ code: Code, into file: inout FileReads) {
        let viper = GoViper(code)
        viper.readStructs(code, into: &file)
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
            if let wrapper = EnvironmentWrapper(code, name: index + 2, required: Self.fails(code, after: close)) {
                file.wrappers.append(wrapper)
            } else if let constant = GoConstant(code, index + 2..<close) {
                let check = check(code, binding(code, before: index - 2), after: close)
                file.constants.append(.init(constant: constant, required: check.required))
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
        let check = check(code, binding(code, before: index - 2), after: close)
        let local = binding(code, before: index - 2)
        let isTested =
            code.isMark(close + 1, "==") || code.isMark(close + 1, "!=") || code.isWord(index, "LookupEnv")
            || (local.map { name in
                (0..<code.count).contains {
                    code.isWord($0, name)
                        && (code.isMark($0 + 1, "==") || code.isMark($0 + 1, "!=") || code.isWord($0 - 1, "if"))
                }
            } ?? false)
        file.add(name, at: index, required: check.required, default: check.fallback, bare: !isTested)
    }

    private func binding(_ code: Code, before index: Int) -> String? {
        if code.isMark(index - 1, "="), code.isMark(index - 2, ":") {
            if code.isMark(index - 4, ","), let first = code.word(index - 5) { return first }
            return code.word(index - 3)
        }
        return code.isMark(index - 1, "=") ? code.word(index - 2) : nil
    }

    /// Looks at the `if name == ""` after the read: it fails, or it puts a default.
    private func check(_ code: Code, _ name: String?, after close: Int) -> (required: Bool, fallback: Literal) {
        guard let name else { return (false, .nothing) }
        for index in close..<min(code.count, close + 60) where code.isWord(index, "if") {
            let isEmpty = code.isWord(index + 1, name) && code.isMark(index + 2, "==") && code.string(index + 4) == ""
            let isMissing =
                code.isMark(index + 1, "!") && code.isWord(index + 2, of: ["ok", "exists", "found", "present"])
            guard isEmpty || isMissing else { continue }
            guard let open = (index..<min(code.count, index + 8)).first(where: { code.isMark($0, "{") }),
                let end = code.partner(open)
            else { continue }
            if code.isWord(open + 1, name), code.isMark(open + 2, "="), let last = lastOfLine(code, open + 3, end) {
                return (false, code.literal(open + 3..<last))
            }
            return (Self.fails(code, open..<end), .nothing)
        }
        return (false, .nothing)
    }

    private func lastOfLine(_ code: Code, _ start: Int, _ end: Int) -> Int? {
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
