// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// `config/custom-environment-variables.yml` and its kin: keys of the configuration with the variables that set them
/// (node-config's wiki, Environment Variables). Ports of the library to other languages read the same file.
enum CustomVariableFile {
    private static let deepest = 12

    static func reads(_ tree: SourceTree) -> [VariableRead] {
        ["json", "json5", "yaml", "yml"].flatMap { ending in
            tree.files(named: "custom-environment-variables.\(ending)").flatMap { entry -> [VariableRead] in
                guard SourceFilter.isApplication(entry.path), let root = root(of: entry.path, tree) else { return [] }
                var file = FileReads(Code(path: entry.path, language: .yaml, bytes: []))
                let defaults = ["json", "json5", "yaml", "yml"].lazy
                    .compactMap { self.root(of: entry.directory.appending(path: "default.\($0)"), tree) }.first
                add(root, defaults, 0, into: &file)
                return file.effective
            }
        }
    }

    private static func root(of path: String, _ tree: SourceTree) -> DataNode? {
        guard let text = tree.text(path) else { return nil }
        return path.contains(".json") ? JSONText.root(of: text) : YAMLDocument(parsing: text).root
    }

    private static func add(_ node: DataNode, _ given: DataNode?, _ depth: Int, into file: inout FileReads) {
        if let name = node.string ?? node["__name"]?.string {
            let value = given?.text.flatMap { $0.isEmpty ? nil : $0 }
            file.add(name, line: node.line, default: value.map { .text($0, nil) } ?? .nothing, bare: true)
        } else if let mapping = node.mapping, depth < deepest {
            for entry in mapping.entries { add(entry.value, given?[entry.key], depth + 1, into: &file) }
        }
    }
}
