// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// A `package.json`.
struct NodeManifest: Sendable {
    let path: String
    let root: DataNode

    init?(_ path: String, in tree: SourceTree) {
        guard let text = tree.text(path), let root = JSONDocument(parsing: text, dialect: .tolerant).root,
            root.mapping != nil
        else { return nil }
        self.path = path
        self.root = root
    }

    var name: String? { root["name"]?.string }

    /// The version asked for and its line, among production and development dependencies.
    func dependency(_ name: String) -> DataNode? { production(name) ?? root["devDependencies"]?[name] }
    func production(_ name: String) -> DataNode? { root["dependencies"]?[name] ?? root["optionalDependencies"]?[name] }
    func depends(onAny names: [String]) -> String? { names.first { dependency($0) != nil } }
    /// All names, production first.
    var dependencyNames: [(name: String, line: Int)] {
        ["dependencies", "devDependencies"].flatMap { root[$0]?.mapping?.entries ?? [] }.map { ($0.key, $0.line) }
    }

    func script(_ name: String) -> (text: String, line: Int)? {
        root["scripts"]?[name].flatMap { node in node.string.map { ($0, node.line) } }
    }

    /// Folders of the workspaces that this file declares, as patterns.
    var workspaces: [String]? { root["workspaces"]?.texts ?? root.at("workspaces", "packages")?.texts }
}
