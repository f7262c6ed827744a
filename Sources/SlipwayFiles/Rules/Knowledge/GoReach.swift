// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The folders whose code a Go program holds: a module with several programs reads in each only what that one imports.
struct GoReach {
    /// Folders of packages, relative to the root.
    let folders: Set<String>

    /// - Returns: `nil` when the image does not say which program it builds, or the module has only one.
    init?(of unit: DeployedUnit) {
        let tree = unit.dockerfile.repository.tree
        // One image may hold several programs.
        let built = Set(
            unit.dockerfile.reading.steps.flatMap { $0.program?.commands ?? [] }.compactMap(Self.package))
        guard built.count == 1, let package = built.first, !tree.files(named: "go.mod").isEmpty else { return nil }
        for module in tree.files(named: "go.mod") {
            let root = module.directory
            let start = GoPath.clean(root + "/" + package)
            guard tree.hasDirectory(start), let name = Self.name(of: module.path, tree) else { continue }
            folders = Self.reached(from: start, module: name, root: root, tree)
            return
        }
        return nil
    }

    /// Whether the program has none of the code that reads the variable.
    func leavesOut(_ variable: Variable) -> Bool {
        let files = variable.origins.map { String($0.prefix { $0 != ":" }) }
        return !files.isEmpty
            && files.allSatisfy { path in
                path.hasSuffix(".go") && !folders.contains(SourceTree.Entry(path: path).directory)
            }
    }

    /// `./cmd/migrate` of a build of one program.
    private static func package(_ command: ShellCommand) -> String? {
        guard command.name == "go", command.arguments.first == "build", let last = command.arguments.last,
            last.hasPrefix("./cmd/"), !last.hasSuffix(".go"), !last.contains("...")
        else { return nil }
        return GoPath.clean(last)
    }

    private static func name(of path: String, _ tree: SourceTree) -> String? {
        tree.text(path)?.split(separator: "\n").first { $0.hasPrefix("module ") }
            .map { String($0.dropFirst(7)).trimmed }
    }

    private static func reached(from start: String, module: String, root: String, _ tree: SourceTree) -> Set<String> {
        var found: Set<String> = [start]
        var left = [start]
        while let folder = left.popLast() {
            for entry in tree.files(under: folder) where entry.stands(in: folder) && entry.path.hasSuffix(".go") {
                guard !entry.path.hasSuffix("_test.go"), let text = tree.text(entry.path) else { continue }
                for line in text.split(separator: "\n") where line.contains("\"" + module + "/") {
                    let parts = line.split(separator: "\"")
                    guard let path = parts.first(where: { $0.hasPrefix(module + "/") }) else { continue }
                    let next = GoPath.clean(root + "/" + path.dropFirst(module.utf8.count + 1))
                    if found.insert(next).inserted { left.append(next) }
                }
            }
        }
        return found
    }
}
