// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayFiles
import SlipwayHost

/// A repository as it is on disk, with the documents over it that an editor has open.
struct EditedRepository {
    private let root: String?
    private var tree: SourceTree
    private var app: OnDemand<AppSpec?>
    private var documents: [String: String] = [:]

    /// - Parameter root: Absolute; without one each document stands for itself.
    init(root: String?) {
        self.root = root
        (tree, app) = Self.read(root)
    }

    /// Reads the names of the files again, and what detection says of them when somebody asks.
    mutating func refresh() { (tree, app) = Self.read(root) }

    mutating func set(_ path: String, _ text: String?) { documents[path] = text }
    func text(_ path: String) -> String? { documents[path] ?? tree.text(path) }

    /// The path within the repository; `nil` when it is outside.
    func relative(_ path: String) -> String? {
        guard let root else { return String(path.drop { $0 == "/" }) }
        let folder = root.hasSuffix("/") ? root : root + "/"
        return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : nil
    }

    /// Findings by path.
    func findings() -> [String: [Diagnostic]] {
        let (base, documents, app) = (tree, documents, app)
        let added = documents.keys.filter { !base.contains($0) }.map { SourceTree.Entry(path: $0) }
        let edited = SourceTree(name: base.name, entries: base.entries + added) { path in
            documents[path].map { Array($0.utf8) } ?? base.bytes(path) ?? base.contents(path)
        }
        let (folder, isWhole) = (root ?? ".", root != nil)
        let repository = CheckedRepository(
            tree: edited, isWhole: isWhole, app: { app.value },
            tracked: { isWhole ? GitIndex.paths(inFolder: folder) : nil },
            executables: { isWhole ? GitIndex.executables(inFolder: folder) : nil })
        return Dictionary(grouping: Checker().check(repository)) { $0.file ?? "" }
    }

    private static func read(_ root: String?) -> (SourceTree, OnDemand<AppSpec?>) {
        let tree = root.flatMap { try? TreeReader.read($0) } ?? SourceTree(files: [:])
        let isWhole = root != nil
        return (
            tree,
            OnDemand {
                guard isWhole, let configuration = try? Configuration.read(from: tree) else { return nil }
                return try? Detection.detect(tree, configuration: configuration)
            }
        )
    }
}
