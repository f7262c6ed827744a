// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `Environment.GetEnvironmentVariable` and configuration keys that are spelled like variables.
struct CSharpEnvironmentReader: VariableReader {
    let summary =
        "C#: Environment.GetEnvironmentVariable; IConfiguration keys and connection strings that no appsettings.json has"
    let languages: Set<CodeLanguage> = [.csharp]

    func read(_ code: Code, into file: inout FileReads) {
        for index in 0..<code.count where code.kind(index) == .word {
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
            name, at: index, required: suffix.required, default: suffix.fallback,
            bare: !["??", "==", "!=", "?."].contains { code.isMark(after, $0) })
    }

    private func suffix(_ code: Code, _ index: Int) -> (required: Bool, fallback: Literal) {
        if code.isMark(index, "??") {
            if code.isWord(index + 2, "throw") { return (true, .nothing) }
            return (false, code.literal(index + 2..<index + 3))
        }
        return (code.isMark(index, "!") && !code.isMark(index, "!="), .nothing)
    }
}
