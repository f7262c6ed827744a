// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The files that the package `config` reads: `config/default.json` and the variables that override it.
enum NodeConfigFiles {
    /// What `config.get("server.port")` gives, and the variable that moves it (node-config's wiki, Environment
    /// Variables: custom-environment-variables).
    static func value(of key: String, _ project: NodeProject, _ tree: SourceTree) -> (
        number: UInt16?, variable: String?
    )? {
        let path = key.split(separator: ".").map(String.init)
        var text: String?
        for name in ["production", "default"] {
            text = text ?? node(name, path, project, tree)?.text
        }
        let variable = node("custom-environment-variables", path, project, tree)
        let named = variable?.string ?? variable?["__name"]?.string
        return text == nil && named == nil ? nil : (text.flatMap { UInt16($0) }, named)
    }

    private static func node(_ name: String, _ path: [String], _ project: NodeProject, _ tree: SourceTree) -> DataNode?
    {
        for ending in ["json", "json5", "yaml", "yml"] {
            guard let text = tree.text(project.path("config/\(name).\(ending)")) else { continue }
            let root = ending.hasPrefix("json") ? JSONText.root(of: text) : YAMLDocument(parsing: text).root
            return path.reduce(root) { $0?[$1] }
        }
        return nil
    }
}
