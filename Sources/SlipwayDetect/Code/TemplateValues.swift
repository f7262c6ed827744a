// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What the repository's own templates of `.env` suggest, those nearest to the code first.
struct TemplateValues {
    private static let names = [
        ".env.example", ".env.sample", ".env.template", ".env.dist", ".env-example", "env.example", "env.sample",
        "env.template", "example.env", "sample.env", ".env.local.example", ".env.docker.example",
    ]

    private let values: [String: String]

    init(near directory: String, _ tree: SourceTree) {
        var values: [String: String] = [:]
        for folder in PathText.ancestors(of: directory) {
            for name in Self.names where tree.contains(folder.appending(path: name)) {
                guard let text = tree.text(folder.appending(path: name)) else { continue }
                for assignment in Dotenv(parsing: text).assignments where values[assignment.name] == nil {
                    values[assignment.name] = assignment.value
                }
            }
        }
        self.values = values
    }

    func value(of name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Each name with its value, sorted.
    var all: [(name: String, value: String)] {
        values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
