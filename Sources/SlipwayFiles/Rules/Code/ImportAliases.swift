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

    /// Every import by the alias: the file and its one-based line, and the path from the root that is meant.
    func uses(in repository: CheckedRepository) -> [(file: String, line: Int, target: String)] {
        guard !places.isEmpty else { return [] }
        let endings = [".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte"]
        return repository.programFiles.flatMap { entry -> [(file: String, line: Int, target: String)] in
            guard endings.contains(where: entry.path.hasSuffix), !entry.path.hasSuffix(".d.ts"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains("@/".utf8, in: bytes), let target = target(of: entry.path)
            else { return [] }
            return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap
            {
                index, line in
                guard ["import ", "} from "].contains(where: { line.starts(with: $0.utf8) }),
                    ByteSearch.contains("@/".utf8, in: line),
                    let path = Self.path(in: String(decoding: line, as: UTF8.self))
                else { return nil }
                return (entry.path, index + 1, GoPath.clean(target + "/" + path))
            }
        }
    }

    /// What the alias stands for in a file.
    private func target(of file: String) -> String? {
        let near = places.filter { $0.folder == "." || file.hasPrefix($0.folder + "/") }
            .max { $0.folder.utf8.count < $1.folder.utf8.count }
        return near.flatMap { $0.target.hasPrefix("..") ? nil : $0.target }
    }

    /// What a line imports by the alias.
    private static func path(in line: String) -> String? {
        guard !line.hasPrefix("import type") else { return nil }
        for opening in ["'@/", "\"@/"] {
            guard let range = TextSearch.range(of: opening, in: line[...]),
                line.contains(" from ") || line.hasPrefix("import " + opening)
            else { continue }
            let path = line[range.upperBound...].prefix { !"'\"?#".contains($0) }
            return path.isEmpty || path.contains("$") || path.contains("*") || path.contains("!") ? nil : String(path)
        }
        return nil
    }
}
