// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The datasource of a Prisma schema.
struct PrismaSource {
    let path: String
    /// What stands in its braces.
    let block: Substring

    /// Of every schema of the repository that names one.
    static func all(in tree: SourceTree) -> [PrismaSource] {
        tree.files(ending: "prisma").filter { !$0.path.contains("node_modules/") }.compactMap { entry in
            guard let text = tree.text(entry.path), let source = TextSearch.range(of: "datasource ", in: text[...])
            else { return nil }
            return PrismaSource(path: entry.path, block: text[source.upperBound...].prefix { $0 != "}" })
        }
    }

    /// `postgresql`, `sqlite`, ...
    var provider: String? { Self.quoted(after: "provider", in: block) }
    /// The variable that gives the address.
    var variable: String? { Self.quoted(after: "env(", in: block) }

    /// The text in quotes that follows a key.
    static func quoted(after key: String, in text: Substring) -> String? {
        guard let range = TextSearch.range(of: key, in: text) else { return nil }
        let rest = text[range.upperBound...].drop { $0 == " " || $0 == "=" }
        guard let quote = rest.first, "\"'`".contains(quote) else { return nil }
        return String(rest.dropFirst().prefix { $0 != quote })
    }
}
