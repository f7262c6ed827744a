// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Reads manifests: what they ask for directly. What is optional or comes from a folder is left out.
enum AskedPackages {
    static func node(_ text: String) -> [AskedPackage] {
        let root = JSONDocument(parsing: text).root
        return ["dependencies", "devDependencies"].flatMap { group in
            (root?[group]?.mapping?.entries ?? []).compactMap { entry in
                guard let range = entry.value.text,
                    !["file:", "link:", "workspace:", "portal:"].contains(where: range.hasPrefix)
                else { return nil }
                return AskedPackage(name: entry.key, range: range, line: entry.line)
            }
        }
    }

    /// The dependencies of PEP 621 and of Poetry, its groups included.
    static func python(_ text: String) -> [AskedPackage] {
        guard let root = TOMLDocument(parsing: text).root else { return [] }
        let listed = (root.at("project", "dependencies")?.sequence ?? []).compactMap { node -> AskedPackage? in
            let name = (node.text ?? "").prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
            return name.isEmpty ? nil : AskedPackage(name: normalized(String(name)), line: node.line)
        }
        let poetry = root.at("tool", "poetry")
        let groups = poetry?["group"]?.mapping?.entries.compactMap { $0.value["dependencies"] } ?? []
        let tables = [poetry?["dependencies"], poetry?["dev-dependencies"]].compactMap { $0 } + groups
        return listed + tables.flatMap { named(in: $0).filter { $0.name != "python" } }
    }

    static func pipfile(_ text: String) -> [AskedPackage] {
        TOMLDocument(parsing: text).root?["packages"].map { named(in: $0) } ?? []
    }

    private static func named(in table: DataNode) -> [AskedPackage] {
        (table.mapping?.entries ?? []).compactMap { entry in
            // A package in a folder may be locked under the name that its own manifest has.
            entry.value["path"] != nil ? nil : AskedPackage(name: normalized(entry.key), line: entry.line)
        }
    }

    /// PEP 503.
    static func normalized(_ name: String) -> String {
        name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }

    static func composer(_ text: String) -> [AskedPackage] {
        (JSONDocument(parsing: text).root?["require"]?.mapping?.entries ?? []).compactMap { entry in
            guard entry.key.contains("/") else { return nil }
            return AskedPackage(name: entry.key.lowercased(), line: entry.line)
        }
    }

    /// Gems that are asked for whatever the machine: none within an `if`.
    static func gems(_ text: String) -> [AskedPackage] {
        var packages: [AskedPackage] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let body = line.trimmed
            if body.hasPrefix("if ") || body.hasPrefix("unless ") || body.hasPrefix("case ") { return [] }
            guard body.hasPrefix("gem \"") || body.hasPrefix("gem '"), !body.contains(" if ") else { continue }
            let name = body.dropFirst(5).prefix { $0 != "\"" && $0 != "'" }
            packages.append(AskedPackage(name: String(name), line: index + 1))
        }
        return packages
    }

    static func crates(_ text: String) -> [AskedPackage] {
        guard let root = TOMLDocument(parsing: text).root else { return [] }
        return ["dependencies", "build-dependencies", "dev-dependencies"].flatMap { group in
            (root[group]?.mapping?.entries ?? []).compactMap { entry in
                guard entry.value["path"] == nil, entry.value["workspace"] == nil else { return nil }
                return AskedPackage(name: entry.value["package"]?.text ?? entry.key, line: entry.line)
            }
        }
    }

    /// What the module requires itself and nothing replaces.
    static func modules(_ text: String) -> [AskedPackage] {
        var packages: [AskedPackage] = []
        var replaced: Set<String> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let isIndirect = line.contains("// indirect")
            let body = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
            var words = body.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.first == "replace" || words.first == "require" { words.removeFirst() }
            if let arrow = words.firstIndex(of: "=>"), arrow > 0 {
                replaced.insert(words[0])
            } else if words.count == 2, words[0].contains("."), words[1].hasPrefix("v"), !isIndirect {
                packages.append(AskedPackage(name: words[0], range: words[1], line: index + 1))
            }
        }
        return packages.filter { !replaced.contains($0.name) }
    }
}
