// SPDX-License-Identifier: Apache-2.0

/// The prefixes that groups of settings put before the names in struct tags: `envPrefix:"DB_"` of caarlos0/env,
/// `env-namespace:"SSL"` of jessevdk/go-flags, for structs that are written out and for named ones of the same file.
struct GoTagGroups {
    /// Deeper nesting than settings have; ends types that hold themselves.
    private static let deepest = 6
    /// More fields of one type than settings have.
    private static let mostUses = 32

    private let code: Code
    /// Opening braces of named types.
    private var types: [String: Int] = [:]
    private var names: [Int: String] = [:]
    /// Opening braces of structs that are the type of a field.
    private var inline: Set<Int> = []
    /// Where fields have a named type, by its name: the token of the type.
    private var uses: [String: [Int]] = [:]
    private var known: [Int: [String]] = [:]

    init(_ code: Code) {
        self.code = code
        var braces: Set<Int> = []
        for index in 0..<code.count where code.isWord(index, "struct") && code.isMark(index + 1, "{") {
            braces.insert(index + 1)
            if let outer = code.parent(index), braces.contains(outer) {
                inline.insert(index + 1)
            } else if let name = code.word(index - 1) {
                types[name] = types[name] ?? index + 1
                names[index + 1] = name
            }
        }
        guard !types.isEmpty else { return }
        for index in 0..<code.count where code.kind(index) == .word {
            guard let outer = code.parent(index), braces.contains(outer), let type = code.word(index),
                types[type] != nil, code.line(index + 1) > code.line(index) || code.string(index + 1) != nil
            else { continue }
            uses[type, default: []].append(index)
        }
    }

    /// What stands before the name in a tag: several when several fields have the struct's type; never empty.
    mutating func prefixes(around tag: Int) -> [String] {
        guard let open = code.parent(tag) else { return [""] }
        return prefixes(open, depth: 0)
    }

    private mutating func prefixes(_ open: Int, depth: Int) -> [String] {
        if let known = known[open] { return known }
        guard depth < Self.deepest else { return [""] }
        var result: [String] = []
        if inline.contains(open), let close = code.partner(open), let outer = code.parent(open) {
            let own = prefix(code.string(close + 1))
            result = prefixes(outer, depth: depth + 1).map { $0 + own }
        } else if let name = names[open], let fields = uses[name] {
            for field in fields.prefix(Self.mostUses) {
                guard let outer = code.parent(field), outer != open else { continue }
                let own = code.line(field + 1) == code.line(field) ? prefix(code.string(field + 1)) : ""
                result += prefixes(outer, depth: depth + 1).map { $0 + own }
            }
        }
        var seen: Set<String> = []
        result = result.filter { seen.insert($0).inserted }
        if result.isEmpty { result = [""] }
        known[open] = result
        return result
    }

    private func prefix(_ tag: String?) -> String {
        guard let tag, tag.contains(":\"") else { return "" }
        let tags = GoTagReader.tags(tag)
        if let space = tags["env-namespace"], !space.isEmpty { return space + "_" }
        return tags["envPrefix"] ?? tags["env-prefix"] ?? ""
    }
}
