// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Files that pin a language's version for a folder and those below it.
enum VersionFiles {
    typealias Found = (version: String, file: String, line: Int, confidence: Double)

    static func python(in folder: String, _ tree: SourceTree) -> [Found] {
        plain(".python-version", in: folder, tree, 0.95) + plain("runtime.txt", in: folder, tree, 0.93)
            + tools("python", in: folder, tree)
    }

    static func node(in folder: String, _ tree: SourceTree) -> [Found] {
        plain(".nvmrc", in: folder, tree, 0.95) + plain(".node-version", in: folder, tree, 0.94)
            + tools("node", in: folder, tree) + tools("nodejs", in: folder, tree)
    }

    static func swift(in folder: String, _ tree: SourceTree) -> [Found] {
        plain(".swift-version", in: folder, tree, 0.95)
    }

    /// A file whose first line that is no comment is a version.
    private static func plain(_ name: String, in folder: String, _ tree: SourceTree, _ confidence: Double) -> [Found] {
        let path = folder.appending(path: name)
        guard let text = tree.text(path) else { return [] }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let word = line.drop { $0 == " " }
            if word.isEmpty || word.hasPrefix("#") { continue }
            return VersionText.plain(word).map { [($0, path, index + 1, confidence)] } ?? []
        }
        return []
    }

    /// asdf's `.tool-versions` and mise's files.
    private static func tools(_ tool: String, in folder: String, _ tree: SourceTree) -> [Found] {
        var found: [Found] = []
        let list = folder.appending(path: ".tool-versions")
        for (index, line) in (tree.text(list) ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.split(separator: " ")
            if words.count > 1, words[0] == tool, let version = VersionText.plain(words[1]) {
                found.append((version, list, index + 1, 0.94))
            }
        }
        for name in ["mise.toml", ".mise.toml"] {
            let path = folder.appending(path: name)
            guard let node = tree.text(path).flatMap({ TOMLDocument(parsing: $0).root })?.at("tools", tool) else {
                continue
            }
            let text = node.text ?? node["version"]?.text ?? node[0]?.text
            if let version = text.flatMap({ VersionText.plain($0) }) { found.append((version, path, node.line, 0.94)) }
        }
        return found
    }
}
