// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The folders of Go's code bases: those with go.mod, and those of programs that have none, because they are older than
/// modules or because their image makes the module.
enum GoRoots {
    /// What the tools before modules wrote at the top of a code base: dep, glide, godep, govendor.
    private static let manifests = ["Gopkg.toml", "glide.yaml", "Godeps/Godeps.json", "vendor/vendor.json"]

    static func all(in tree: SourceTree) -> (modules: [String], others: [String]) {
        let modules = tree.files(named: "go.mod").map(\.directory)
        let covered = Set(modules)
        guard !covered.contains(".") else { return (modules, []) }
        var roots: Set<String> = []
        var folder: String?
        for entry in tree.files(ending: "go") {
            // One program a folder.
            guard folder.map(entry.stands(in:)) != true, !entry.name.hasSuffix("_test.go") else { continue }
            let here = entry.directory
            let above = PathText.ancestors(of: here)
            guard !above.contains(where: covered.contains), !here.split(separator: "/").contains("vendor"),
                let text = tree.text(entry.path), text.utf8.contains("package main"), text.utf8.contains("func main()")
            else { continue }
            folder = here
            roots.insert(root(of: above, tree))
        }
        let outer = roots.filter { root in
            !PathText.ancestors(of: root).dropFirst().contains(where: roots.contains)
        }
        return (modules, outer.sorted())
    }

    private static func root(of above: [String], _ tree: SourceTree) -> String {
        let stated = above.first { folder in
            manifests.contains { tree.contains(folder.appending(path: $0)) }
        }
        if let stated { return stated }
        // `cmd/NAME` stands at the top of its code base.
        return above.first { $0.lastPathComponent == "cmd" }?.parentDirectory ?? above[0]
    }

    /// The path by which a code base without go.mod imports its own packages.
    static func modulePath(of code: CodeBase) -> String? {
        let folders = Set(code.files.compactMap { $0.path.parentDirectory.relative(to: code.directory) })
            .subtracting(["."])
        guard !folders.isEmpty else { return nil }
        for (path, _, _) in imports(of: code) {
            for inner in folders where path.hasSuffix("/\(inner)") { return String(path.dropLast(inner.count + 1)) }
        }
        return nil
    }

    /// What the code imports from elsewhere: paths whose first part is a host.
    static func imports(of code: CodeBase) -> [(path: String, file: String, line: Int)] {
        var seen: Set<String> = []
        return code.files.flatMap { file -> [(String, String, Int)] in
            var isInside = false
            return CodeLine.lines(of: file).compactMap { line in
                if line.text.hasPrefix("import (") {
                    isInside = true
                } else if line.text.hasPrefix(")") {
                    isInside = false
                }
                guard isInside || line.text.hasPrefix("import "), let path = line.literals.first,
                    let host = path.split(separator: "/").first, host.contains("."), path.contains("/"),
                    seen.insert(path).inserted
                else { return nil }
                return (path, line.file, line.number)
            }
        }
    }
}
