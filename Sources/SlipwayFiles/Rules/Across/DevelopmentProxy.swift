// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What the development server of a front end passes on to the API, and no built page does.
struct DevelopmentProxy {
    /// The front end's folder.
    let folder: String
    /// The settings of the development server.
    let file: String
    /// `/api`, `/auth`
    let prefixes: [String]

    /// Vite's, Vue's and Angular's, in the files' order.
    static func all(in tree: SourceTree) -> [DevelopmentProxy] {
        tree.entries.compactMap { entry in
            guard isSettings(entry.name), !entry.path.contains("node_modules/"),
                let text = tree.text(entry.path), text.utf8.count < 50_000
            else { return nil }
            let body = entry.name.hasSuffix(".json") ? text[...] : proxyBlock(of: text)
            let prefixes = body.map(keys) ?? []
            return prefixes.isEmpty ? nil : Self(folder: entry.directory, file: entry.path, prefixes: prefixes)
        }
    }

    private static func isSettings(_ name: String) -> Bool {
        name.hasPrefix("vite.config.") || name.hasPrefix("vue.config.") || name == "proxy.conf.json"
    }

    /// What stands between the braces after `proxy:`.
    private static func proxyBlock(of text: String) -> Substring? {
        guard let start = TextSearch.range(of: "proxy:", in: text[...]),
            let open = text[start.upperBound...].firstIndex(where: { !$0.isWhitespace }), text[open] == "{"
        else { return nil }
        var depth = 0
        for index in text[open...].indices {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" {
                depth -= 1
                if depth == 0 { return text[open...index] }
            }
        }
        return nil
    }

    /// Names that are paths: `'/api': {`, `"^/auth": 'http://...'`.
    private static func keys(in body: Substring) -> [String] {
        var found: [String] = []
        for line in body.split(whereSeparator: \.isNewline) {
            let parts = line.trimmed.drop { $0 == "{" || $0 == " " }.split(
                maxSplits: 2, omittingEmptySubsequences: false
            ) { "'\"`".contains($0) }
            guard parts.count == 3, parts[0].isEmpty, parts[2].trimmed.hasPrefix(":") else { continue }
            let path = String(parts[1].drop { $0 == "^" }.prefix { $0 != "(" && $0 != "*" && $0 != "." })
            let clean = path.hasSuffix("/") ? String(path.dropLast()) : path
            guard clean.hasPrefix("/"), clean.utf8.count > 1, ToldCommand.isPlain(clean), !found.contains(clean) else {
                continue
            }
            found.append(clean)
        }
        return found
    }

    /// The first call of the page that asks its own server below one of the prefixes.
    func call(in repository: CheckedRepository) -> (file: String, line: Int, prefix: String)? {
        let calls = ["fetch(", "axios", ".get(", ".post(", ".put(", ".delete(", ".patch(", "baseURL", "EventSource("]
        let below = folder == "." ? "" : folder + "/"
        let code = repository.code(
            [".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte"],
            with: prefixes.flatMap { ["'\($0)", "\"\($0)", "`\($0)"] })
        for file in code
        where file.path.hasPrefix(below) && file.path != self.file && !DevelopmentPath.isLikely(file.path) {
            for (index, line) in file.lines.enumerated() {
                // What a variable can move is looked at by other rules.
                guard !line.contains("env."), !line.trimmed.hasPrefix("//"), calls.contains(where: line.contains),
                    let prefix = prefixes.first(where: { asks($0, in: line) })
                else { continue }
                return (file.path, index + 1, prefix)
            }
        }
        return nil
    }

    private func asks(_ prefix: String, in line: Substring) -> Bool {
        ["'", "\"", "`"].contains { mark in
            ["/", mark, "?", "$"].contains { line.contains(mark + prefix + $0) }
        }
    }
}
