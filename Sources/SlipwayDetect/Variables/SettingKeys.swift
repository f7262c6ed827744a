// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The keys that `application.properties`, `application.yml` and `appsettings.json` of a repository have.
struct SettingKeys {
    /// Canonical keys with their values.
    private var values: [String: String] = [:]

    init(_ tree: SourceTree, _ style: SettingKeyRead.Style) {
        switch style {
        case .spring:
            for stem in ["application", "bootstrap", "application-prod", "application-production"] {
                for entry in tree.files(named: "\(stem).properties") { readProperties(tree.text(entry.path) ?? "") }
                for entry in tree.files(named: "\(stem).yml") + tree.files(named: "\(stem).yaml") {
                    // Documents after the first count as well; one that is for a profile gives a default at least.
                    for root in YAMLDocument(parsing: tree.text(entry.path) ?? "").roots { add(root, [], ".") }
                }
            }
        case .dotNet:
            for name in ["appsettings.json", "appsettings.Production.json"] {
                for entry in tree.files(named: name) { add(JSONText.root(of: tree.text(entry.path) ?? ""), [], ":") }
            }
        }
    }

    /// What the files give for a key; `nil` when none of them has it.
    func value(of key: String) -> String? { values[SettingKeyRead.canonical(key)] }

    private mutating func readProperties(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("!") {
            guard let sign = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { continue }
            let key = line[..<sign].filter { !$0.isWhitespace }
            values[SettingKeyRead.canonical(key)] = String(line[line.index(after: sign)...].drop { $0 == " " })
        }
    }

    private mutating func add(_ node: DataNode?, _ path: [String], _ separator: String) {
        guard let node, path.count < 12 else { return }
        if let mapping = node.mapping {
            for entry in mapping.entries { add(entry.value, path + [entry.key], separator) }
        } else {
            values[SettingKeyRead.canonical(path.joined(separator: separator))] = node.text ?? ""
        }
    }
}
