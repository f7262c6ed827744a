// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A file of the application in which a variable can be read.
struct SourceFile: Sendable {
    let path: String
    let language: CodeLanguage
    /// Among the tree's entries.
    let position: Int

    /// Files judged side by side: enough that handing them out costs nothing.
    private static let batch = 4096

    /// Every such file, tests, examples and what others wrote left out, in path order.
    static func all(in tree: SourceTree, _ scope: ServiceScope) -> [SourceFile] {
        let count = tree.entries.count
        let parts = tree.shared((count + batch - 1) / batch) { part in
            files(at: part * batch..<min((part + 1) * batch, count), of: tree, scope)
        }
        return parts.flatMap(\.self)
    }

    private static func files(at positions: Range<Int>, of tree: SourceTree, _ scope: ServiceScope) -> [SourceFile] {
        // The files of a folder stand side by side, so the folder is judged once.
        var folder: String?
        var isWanted = false
        var isScript = false
        return positions.compactMap { position in
            let entry = tree.entries[position]
            guard let language = CodeLanguage(file: entry.path) else { return nil }
            if folder.map(entry.stands(in:)) != true {
                folder = entry.directory
                let directory = scope.directory(of: entry.path) ?? "."
                let local = entry.directory.relative(to: directory) ?? entry.directory
                isScript = SourceFilter.isScriptFolder(local)
                isWanted = SourceFilter.isApplication(folder: local) && !isScript
            }
            // Swift packages compile what is in their folders of targets, not what lies beside the manifest.
            if language == .swift, tree.contains(entry.directory.appending(path: "Package.swift")) { return nil }
            guard isWanted || (isScript && (language == .shell || scope.starts(entry.path))),
                !SourceFilter.isTest(entry.name)
            else { return nil }
            return SourceFile(path: entry.path, language: language, position: position)
        }
    }
}
