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
    /// With what `slipway.yml` says under `check`.
    private var checker: Checker
    private var documents: [String: String] = [:]

    /// - Parameter root: Absolute; without one each document stands for itself.
    init(root: String?) {
        self.root = root
        (tree, app, checker) = Self.read(root)
    }

    /// Reads the names of the files and the settings again, and what detection says of them when somebody asks.
    mutating func refresh() { (tree, app, checker) = Self.read(root) }

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
        Dictionary(grouping: checker.check(checked())) { $0.file ?? "" }
    }

    /// Findings of one document while somebody types in it: what other files say of it is looked at again when it is
    /// saved, because that takes longer than the next letter.
    /// - Parameter before: What was found in it last.
    func findings(in path: String, after before: [Diagnostic]) -> [Diagnostic] {
        let repository = checked()
        let found = checker.finish(checker.find(repository, acrossFiles: false, of: path), in: repository)
        let kept = before.filter { RuleCatalog.codesAcrossFiles.contains($0.code) }
        return (found.filter { $0.file == path } + kept).sorted { ($0.line ?? 0, $0.code) < ($1.line ?? 0, $1.code) }
    }

    private func checked() -> CheckedRepository {
        let (base, documents, app) = (tree, documents, app)
        let added = documents.keys.filter { !base.contains($0) }.map { SourceTree.Entry(path: $0) }
        let edited = SourceTree(name: base.name, entries: base.entries + added) { path in
            documents[path].map { Array($0.utf8) } ?? base.bytes(path) ?? base.contents(path)
        }
        let (folder, isWhole) = (root ?? ".", root != nil)
        return CheckedRepository(
            tree: edited, isWhole: isWhole, app: { app.value },
            tracked: { isWhole ? GitIndex.paths(inFolder: folder) : nil },
            executables: { isWhole ? GitIndex.executables(inFolder: folder) : nil }, policy: checker.policy)
    }

    private static func read(_ root: String?) -> (SourceTree, OnDemand<AppSpec?>, Checker) {
        guard let root, let tree = try? TreeReader.read(root) else {
            return (SourceTree(files: [:]), OnDemand { nil }, Checker())
        }
        // An unfinished slipway.yml must not silence the editor.
        let configuration = try? Configuration.read(from: tree)
        var settings = configuration?.check ?? CheckSettings()
        settings.baseline = settings.baselinePath.flatMap { try? Baseline.read($0, from: tree) }
        let app = OnDemand { configuration.flatMap { try? Detection.detect(tree, configuration: $0) } }
        return (tree, app, Checker(settings: settings))
    }
}
