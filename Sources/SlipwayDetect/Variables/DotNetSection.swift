// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A section of .NET's configuration and the class whose properties it sets: `Configure<Mail>(x.GetSection("Mail"))`
/// makes `Mail__Host` of `Mail.Host` (learn.microsoft.com/aspnet/core/fundamentals/configuration/options).
struct DotNetSection {
    /// Of a class that more than options hold, the properties would be guesses.
    private static let most = 60
    private static let simple: Set<String> = [
        "string", "int", "long", "short", "bool", "double", "decimal", "float", "TimeSpan", "Uri", "Guid",
    ]

    let type: String
    let section: String

    /// - Parameter index: The word before `<Type>`: `Configure`, `AddOptions`, or `Get` after `GetSection(…)`.
    init?(_ code: Code, _ index: Int) {
        guard code.isMark(index + 1, "<"), let type = code.word(index + 2), code.isMark(index + 3, ">"),
            code.isMark(index + 4, "("), let close = code.partner(index + 4)
        else { return nil }
        func section(_ range: Range<Int>, _ words: [String]) -> String? {
            range.lazy.filter { code.isWord($0, of: words) && code.isMark($0 + 1, "(") }
                .compactMap { code.string($0 + 2) }.first
        }
        switch code.text(index) {
        case "Configure": self.section = section(index + 4..<close, ["GetSection", "GetRequiredSection"]) ?? ""
        case "AddOptions":
            // The calls of the chain, up to the end of the statement.
            let end = (close..<min(code.count, close + 40)).first { code.isMark($0, ";") } ?? close
            self.section = section(close..<end, ["BindConfiguration", "GetSection", "GetRequiredSection"]) ?? ""
        case "Get":
            guard code.isMark(index - 1, "."), code.isMark(index - 2, ")"), let open = code.partner(index - 2),
                code.isWord(open - 1, of: ["GetSection", "GetRequiredSection"])
            else { return nil }
            self.section = code.string(open + 1) ?? ""
        default: return nil
        }
        guard !self.section.isEmpty else { return nil }
        self.type = type
    }

    /// The keys of each section, in the files that declare the classes.
    static func keys(_ sections: [DotNetSection], in tree: SourceTree, _ candidates: [SourceFile]) -> [FileReads] {
        guard !sections.isEmpty else { return [] }
        let search = ByteSearch(
            Set(sections.map(\.type)).flatMap { ["class \($0.lowercased())", "record \($0.lowercased())"] })
        return candidates.filter { $0.language == .csharp }.compactMap { candidate in
            guard let bytes = tree.bytes(at: candidate.position), bytes.count <= SourceFilter.largestInBytes,
                search.isFound(in: bytes)
            else { return nil }
            var file = FileReads(Code(path: candidate.path, language: .csharp, bytes: bytes))
            for section in sections { section.read(&file) }
            return file.keys.isEmpty ? nil : file
        }
    }

    private func read(_ file: inout FileReads) {
        let code = file.code
        guard
            let name = (0..<code.count).first(where: {
                code.isWord($0, type) && code.isWord($0 - 1, of: ["class", "record"])
            }), let open = (name..<min(code.count, name + 20)).first(where: { code.isMark($0, "{") }),
            let close = code.partner(open), !file.keys.contains(where: { $0.key.hasPrefix(section + ":") })
        else { return }
        var keys: [SettingKeyRead] = []
        for index in open..<close where code.parent(index) == open && code.isMark(index, "{") {
            // `public string Host { get; set; } = "localhost";`
            guard code.isWord(index + 1, "get"), let end = code.partner(index),
                (index + 1..<end).contains(where: { code.isWord($0, of: ["set", "init"]) }),
                let property = code.word(index - 1)
            else { continue }
            let type = code.isMark(index - 2, "?") ? index - 3 : index - 2
            guard code.isWord(type, in: Self.simple) else { continue }
            let value = code.isMark(end + 1, "=") ? code.literal(end + 2..<end + 3) : .computed
            keys.append(
                SettingKeyRead(
                    style: .dotNet, key: section + ":" + property, line: code.line(index),
                    // Who binds a class takes what is there; whether a value must be is said elsewhere.
                    fallback: value.text.map { $0.isEmpty ? .computed : value } ?? .computed))
        }
        if keys.count <= Self.most { file.keys += keys }
    }
}
