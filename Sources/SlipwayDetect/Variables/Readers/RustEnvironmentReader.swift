// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `std::env::var`, `env!`, clap's `env`, envy.
struct RustEnvironmentReader: VariableReader {
    let summary =
        "Rust: std::env::var, var_os, dotenvy::var, env!, constants of other files, option_env!, clap env, envy structures"
    let languages: Set<CodeLanguage> = [.rust]

    func read(_ code: Code, into file: inout FileReads) {
        let envy = EnvyTargets(code)
        let tests = Self.tests(code)
        for index in 0..<code.count where code.kind(index) == .word && !tests.contains(where: { $0.contains(index) }) {
            if code.isWord(index, of: ["var", "var_os"]), code.isMark(index + 1, "(") {
                variable(code, index, into: &file)
            } else if code.isWord(index, of: ["from_default_env", "try_from_default_env"])
                || code.isWord(index, of: ["init", "try_init"]) && code.isMember(index)
                    && code.isWord(index - 3, of: ["env_logger", "pretty_env_logger"])
            {
                // What env_logger and tracing's filter are told by (docs.rs/env_logger, docs.rs/tracing-subscriber).
                file.add("RUST_LOG", at: index)
            } else if code.isWord(index, of: ["env", "option_env", "dotenv"]), code.isMark(index + 1, "!"),
                code.isMark(index + 2, "("), let name = code.string(index + 3)
            {
                file.add(name, at: index, required: !code.isWord(index, "option_env"), phase: .build)
            } else if code.isWord(index, "env"), let open = code.parent(index),
                code.isWord(open - 1, of: ["arg", "clap", "structopt", "command"])
            {
                clap(code, index, open, into: &file)
            } else if code.isWord(index, "struct"), let prefix = envy.prefixes[code.text(index + 1)] {
                fields(code, index, prefix, into: &file)
            }
        }
    }

    /// What only `cargo test` compiles: below `#[cfg(test)]` and `#[test]`.
    private static func tests(_ code: Code) -> [Range<Int>] {
        (0..<code.count).compactMap { index in
            guard code.isMark(index, "["), let close = code.partner(index) else { return nil }
            let isForTests = code.isWord(index + 1, "cfg") && code.isWord(index + 3, "test") && close == index + 5
            let isTest = code.isWord(close - 1, "test") && code.isWord(close + 1, of: ["fn", "async"])
            guard isForTests || isTest,
                let open = (close..<min(code.count, close + 60)).first(where: {
                    code.isMark($0, "{") || code.isMark($0, ";")
                }), let end = code.partner(open)
            else { return nil }
            return close..<end
        }
    }

    private func variable(_ code: Code, _ index: Int, into file: inout FileReads) {
        let isQualified = code.isMark(index - 2, "::") && code.isWord(index - 3, of: ["env", "dotenvy", "dotenv"])
        guard isQualified || !code.isMember(index) && code.isWord(index, "var") && imports(code) else { return }
        guard let close = code.partner(index + 1) else { return }
        let argument = code.isMark(index + 2, "&") ? index + 3 : index + 2
        var suffix = suffix(code, close + 1)
        if !suffix.required, suffix.fallback == .nothing { suffix.required = RustFailure.follows(code, index, close) }
        guard close == argument + 1, let name = code.string(argument) else {
            if let constant = NamedConstant(rust: code, argument..<close) {
                file.constants.append(ConstantRead(constant: constant, required: suffix.required))
            }
            if close == argument + 1, let wrapper = EnvironmentWrapper(code, name: argument, required: suffix.required)
            {
                file.wrappers.append(wrapper)
            }
            return
        }
        file.add(name, at: index, required: suffix.required, default: suffix.fallback, kind: suffix.kind)
    }

    private func imports(_ code: Code) -> Bool {
        (0..<code.count).contains { code.isWord($0, "env") && code.isMark($0 + 1, "::") && code.isWord($0 + 3, "var") }
    }

    /// Reads `.unwrap_or("x".into())`, `.expect("...")`, `?` and the like.
    private func suffix(_ code: Code, _ start: Int) -> (required: Bool, fallback: Literal, kind: Variable.Kind?) {
        var index = start
        var required = false
        var kind: Variable.Kind?
        for _ in 0..<10 {
            if code.isMark(index, "?") {
                return (true, .nothing, kind)
            }
            guard code.isMark(index, "."), let method = code.word(index + 1) else { break }
            var open = index + 2
            if code.isMark(open, "::") {
                let type = code.text(open + 3)
                kind = type == "bool" ? .boolean : type.hasPrefix("u") || type.hasPrefix("i") ? .integer : kind
                open += 5
            }
            guard code.isMark(open, "("), let close = code.partner(open) else { break }
            switch method {
            // An error that is handed on stops the program in the end.
            case "expect", "unwrap", "map_err", "context", "with_context", "wrap_err", "ok_or", "ok_or_else":
                required = true
            case "unwrap_or", "unwrap_or_else", "map_or":
                let body = code.arguments(open).first.map { range -> Range<Int> in
                    code.isMark(range.lowerBound, "|")
                        ? min(range.upperBound, closure(code, range.lowerBound))..<range.upperBound : range
                }
                if let body, body.contains(where: { code.isWord($0, of: ["panic", "exit", "bail"]) }) {
                    return (true, .nothing, kind)
                }
                return (false, body.map { code.literal($0) } ?? .computed, kind)
            case "unwrap_or_default", "ok", "is_ok", "is_err", "is_some", "unwrap_or_false":
                return (false, .nothing, kind)
            default: break
            }
            index = close + 1
        }
        return (required, .nothing, kind)
    }

    /// The index after `|_|`, `||`.
    private func closure(_ code: Code, _ start: Int) -> Int {
        if code.isMark(start, "||") { return start + 2 }
        return ((start + 1)..<(start + 5)).first { code.isMark($0, "|") }.map { $0 + 1 } ?? start
    }

    /// #[arg(long, env = "X", default_value = "y")] and #[arg(env)] on a field.
    private func clap(_ code: Code, _ index: Int, _ open: Int, into file: inout FileReads) {
        guard let close = code.partner(open) else { return }
        let arguments = code.arguments(open)
        let value = ["default_value", "default_value_t"].lazy.compactMap { code.argument($0, in: arguments) }.first
        let literal = value.map { code.literal($0) } ?? .nothing
        var field = close + 2
        while code.isMark(field, "#"), let end = code.partner(field + 1) { field = end + 1 }
        if code.isWord(field, "pub") { field += 1 }
        let isOptional = code.isWord(field + 2, of: ["Option", "bool", "Vec"])
        if code.isMark(index + 1, "="), let name = code.string(index + 2) {
            file.add(name, at: index, required: value == nil && !isOptional, default: literal)
        } else if let name = code.word(field), code.isMark(index + 1, ",") || index + 1 == close {
            file.add(
                EnvironmentName.screaming(name), at: index, required: value == nil && !isOptional, default: literal)
        }
    }

    private func fields(_ code: Code, _ index: Int, _ prefix: String, into file: inout FileReads) {
        guard code.isMark(index + 2, "{"), let close = code.partner(index + 2) else { return }
        for token in index + 3..<close
        where code.parent(token) == index + 2 && code.kind(token) == .word && code.isMark(token + 1, ":")
            && !code.isMark(token + 1, "::")
        {
            let isOptional =
                code.isWord(token + 2, "Option")
                || (code.isMark(token - 1, "]")
                    && code.partner(token - 1).map { ($0..<token).contains { code.isWord($0, "default") } } == true)
            file.add(prefix + EnvironmentName.screaming(code.text(token)), at: token, required: !isOptional)
        }
    }
}

/// The structures that envy fills, with their prefix.
private struct EnvyTargets {
    private(set) var prefixes: [String: String] = [:]

    init(_ code: Code) {
        for index in 0..<code.count where code.isWord(index, "from_env") {
            guard let start = (max(0, index - 10)..<index).first(where: { code.isWord($0, "envy") }) else { continue }
            let prefix = (start..<index).first { code.isWord($0, "prefixed") }.flatMap { code.string($0 + 2) } ?? ""
            // envy::from_env::<Config>() or `-> Result<Config, ...>` before it.
            if code.isMark(index + 1, "::"), code.isMark(index + 3, "<"), let type = code.word(index + 4) {
                prefixes[type] = prefix
            }
        }
    }
}
