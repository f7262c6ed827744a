// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension CheckedRepository {
    /// Templates that people copy, those too whose names have no dot before: `env.example`.
    var copiedTemplates: [(path: String, document: Dotenv)] {
        let plain = ["env.example", "env.sample", "env.template", "env.example.txt"].flatMap { name in
            tree.files(named: name).compactMap { entry in
                tree.text(entry.path).map { (path: entry.path, document: Dotenv(parsing: $0)) }
            }
        }
        return dotenvTemplates.map { ($0.location, $0.document) } + plain
    }
}
