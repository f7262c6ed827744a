// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Values that a Symfony application brings along: the committed `.env`, which it loads in production too, and
/// parameters named `env(X)` (symfony.com/doc/current/configuration.html, Configuration Based on Environment Variables).
struct SymfonyDefaults {
    /// The names with a value, by the folder of composer.json.
    private var byFolder: [(folder: String, values: [String: String])] = []

    init(_ tree: SourceTree) {
        for entry in tree.files(named: "composer.json") {
            guard let text = tree.text(entry.path),
                text.contains("\"symfony/dotenv\"") || text.contains("\"symfony/framework-bundle\"")
                    || text.contains("\"symfony/symfony\"") || text.contains("\"symfony/runtime\"")
            else { continue }
            var values: [String: String] = [:]
            for assignment in tree.text(entry.directory.appending(path: ".env")).map({ Dotenv(parsing: $0).assignments }
            )
                ?? []
            {
                if let value = assignment.value, !value.isEmpty { values[assignment.name] = value }
            }
            for folder in ["config", "app/config"] {
                for file in tree.files(under: entry.directory.appending(path: folder))
                where file.name.hasSuffix(".yaml") || file.name.hasSuffix(".yml") {
                    let given = Self.parameters(tree.text(file.path) ?? "")
                    values.merge(given) { first, _ in first }
                }
            }
            byFolder.append((entry.directory, values))
        }
    }

    /// `env(NAME): value` as the key of a line.
    private static func parameters(_ text: String) -> [String: String] {
        guard text.utf8.contains("env(") else { return [:] }
        var found: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let line = line.drop { $0 == " " || $0 == "'" || $0 == "\"" }
            guard line.hasPrefix("env("), let close = line.firstIndex(of: ")") else { continue }
            let rest = line[line.index(after: close)...].drop { $0 == "'" || $0 == "\"" }
            guard rest.hasPrefix(":") else { continue }
            let value = rest.dropFirst().drop { $0 == " " || $0 == "'" || $0 == "\"" }
            found[String(line[line.index(line.startIndex, offsetBy: 4)..<close])] =
                String(value.prefix { $0 != "'" && $0 != "\"" })
        }
        return found
    }

    /// With which links are written where no request says it; Symfony's own recipe gives one, and only mails and
    /// commands use it.
    private static let ownAddress = "DEFAULT_URI"

    /// Transports that reach nothing but the application itself, so that they suit every machine.
    private static func isInside(_ value: String) -> Bool {
        ["null:", "doctrine:", "sync:", "in-memory:"].contains { value.hasPrefix($0) }
    }

    /// The reads of PHP and of Symfony's settings, not required where a value is there that suits every machine: an
    /// address or a secret in the file is that of the developer's.
    func applied(to reads: [VariableRead]) -> [VariableRead] {
        guard !byFolder.isEmpty else { return reads }
        return reads.map { read in
            guard read.required, read.file.hasSuffix(".php") || read.file.hasSuffix("ml"),
                let values = byFolder.first(where: { read.file.relative(to: $0.folder) != nil })?.values,
                let value = values[read.name],
                Self.isInside(value) || read.name == Self.ownAddress
                    || !read.secret && !value.contains("://")
            else { return read }
            var read = read
            read.required = false
            if read.default == nil, !read.secret { read.default = value }
            return read
        }
    }
}
