// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A chart as rules across files read it: templates as text, because they are no YAML before Helm has filled them.
struct ChartText {
    /// The folder with `Chart.yaml`.
    let folder: String
    let valuesPath: String
    let values: DataNode?
    let templates: [(path: String, lines: [Substring])]

    static func all(in tree: SourceTree) -> [ChartText] {
        tree.files(named: "Chart.yaml").map { entry in
            let prefix = entry.directory == "." ? "" : entry.directory + "/"
            let path = prefix + "values.yaml"
            let files = tree.files(under: prefix + "templates").filter { file in
                [".yaml", ".yml", ".tpl"].contains(where: file.name.hasSuffix)
            }
            return ChartText(
                folder: entry.directory, valuesPath: path,
                values: tree.text(path).flatMap { YAMLDocument(parsing: $0).root },
                templates: files.compactMap { file in
                    tree.text(file.path).map {
                        (file.path, $0.split(separator: "\n", omittingEmptySubsequences: false))
                    }
                })
        }
    }

    /// `.Values.a.b` in values.yaml.
    func value(_ path: Substring) -> DataNode? {
        var node = values
        for part in path.split(separator: ".") { node = node?[String(part)] }
        return node
    }

    /// The text that a template's value has when nobody sets another: `nil` when that is not certain.
    func resolved(_ text: some StringProtocol) -> String? {
        let body = text.trimmed.filter { $0 != "\"" && $0 != "'" }
        guard body.contains("{{") else { return body.isEmpty ? nil : body }
        let inner = body.filter { !"{}".contains($0) }.trimmed
        let words = inner.split { $0 == " " || $0 == "|" }.filter { $0 != "quote" && $0 != "-" }
        guard body.hasPrefix("{{"), body.hasSuffix("}}"), words.count == 1, let first = words.first,
            first.hasPrefix(".Values.")
        else { return nil }
        return value(first.dropFirst(".Values.".count))?.text
    }

    /// The values that must be true for a line of a template to count, the outermost first.
    static func conditions(before line: Int, in lines: [Substring]) -> [String] {
        var open: [String] = []
        for text in lines[..<line] {
            guard let start = TextSearch.range(of: "{{", in: text) else { continue }
            let body = text[start.upperBound...].drop { $0 == "-" || $0 == " " }
            if ["if ", "with ", "range ", "define ", "block "].contains(where: body.hasPrefix) {
                let condition = body.prefix { $0 != "}" }
                open.append((condition.hasSuffix("-") ? condition.dropLast() : condition).trimmed)
            } else if body.hasPrefix("end"), !open.isEmpty, body.dropFirst(3).first.map({ !$0.isLetter }) ?? true {
                open.removeLast()
            }
        }
        return open
    }
}
