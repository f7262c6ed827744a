// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Reads which packages lock files hold, in one pass over their lines: they are long, and of a known form.
enum LockedNames {
    private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    /// Packages that lie directly in node_modules; all keys of objects in the first form, which nests them.
    static func npm(_ text: String) -> Set<String> {
        let sign = "\"node_modules/"
        var names: Set<String> = []
        for line in lines(text) {
            let body = line.drop { $0 == " " || $0 == "\t" }
            guard body.utf8.starts(with: sign.utf8) else { continue }
            names.insert(String(body.dropFirst(sign.utf8.count).prefix { $0 != "\"" }))
        }
        return names.isEmpty && text.contains("\"lockfileVersion\": 1") ? keys(in: text) : names
    }

    /// `"name": {`
    static func keys(in text: String) -> Set<String> {
        var names: Set<String> = []
        for line in lines(text) {
            let body = line.trimmed
            guard body.hasPrefix("\""), body.hasSuffix("\": {") else { continue }
            names.insert(String(body.dropFirst().dropLast(4)))
        }
        return names
    }

    /// `"@scope/name@^1.0.0", name@^2:` as patterns without quotes.
    static func yarn(_ text: String) -> Set<String> {
        var patterns: Set<String> = []
        for line in lines(text) {
            guard let first = line.first, first != " ", first != "#", line.hasSuffix(":") else { continue }
            for part in line.dropLast().split(separator: ",") {
                patterns.insert(part.trimmed.filter { $0 != "\"" })
            }
        }
        return patterns
    }

    /// The ranges that each package of any importer is locked for; empty ones where the form does not tell.
    static func pnpm(_ text: String) -> [String: Set<String>] {
        var ranges: [String: Set<String>] = [:]
        var name = ""
        for line in lines(text) {
            if line.hasPrefix("packages:") { break }
            let body = line.trimmed.filter { $0 != "'" && $0 != "\"" }
            if body.hasPrefix("specifier:") {
                ranges[name, default: []].insert(String(body.dropFirst(10)).trimmed)
            } else if body.hasSuffix(":") {
                name = String(body.dropLast())
                ranges[name] = ranges[name] ?? []
            } else if let colon = body.firstRange(of: ": "), line.first == " ", !body.hasPrefix("version:") {
                ranges[String(body[..<colon.lowerBound]), default: []].insert(String(body[colon.upperBound...]).trimmed)
            }
        }
        return ranges
    }

    /// `name = "x"` below `[[package]]`.
    static func tableNames(in text: String) -> Set<String> {
        var names: Set<String> = []
        for line in lines(text) where line.hasPrefix("name = \"") {
            names.insert(String(line.dropFirst(8).prefix { $0 != "\"" }))
        }
        return names
    }

    static func tables(in text: String) -> ((AskedPackage) -> Bool)? {
        let names = Set(tableNames(in: text).map(AskedPackages.normalized))
        return names.isEmpty ? nil : { names.contains($0.name) }
    }

    static func gems(_ text: String) -> Set<String> {
        var names: Set<String> = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("DEPENDENCIES") {
                isInside = true
                continue
            }
            guard isInside else { continue }
            guard line.hasPrefix("  ") else { break }
            names.insert(String(line.trimmed.prefix { $0 != " " && $0 != "!" }))
        }
        return names
    }

    /// `module version` of a line that has the sum of the module or of its go.mod.
    static func sum(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard words.count == 3 else { return nil }
        let version = words[1].hasSuffix("/go.mod") ? words[1].dropLast(7) : words[1]
        return "\(words[0]) \(version)"
    }
}
