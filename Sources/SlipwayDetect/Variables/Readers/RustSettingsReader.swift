// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Settings that figment or the config crate put into structs: each field is a variable behind the prefix, and so is each
/// field of a struct in it where a separator is told (docs.rs/figment, Env; docs.rs/config, Environment).
struct RustSettingsReader: VariableReader {
    let summary = "Rust: figment's Env::prefixed, config's Environment::with_prefix, with the fields of the structs"
    let languages: Set<CodeLanguage> = [.rust]

    private static let deepest = 5

    private struct Source {
        var prefix: String
        /// Between the names of a struct and of a field in it; `nil` where those cannot be told apart.
        var separator: String?
        /// Whether files or defaults may give what the environment does not.
        var hasOthers: Bool
    }

    func read(_ code: Code, into file: inout FileReads) {
        guard let source = source(code) else { return }
        var structs: [String: Int] = [:]
        for index in 0..<code.count where code.isWord(index, "struct") && code.isMark(index + 2, "{") {
            guard let name = code.word(index + 1), isRead(code, index) else { continue }
            structs[name] = index + 2
        }
        // What stands in no other is the whole.
        let inner = Set(
            structs.values.flatMap { open in
                fields(code, open).flatMap { field in field.type.compactMap { code.word($0) } }
            })
        for (name, open) in structs.sorted(by: { $0.key < $1.key }) where !inner.contains(name) {
            add(code, open, structs, source, source.prefix, isOptional: source.hasOthers, depth: 0, into: &file)
        }
    }

    private func source(_ code: Code) -> Source? {
        for index in 0..<code.count {
            if code.isWord(index, "Env"), code.isMark(index + 1, "::"), code.isWord(index + 3, "prefixed"),
                let prefix = code.string(index + 5)
            {
                let split = option("split", after: index, code)
                return Source(prefix: prefix, separator: split, hasOthers: hasOthers(code))
            }
            if code.isWord(index, "Environment"), code.isMark(index + 1, "::"), code.isWord(index + 3, "with_prefix"),
                let prefix = code.string(index + 5)
            {
                let separator = option("separator", after: index, code)
                let first = option("prefix_separator", after: index, code) ?? separator ?? "_"
                return Source(prefix: prefix + first, separator: separator, hasOthers: hasOthers(code))
            }
        }
        return nil
    }

    /// The text given to a method of the same chain.
    private func option(_ name: String, after index: Int, _ code: Code) -> String? {
        (index..<min(index + 40, code.count)).first {
            code.isWord($0, name) && code.isMember($0) && code.isMark($0 + 1, "(")
        }.flatMap { code.string($0 + 2) }
    }

    private func hasOthers(_ code: Code) -> Bool {
        (0..<code.count).contains { index in
            code.isWord(index, of: ["Serialized", "set_default", "with_name"])
                || code.isWord(index, of: ["Toml", "Yaml", "Json", "File"]) && code.isMark(index + 1, "::")
                    && code.isWord(index + 3, of: ["file", "string", "from", "from_str"])
        }
    }

    /// `#[derive(Debug, Deserialize)]` before the struct.
    private func isRead(_ code: Code, _ index: Int) -> Bool {
        (max(0, index - 40)..<index).reversed().prefix { !code.isMark($0, ";") && !code.isMark($0, "}") }
            .contains { code.isWord($0, "Deserialize") }
    }

    private typealias Field = (name: Int, type: Range<Int>, hasDefault: Bool)

    private func fields(_ code: Code, _ open: Int) -> [Field] {
        guard let close = code.partner(open) else { return [] }
        return (open + 1..<close).compactMap { token in
            guard code.parent(token) == open, code.kind(token) == .word, code.isMark(token + 1, ":"),
                !code.isMark(token + 1, "::"), !code.isMark(token - 1, ":")
            else { return nil }
            let end = (token + 2..<close).first { code.isMark($0, ",") && code.parent($0) == open } ?? close
            // #[serde(default = "…")] pub name: Type
            let before = (open + 1..<token).reversed().prefix { !code.isMark($0, ",") || code.parent($0) != open }
            return (token, token + 2..<end, before.contains { code.isWord($0, "default") })
        }
    }

    private func add(
        _ code: Code, _ open: Int, _ structs: [String: Int], _ source: Source, _ prefix: String, isOptional: Bool,
        depth: Int, into file: inout FileReads
    ) {
        guard depth < Self.deepest else { return }
        for field in fields(code, open) {
            let name = prefix + code.text(field.name).uppercased()
            let mayLack = isOptional || field.hasDefault || code.isWord(field.type.lowerBound, "Option")
            if let type = field.type.lazy.compactMap({ code.word($0) }).first(where: { structs[$0] != nil }),
                let inner = structs[type]
            {
                guard let separator = source.separator else { continue }
                add(
                    code, inner, structs, source, name + separator, isOptional: mayLack, depth: depth + 1, into: &file)
            } else {
                file.add(name, at: field.name, required: !mayLack, kind: kind(code, field.type))
            }
        }
    }

    private func kind(_ code: Code, _ type: Range<Int>) -> Variable.Kind? {
        for index in type {
            if code.isWord(index, of: ["u8", "u16", "u32", "u64", "usize", "i32", "i64"]) { return .integer }
            if code.isWord(index, "bool") { return .boolean }
        }
        return nil
    }
}
