// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Synchronization

/// A command that the repository tells somebody to run: a reader of a document, a pipeline, make, npm, a
/// shell or a platform.
struct ToldCommand: Sendable {
    /// Who runs it.
    enum Teller: Sendable { case document, workflow, remote, pipeline, makefile, package, script, platform }

    let teller: Teller
    /// Whether it is part of what deploys, and no advice or tool of developers.
    var isOfDeployment: Bool {
        [.workflow, .remote, .pipeline, .platform].contains(teller)
            || teller == .script && !DevelopmentPath.isLikely(file)
    }
    /// Where it is written.
    let file: String
    /// One-based.
    let line: Int
    let command: ShellCommand
    /// Where it runs, relative to the root; `nil` when nothing says it.
    let folder: String?
    /// Tells the blocks, steps and recipes of a file apart.
    let block: Int
    /// Whether a document has sent its reader to a folder of the repository before, in the same section.
    var hasMoved = false

    /// The words, without what only says with which rights they run.
    var words: [String] {
        var words = command.words.map(\.text)[...]
        while let first = words.first, ["sudo", "exec", "-E", "nohup", "time", "command"].contains(first) {
            words = words.dropFirst()
        }
        return Array(words)
    }

    /// How bad it is that the command fails: a reader looks for another way, a machine stops.
    var severity: Severity {
        if DevelopmentPath.isLikely(file), teller != .workflow, teller != .pipeline { return .warning }
        return [.document, .package, .makefile].contains(teller) || command.isFollowedByOr || command.isCondition
            ? .warning : .error
    }

    /// Folders that relative paths can start from; empty when nothing says it.
    var places: [String] {
        let own = SourceTree.Entry(path: file).directory
        if let folder {
            guard teller == .platform, own != ".", folder == own || folder.hasPrefix(own + "/") else { return [folder] }
            // A platform can be told to start in the repository's root, too.
            return [folder, folder == own ? "." : String(folder.dropFirst(own.utf8.count + 1))]
        }
        guard !hasMoved else { return [] }
        return own == "." ? ["."] : [".", own]
    }

    /// Whether the text is a name or a path, and no place for one.
    static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "._-/".utf8.contains(byte)
            } && !text.lowercased().contains("your") && !text.contains("path/to") && !text.contains("EXPRESSION")
            && !text.contains("...")
    }
}

extension CheckedRepository {
    /// What all files tell to run, in the files' order.
    var toldCommands: [ToldCommand] {
        if let known = toldSketches.withLock({ $0 }) { return known }
        let found = ToldReader(self).all()
        toldSketches.withLock { $0 = found }
        return found
    }

    /// Texts for people, without those of other projects and of the past.
    var documents: [SourceTree.Entry] { documentShelf.value }

    static func documents(in tree: SourceTree) -> [SourceTree.Entry] {
        tree.entries.filter { entry in
            guard entry.name.hasSuffix(".md") || entry.name.hasSuffix(".mdx"), entry.path.utf8.count < 200 else {
                return false
            }
            let lower = entry.path.lowercased()
            return !["node_modules/", "vendor/", "changelog", "history", "testdata/", "fixtures/", "template"].contains
            {
                lower.contains($0)
            } && !lower.hasPrefix(".")
        }
    }
}
