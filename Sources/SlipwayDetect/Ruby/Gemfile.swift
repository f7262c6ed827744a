// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The gems that a Gemfile requires outside its development and test groups, and the Ruby version.
struct Gemfile {
    let path: String
    let directory: String
    let gems: [(name: String, line: Int)]
    let version: (String, place: (file: String, line: Int))?

    init?(_ tree: SourceTree, path: String) {
        guard let text = tree.text(path) else { return nil }
        self.path = path
        directory = path.parentDirectory
        var gems: [(String, Int)] = []
        var version: (String, place: (file: String, line: Int))?
        var skipsUntilEnd = false
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("group"), line.contains(" do") {
                let isForProduction = line.contains(":production") || line.contains(":default")
                skipsUntilEnd = !isForProduction && (line.contains(":development") || line.contains(":test"))
            } else if line.hasPrefix("end") {
                skipsUntilEnd = false
            } else if line.hasPrefix("ruby "), let literal = CodeLine.leadingLiteral(line.dropFirst(5)) {
                // `~> 3.4.1` admits what comes after it.
                let isOpen = literal.contains { "~<>".contains($0) }
                version = (
                    isOpen
                        ? Self.plain(literal).split(separator: ".").prefix(2).joined(separator: ".")
                        : Self.plain(literal), (path, index + 1)
                )
            } else if !skipsUntilEnd, line.hasPrefix("gem"), Self.isForProduction(line),
                let name = CodeLine.leadingLiteral(line.dropFirst(3).drop { $0 == "(" || $0 == " " })
            {
                gems.append((name, index + 1))
            }
        }
        self.gems = gems
        let file = directory.appending(path: ".ruby-version")
        // Bundler refuses every other version than the one that the Gemfile names; the file is for version managers.
        let isExact = version.map { $0.0.split(separator: ".").count == 3 } ?? false
        if !isExact, let stated = tree.text(file)?.split(whereSeparator: \.isWhitespace).first {
            version = (Self.plain(String(stated)), (file, 1))
        }
        self.version = version
    }

    /// Whether `group:` or `groups:` behind the name, if any, names more than development and test.
    private static func isForProduction(_ line: Substring) -> Bool {
        guard let range = line.range(ofText: "group: ") ?? line.range(ofText: "groups: ") else { return true }
        let groups = line[range.upperBound...]
        return groups.contains(":production") || !groups.contains(":development") && !groups.contains(":test")
    }

    func line(of gem: String) -> Int? { gems.first { $0.name == gem }?.line }
    func has(_ gem: String) -> Bool { line(of: gem) != nil }

    /// `ruby-3.3.0` and `~> 3.3` without their decoration.
    private static func plain(_ text: String) -> String { String(text.drop { !$0.isNumber }) }
}
