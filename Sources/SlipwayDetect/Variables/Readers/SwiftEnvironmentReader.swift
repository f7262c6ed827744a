// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `ProcessInfo`, Vapor's and Hummingbird's `Environment`, `getenv`, swift-configuration.
struct SwiftEnvironmentReader: VariableReader {
    let summary = "Swift: ProcessInfo, Environment.get, Environment.process, getenv, swift-configuration's forKey"
    let languages: Set<CodeLanguage> = [.swift]

    func read(_ code: Code, into file: inout FileReads) {
        let aliases = aliases(code)
        let usesProvider = (0..<code.count).contains { code.isWord($0, "EnvironmentVariablesProvider") }
        for index in 0..<code.count where code.kind(index) == .word {
            if let end = code.path(index, "ProcessInfo", "processInfo", "environment") {
                subscripted(code, index, end, into: &file)
            } else if aliases.contains(code.text(index)), !code.isMember(index) {
                if code.isMark(index + 1, "[") {
                    subscripted(code, index, index + 1, into: &file)
                } else if let end = code.path(index + 1 - 1, code.text(index), "get"), code.isMark(end, "(") {
                    call(code, index, end, into: &file)
                }
            } else if let end = code.path(index, "Environment", "get"), code.isMark(end, "(") {
                call(code, index, end, into: &file)
            } else if let end = code.path(index, "Environment", "process"), code.isMark(end, "."),
                let name = code.word(end + 1)
            {
                file.add(name, at: index, required: fails(code, end + 2, index), default: fallback(code, end + 2))
            } else if code.isWord(index, "getenv"), code.isMark(index + 1, "(") {
                call(code, index, index + 1, into: &file)
            } else if usesProvider, code.isMark(index + 1, "("), code.isWord(index + 2, "forKey"),
                let key = code.string(index + 4)
            {
                configuration(code, index, key, into: &file)
            }
        }
    }

    /// `let env = ProcessInfo.processInfo.environment`, `let env = Environment()`, `try await Environment.dotEnv()`
    private func aliases(_ code: Code) -> Set<String> {
        var result: Set<String> = []
        for index in 0..<code.count {
            var end = code.path(index, "ProcessInfo", "processInfo", "environment")
            if end == nil, code.isWord(index, "Environment"), code.isMark(index + 1, "(") { end = index + 3 }
            if end == nil, let dot = code.path(index, "Environment", "dotEnv") { end = dot }
            guard let end, !code.isMark(end, "["), !code.isMark(end, "."), !code.isMark(end, "?") else { continue }
            for back in stride(from: index - 1, to: max(-1, index - 8), by: -1)
            where code.isWord(back, of: ["let", "var"]) {
                if let name = code.word(back + 1) { result.insert(name) }
                break
            }
        }
        return result
    }

    private func subscripted(_ code: Code, _ start: Int, _ open: Int, into file: inout FileReads) {
        guard code.isMark(open, "["), let close = code.partner(open) else { return }
        guard let name = code.string(open + 1), close == open + 2 || code.isMark(open + 2, ",") else {
            if close == open + 2,
                let wrapper = EnvironmentWrapper(code, name: open + 1, required: fails(code, close + 1, start))
            {
                file.wrappers.append(wrapper)
            }
            return
        }
        var value = fallback(code, close + 1)
        if let given = code.argument("default", in: code.arguments(open)) { value = code.literal(given) }
        file.add(name, at: start, required: value == .nothing && fails(code, close + 1, start), default: value)
    }

    private func call(_ code: Code, _ start: Int, _ open: Int, into file: inout FileReads) {
        guard let close = code.partner(open) else { return }
        guard let name = code.name(open + 1) else {
            if close == open + 2,
                let wrapper = EnvironmentWrapper(code, name: open + 1, required: fails(code, close + 1, start))
            {
                file.wrappers.append(wrapper)
            }
            return
        }
        let value = fallback(code, close + 1)
        file.add(name, at: start, required: value == .nothing && fails(code, close + 1, start), default: value)
    }

    /// `?? "x"`, after `.flatMap(Int.init(_:))` too.
    private func fallback(_ code: Code, _ index: Int) -> Literal {
        var index = index
        for _ in 0..<4 {
            if code.isMark(index, "??") {
                let next = index + 3
                let isLast =
                    code.kind(next) != .mark || code.tokens[next].startsLine
                    || [")", ",", "]", "}", ";", "?", "{"].contains { code.isMark(next, $0) }
                return code.isWord(index + 2, of: ["fatalError", "preconditionFailure"])
                    ? .nothing
                    : isLast ? code.literal(index + 2..<next) : .computed
            }
            if code.isMark(index, ")") {
                index += 1
            } else if let member = code.afterDot(index), code.isMark(member + 1, "("),
                let close = code.partner(member + 1)
            {
                index = close + 1
            } else {
                break
            }
        }
        return .nothing
    }

    /// `env["X"]!`, `guard let x = env["X"] else { fatalError() }`, `?? fatalError()`
    private func fails(_ code: Code, _ after: Int, _ start: Int) -> Bool {
        if code.isMark(after, "!"), !code.isMark(after, "!=") { return true }
        if code.isMark(after, "??"), code.isWord(after + 2, of: ["fatalError", "preconditionFailure"]) { return true }
        let isGuarded = (max(0, start - 40)..<start).last { code.isWord($0, of: ["guard", "if", "func", "return"]) }
        guard let guardToken = isGuarded, code.isWord(guardToken, "guard") || code.isWord(guardToken, "if") else {
            return false
        }
        guard let other = (after..<min(code.count, after + 40)).first(where: { code.isWord($0, "else") }),
            code.isMark(other + 1, "{"), let close = code.partner(other + 1)
        else { return false }
        return (other..<min(close, other + 30)).contains {
            code.isWord($0, of: ["fatalError", "throw", "preconditionFailure", "exit"])
        }
    }

    /// The key's parts joined by `_`, words of camel case apart, in capitals: swift-configuration's
    /// EnvironmentVariablesProvider documentation.
    private func configuration(_ code: Code, _ index: Int, _ key: String, into file: inout FileReads) {
        let methods = [
            "string", "int", "bool", "double", "stringArray", "requiredString", "requiredInt", "requiredBool",
            "requiredDouble",
        ]
        guard let method = code.word(index), methods.contains(method) else { return }
        let value = code.argument("default", in: code.arguments(index + 1)).map { code.literal($0) } ?? .nothing
        file.add(
            EnvironmentName.screaming(key), at: index, required: method.hasPrefix("required"), default: value,
            kind: method.lowercased().hasSuffix("int")
                ? .integer : method.lowercased().hasSuffix("bool") ? .boolean : nil)
    }
}
