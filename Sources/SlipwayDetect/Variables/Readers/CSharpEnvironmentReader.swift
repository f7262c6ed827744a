// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `Environment.GetEnvironmentVariable` and configuration keys that are spelled like variables.
struct CSharpEnvironmentReader: VariableReader {
    let summary =
        "C#: Environment.GetEnvironmentVariable; IConfiguration keys and connection strings that no appsettings.json has, also in sections bound to a class"
    let languages: Set<CodeLanguage> = [.csharp]

    func read(_ code: Code, into file: inout FileReads) {
        for index in 0..<code.count where code.kind(index) == .word {
            if let section = DotNetSection(code, index) { file.sections.append(section) }
            if code.isWord(index, "GetEnvironmentVariable"), code.isMark(index + 1, "("),
                let close = code.partner(index + 1)
            {
                guard let name = code.name(index + 2) else {
                    let suffix = suffix(code, close + 1)
                    if let wrapper = EnvironmentWrapper(code, name: index + 2, required: suffix.required) {
                        file.wrappers.append(wrapper)
                    }
                    continue
                }
                add(code, name, index, close + 1, into: &file)
            } else if code.text(index).lowercased().hasSuffix("configuration")
                || code.text(index).lowercased() == "_config",
                code.isMark(index + 1, "["), let name = code.string(index + 2), let close = code.partner(index + 1)
            {
                if EnvironmentName.isScreaming(name) {
                    add(code, name, index, close + 1, into: &file)
                } else if !code.isMark(close + 1, "=") || code.isMark(close + 1, "==") {
                    key(code, name, index, suffix(code, close + 1).fallback, close + 1, into: &file)
                }
            } else if code.isWord(index, "GetConnectionString"), code.isMark(index + 1, "("),
                let name = code.string(index + 2), let close = code.partner(index + 1)
            {
                key(code, "ConnectionStrings:" + name, index, suffix(code, close + 1).fallback, close + 1, into: &file)
            } else if code.isWord(index, "GetValue"), code.isMark(index + 1, "<"), code.isMark(index + 4, "("),
                let name = code.string(index + 5)
            {
                let arguments = code.arguments(index + 4)
                guard EnvironmentName.isScreaming(name) else {
                    let fallback: Literal = arguments.count > 1 ? code.literal(arguments[1]) : .computed
                    key(code, name, index, fallback, index, into: &file)
                    continue
                }
                file.add(name, at: index, default: arguments.count > 1 ? code.literal(arguments[1]) : .nothing)
            }
        }
    }

    /// `configuration["Jwt:Key"]`, which `Jwt__Key` sets.
    private func key(
        _ code: Code, _ name: String, _ index: Int, _ fallback: Literal, _ after: Int, into file: inout FileReads
    ) {
        guard name.utf8.allSatisfy({ Byte.isNamePart($0) || $0 == Byte.colon }), name.first?.isLetter == true else {
            return
        }
        // A value that is looked at may be missing.
        let isTested = code.isMark(after, "?") && !code.isMark(after, "??") || code.isMark(after, "==")
        file.keys.append(
            SettingKeyRead(
                style: .dotNet, key: name, line: code.line(index),
                fallback: isTested && fallback == .nothing ? .computed : fallback))
    }

    private func add(_ code: Code, _ name: String, _ index: Int, _ after: Int, into file: inout FileReads) {
        let suffix = suffix(code, after)
        file.add(
            name, at: index, required: suffix.required || isInsisted(code, index, after), default: suffix.fallback,
            bare: !["??", "==", "!=", "?."].contains { code.isMark(after, $0) })
    }

    /// `if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("X"))) throw …`, `ThrowIfNullOrEmpty(…)`, and the same
    /// for the local variable that holds the value.
    private func isInsisted(_ code: Code, _ index: Int, _ after: Int) -> Bool {
        let asking = ["IsNullOrEmpty", "IsNullOrWhiteSpace"]
        let throwing = ["ThrowIfNull", "ThrowIfNullOrEmpty", "ThrowIfNullOrWhiteSpace"]
        if let open = code.parent(index), code.isMark(open, "(") {
            if code.isWord(open - 1, of: throwing) { return true }
            if code.isWord(open - 1, of: asking) { return throwsWhen(code, open) }
        }
        // var key = Environment.GetEnvironmentVariable("X"); if (key == null) throw …
        let start = code.isMark(index - 1, ".") ? index - 2 : index
        guard code.isMark(start - 1, "="), let name = code.word(start - 2) else { return false }
        for token in after..<min(code.count, after + 80) where code.isWord(token, name) {
            guard let open = code.parent(token), code.isMark(open, "(") else { continue }
            if code.isWord(open - 1, of: throwing) { return true }
            if code.isWord(open - 1, of: asking), throwsWhen(code, open) { return true }
            let isMissing = code.isMark(token + 1, "==") || code.isWord(token + 1, "is")
            if isMissing, code.isWord(open - 1, "if"), let close = code.partner(open), throwsNear(code, close) {
                return true
            }
        }
        return false
    }

    private func throwsWhen(_ code: Code, _ open: Int) -> Bool {
        guard let outer = code.parent(open), code.isMark(outer, "("), code.isWord(outer - 1, "if"),
            let close = code.partner(outer)
        else { return false }
        return throwsNear(code, close)
    }

    private func throwsNear(_ code: Code, _ close: Int) -> Bool {
        let end = code.isMark(close + 1, "{") ? code.partner(close + 1) ?? close + 2 : close + 2
        return (close + 1..<min(end, close + 40)).contains { code.isWord($0, of: ["throw", "Exit", "FailFast"]) }
    }

    private func suffix(_ code: Code, _ index: Int) -> (required: Bool, fallback: Literal) {
        if code.isMark(index, "??") {
            if code.isWord(index + 2, "throw") { return (true, .nothing) }
            return (false, code.literal(index + 2..<index + 3))
        }
        return (code.isMark(index, "!") && !code.isMark(index, "!="), .nothing)
    }
}
