// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where the alias `@/` of a project's imports leads, as its tsconfig.json says it.
struct ImportAliases {
    /// The folder that uses it, and the one that it stands for.
    private var places: [(folder: String, target: String)] = []

    init(_ tree: SourceTree) {
        for name in ["tsconfig.json", "tsconfig.app.json", "jsconfig.json"] {
            for entry in tree.files(named: name) where !entry.path.contains("node_modules/") {
                guard let text = tree.text(entry.path)?.filter({ !$0.isWhitespace }),
                    let range = TextSearch.range(of: "\"@/*\":[\"", in: text[...])
                else { continue }
                let value = text[range.upperBound...].prefix { $0 != "\"" }
                // Of several folders nothing certain follows.
                guard value.hasSuffix("/*"), text[range.upperBound...].dropFirst(value.count).hasPrefix("\"]") else {
                    continue
                }
                let base = TextSearch.range(of: "\"baseUrl\":\"", in: text[...]).map {
                    String(text[$0.upperBound...].prefix { $0 != "\"" })
                }
                let folder = entry.directory
                places.append((folder, GoPath.clean("\(folder)/\(base ?? ".")/\(value.dropLast(2))")))
            }
        }
    }

    /// The path from the root that a line imports by the alias.
    func target(of line: Substring, in file: String) -> String? {
        guard !places.isEmpty, ByteSearch.contains("@/".utf8, in: line.utf8) else { return nil }
        let text = line.trimmed
        guard text.hasPrefix("import ") || text.hasPrefix("} from"), !text.contains("import type") else { return nil }
        let near = places.filter { $0.folder == "." || file.hasPrefix($0.folder + "/") }
            .max { $0.folder.utf8.count < $1.folder.utf8.count }
        guard let near, !near.target.hasPrefix("..") else { return nil }
        for opening in ["'@/", "\"@/"] {
            guard let range = TextSearch.range(of: opening, in: text[...]),
                text.contains(" from ") || text.hasPrefix("import " + opening)
            else { continue }
            let path = text[range.upperBound...].prefix { !"'\"?#".contains($0) }
            guard !path.isEmpty, !path.contains("$"), !path.contains("*"), !path.contains("!") else { return nil }
            return GoPath.clean(near.target + "/" + path)
        }
        return nil
    }
}
