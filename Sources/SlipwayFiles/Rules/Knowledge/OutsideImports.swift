// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What Python code imports from outside of its repository as soon as it is loaded: not inside functions, not where it
/// can go on without.
package struct OutsideImports: Sendable {
    package struct Import: Equatable, Sendable {
        /// The first part of its name: `flask_sqlalchemy`.
        package let module: String
        /// What PyPI has it under: `flask-sqlalchemy`.
        package let distribution: String
        /// Where it stands first.
        package let file: String
        /// One-based.
        package let line: Int
    }

    /// Each module once, in the order of files and lines.
    package let outside: [Import]

    /// - Parameter directory: The service's folder; `.` for everything.
    package init(_ tree: SourceTree, under directory: String = ".") {
        let own = Self.ownNames(tree)
        var seen: Set<String> = []
        var found: [Import] = []
        for entry in tree.files(ending: "py") where Self.isLoaded(entry, under: directory) {
            guard let text = tree.text(entry.path), text.utf8.count < Self.largestInBytes else { continue }
            for (module, line) in Self.modules(in: text) {
                guard !PythonStandardModules.names.contains(Substring(module)), !own.contains(module),
                    seen.insert(module).inserted
                else { continue }
                found.append(
                    Import(
                        module: module, distribution: PythonDistributions.name(ofModule: module), file: entry.path,
                        line: line))
            }
        }
        outside = found
    }

    private static let largestInBytes = 500_000
    private static let aside: Set<Substring> = [
        "tests", "test", "testing", "docs", "doc", "examples", "example", "scripts", "script", "tools", "notebooks",
        "benchmarks", "node_modules", "site-packages", "venv", ".venv", "env", "vendor", "migrations", "versions",
        "typings", "stubs",
    ]

    private static func isLoaded(_ entry: SourceTree.Entry, under directory: String) -> Bool {
        guard directory == "." || entry.path.hasPrefix(directory + "/"),
            !entry.name.hasPrefix("test_"), !entry.name.hasSuffix("_test.py"),
            !["conftest.py", "setup.py", "noxfile.py", "fabfile.py", "locustfile.py"].contains(entry.name)
        else { return false }
        let inner = directory == "." ? entry.directory[...] : entry.directory.dropFirst(directory.utf8.count)
        return aside.isDisjoint(with: inner.split(separator: "/"))
    }

    /// Every file and folder with code could be what is meant: which of them are on the path only the program knows.
    private static func ownNames(_ tree: SourceTree) -> Set<String> {
        var names: Set<String> = []
        for entry in tree.files(ending: "py") {
            names.insert(String(entry.name.dropLast(3)))
            for part in entry.directory.split(separator: "/") { names.insert(String(part)) }
        }
        for entry in tree.files(ending: "so") + tree.files(ending: "pyi") {
            names.insert(String(entry.name.prefix { $0 != "." }))
        }
        return names
    }

    /// The modules of statements at the margin.
    private static func modules(in text: String) -> [(String, Int)] {
        var found: [(String, Int)] = []
        var quote: String?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let isInside = quote != nil
            quote = openQuote(after: line, open: quote)
            guard !isInside else { continue }
            if line.hasPrefix("from ") {
                let module = line.dropFirst(5).drop { $0 == " " }.prefix { $0 != " " && $0 != "\t" }
                guard let top = top(of: module), line.firstRange(of: " import") != nil else { continue }
                found.append((top, index + 1))
            } else if line.hasPrefix("import ") {
                let list = line.dropFirst(7).prefix { $0 != "#" && $0 != ";" }
                for item in list.split(separator: ",") {
                    let name = item.drop { $0 == " " }.prefix { $0 != " " && $0 != "\r" }
                    if let top = top(of: name) { found.append((top, index + 1)) }
                }
            }
        }
        return found
    }

    /// `nil` for relative imports and for prose.
    private static func top(of module: Substring) -> String? {
        guard let first = module.first, first.isLetter || first == "_" else { return nil }
        let name = module.prefix { $0 != "." }
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else { return nil }
        return String(name)
    }

    private static func openQuote(after line: Substring, open: String?) -> String? {
        var open = open
        var rest = line
        while !rest.isEmpty {
            if let mark = open {
                guard let range = rest.firstRange(of: mark) else { return open }
                rest = rest[range.upperBound...]
                open = nil
            } else {
                let marks = ["\"\"\"", "'''"].compactMap { mark in rest.firstRange(of: mark).map { (mark, $0) } }
                guard let next = marks.min(by: { $0.1.lowerBound < $1.1.lowerBound }) else { return nil }
                open = next.0
                rest = rest[next.1.upperBound...]
            }
        }
        return open
    }
}
