// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Turns the settings classes of a whole tree into the variables they read: inheritance, prefixes, nesting.
struct SettingsResolver {
    /// Deeper inheritance or nesting than any settings have; ends cycles.
    private static let deepest = 8

    private let classes: [String: [SettingsClass]]
    private let instantiated: Set<String>
    private let extended: Set<String>

    init(_ classes: [SettingsClass], instantiated: Set<String>) {
        self.classes = Dictionary(grouping: classes, by: \.name)
        self.instantiated = instantiated
        extended = Set(classes.flatMap(\.bases))
    }

    /// The reads of every settings class that is used by itself.
    func reads(in codes: (String) -> Code) -> [FileReads] {
        var result: [String: FileReads] = [:]
        for name in classes.keys.sorted() {
            for item in classes[name] ?? [] where isSettings(item, Self.deepest) {
                // A base class that nobody creates only lends its fields to others.
                if extended.contains(name), !instantiated.contains(name) { continue }
                let options = options(item, Self.deepest)
                emit(
                    item, prefix: options.prefix ?? "", options: options, optional: false, depth: Self.deepest,
                    codes: codes, into: &result)
            }
        }
        return result.keys.sorted().compactMap { result[$0] }
    }

    private func find(_ name: String, near file: String) -> SettingsClass? {
        let candidates = classes[name] ?? []
        if candidates.count < 2 { return candidates.first }
        let top = file.split(separator: "/", maxSplits: 1).first
        return candidates.first { $0.file == file }
            ?? candidates.first { $0.file.split(separator: "/", maxSplits: 1).first == top } ?? candidates.first
    }

    private func bases(_ item: SettingsClass) -> [SettingsClass] {
        item.bases.filter { $0 != item.name }.compactMap { find($0, near: item.file) }
    }

    private func isSettings(_ item: SettingsClass, _ depth: Int) -> Bool {
        item.isSettings || (depth > 0 && bases(item).contains { isSettings($0, depth - 1) })
    }

    private func isVersion2(_ item: SettingsClass, _ depth: Int) -> Bool {
        item.isVersion2 || (depth > 0 && bases(item).contains { isVersion2($0, depth - 1) })
    }

    private func options(_ item: SettingsClass, _ depth: Int) -> SettingsClass.Options {
        var options = item.options
        guard depth > 0 else { return options }
        for base in bases(item) {
            let inherited = self.options(base, depth - 1)
            options.prefix = options.prefix ?? inherited.prefix
            options.nestedDelimiter = options.nestedDelimiter ?? inherited.nestedDelimiter
            options.isCaseSensitive = options.isCaseSensitive ?? inherited.isCaseSensitive
        }
        return options
    }

    /// The fields with those of the bases; the most derived definition of a name wins.
    private func fields(_ item: SettingsClass, _ depth: Int) -> [(field: SettingsClass.Field, owner: SettingsClass)] {
        var seen: Set<String> = []
        var result: [(SettingsClass.Field, SettingsClass)] = []
        for field in item.fields where seen.insert(field.name).inserted { result.append((field, item)) }
        guard depth > 0 else { return result }
        for base in bases(item) {
            for inherited in fields(base, depth - 1) where seen.insert(inherited.field.name).inserted {
                result.append((inherited.field, inherited.owner))
            }
        }
        return result
    }

    private func emit(
        _ item: SettingsClass, prefix: String, options: SettingsClass.Options, optional: Bool, depth: Int,
        codes: (String) -> Code, into result: inout [String: FileReads]
    ) {
        for (field, owner) in fields(item, Self.deepest) {
            let type = SettingsType(field.annotation)
            var names = field.aliases.isEmpty ? [prefix + field.name] : field.aliases
            if options.isCaseSensitive != true { names = names.map { $0.uppercased() } }
            let isRequired =
                field.isRefused && !optional
                || !field.hasDefault && !optional
                    && !(type.isOptional && !isVersion2(owner, Self.deepest))
            if let nested = type.classes.lazy.compactMap({ find($0, near: owner.file) }).first(where: {
                $0.name != item.name
            }),
                !fields(nested, Self.deepest).isEmpty
            {
                // A nested settings class reads its own variables.
                if isSettings(nested, Self.deepest) { continue }
                if let delimiter = options.nestedDelimiter {
                    if depth > 0 {
                        for name in names {
                            emit(
                                nested, prefix: name + delimiter, options: options, optional: !isRequired,
                                depth: depth - 1, codes: codes, into: &result)
                        }
                    }
                    continue
                }
            }
            var file = result[owner.file] ?? FileReads(codes(owner.file))
            for (index, name) in names.enumerated() {
                file.add(
                    name, line: field.line, required: isRequired && index == 0,
                    default: field.isRefused ? .nothing : type.spell(field.literal),
                    kind: type.kind, secretBecause: type.isSecret ? "its type is SecretStr" : nil)
            }
            result[owner.file] = file
        }
    }
}
