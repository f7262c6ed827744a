// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// knadh/koanf: keys of the settings, which the environment sets under a prefix when its provider is loaded
/// (github.com/knadh/koanf, Reading environment variables).
struct GoKoanfReader: VariableReader {
    let summary = "Go: koanf's env.Provider with its prefix, the keys that are asked for, structures with koanf tags"
    let languages: Set<CodeLanguage> = [.go]

    private static let getters: Set<String> = [
        "String", "MustString", "Strings", "Int", "MustInt", "Int64", "Bool", "Duration", "Float64", "Bytes", "Get",
    ]

    func read(_ code: Code, into file: inout FileReads) {
        guard let (prefix, separator) = provider(code) else { return }
        let defaults = defaults(code)
        let structs = code.goStructs
        let fields = GoSettingsFields(tag: "koanf", prefix: prefix, separator: separator, defaults)
        let objects = objects(code)
        for index in 0..<code.count where code.isMark(index - 1, ".") && code.isMark(index + 1, "(") {
            guard let object = code.word(index - 2), objects.contains(object) else { continue }
            let arguments = code.arguments(index + 1)
            if code.isWord(index, of: ["Unmarshal", "UnmarshalWithConf"]), arguments.count > 1,
                let target = code.word(arguments[1].upperBound - 1),
                let open = code.goStruct(of: target, among: structs)
            {
                let path = code.string(arguments[0].lowerBound).map { $0.split(separator: ".").map(String.init) } ?? []
                fields.read(code, open, structs, path, into: &file)
            } else if code.isWord(index, in: Self.getters), arguments.count == 1, let key = code.string(index + 2),
                key.first?.isLetter == true
            {
                let name = key.split(separator: ".").map { EnvironmentName.screaming(String($0)) }
                    .joined(separator: separator)
                file.add(prefix + name, at: index, default: defaults[key] ?? .nothing)
            }
        }
    }

    /// `env.Provider("SHOP_", ".", func(s string) string { … })`, `env.Provider(".", env.Opt{Prefix: "SHOP_", …})`
    private func provider(_ code: Code) -> (prefix: String, separator: String)? {
        for index in 0..<code.count {
            guard code.isWord(index, of: ["Provider", "ProviderWithValue"]), code.isWord(index - 2, "env"),
                code.isMark(index + 1, "("), let close = code.partner(index + 1)
            else { continue }
            let inside = index + 2..<close
            let option = inside.first { code.isWord($0, "Prefix") && code.isMark($0 + 1, ":") }
            guard let prefix = option.map({ code.string($0 + 2) }) ?? code.string(index + 2), prefix != "." else {
                continue
            }
            return (prefix, inside.contains { code.string($0) == "__" } ? "__" : "_")
        }
        return nil
    }

    /// `k := koanf.New(".")`
    private func objects(_ code: Code) -> Set<String> {
        Set(
            (0..<code.count).compactMap { index -> String? in
                guard code.isWord(index, "koanf"), code.isWord(index + 2, of: ["New", "NewWithConf"]) else {
                    return nil
                }
                if code.isMark(index - 2, ":=") { return code.word(index - 3) }
                return code.isMark(index - 1, "=") ? code.word(index - 2) : nil
            })
    }

    /// `confmap.Provider(map[string]any{"port": 8080}, ".")`
    private func defaults(_ code: Code) -> [String: Literal] {
        var result: [String: Literal] = [:]
        for index in 0..<code.count where code.isWord(index, "Provider") && code.isWord(index - 2, "confmap") {
            guard let close = code.partner(index + 1),
                let open = (index + 2..<close).first(where: {
                    code.isMark($0, "{") && code.partner($0).map { $0 > 0 } == true && code.parent($0) == index + 1
                        && !code.isMark($0 + 1, "}")
                })
            else { continue }
            for range in code.arguments(open) {
                guard let key = code.string(range.lowerBound), code.isMark(range.lowerBound + 1, ":") else { continue }
                result[key] = code.literal(range.lowerBound + 2..<range.upperBound)
            }
        }
        return result
    }
}
