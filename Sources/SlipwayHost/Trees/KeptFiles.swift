// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Files that are part of a repository although a pattern names them: git keeps what it tracks, and a pattern such as
/// `.env*` names templates that people keep in git all the same.
final class KeptFiles: Sendable {
    /// What git keeps.
    private struct Tracked {
        let files: Set<String>
        /// Those with a tracked file somewhere below.
        let folders: Set<String>

        init(_ paths: Set<String>) {
            files = paths
            var folders: Set<String> = []
            for path in paths {
                var path = path[...]
                while let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
                    path = path[..<slash]
                    guard folders.insert(String(path)).inserted else { break }
                }
            }
            self.folders = folders
        }
    }

    private let root: String
    /// Known once somebody has asked; the inner `nil` stands for a folder without git.
    private let tracked = Mutex<Tracked??>(nil)

    /// - Parameter root: The walk's root.
    init(root: String) { self.root = root }

    /// Whether git keeps the file; without git a template that lies there was brought by whoever exported the
    /// repository.
    /// - Parameter path: Relative to the root.
    func contains(_ path: [UInt8]) -> Bool {
        let text = String(decoding: path, as: UTF8.self)
        return known { $0.files.contains(text) } ?? Self.isTemplate(path)
    }

    /// Whether git keeps a file somewhere below the folder.
    func contains(folder path: [UInt8]) -> Bool {
        let text = String(decoding: path, as: UTF8.self)
        return known { $0.folders.contains(text) } ?? false
    }

    /// Reads the index when it is first asked for: most walks meet nothing that is ignored.
    private func known<Result: Sendable>(_ ask: (Tracked) -> Result) -> Result? {
        tracked.withLock { known in
            let found = known ?? GitIndex.paths(inFolder: root).map(Tracked.init)
            known = .some(found)
            return found.map(ask)
        }
    }

    /// `.env.example`, `.env.production.sample`
    private static func isTemplate(_ path: [UInt8]) -> Bool {
        let endings = [".example", ".sample", ".template", ".dist"]
        guard endings.contains(where: { path.suffix($0.utf8.count).elementsEqual($0.utf8) }) else { return false }
        let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[(path.index(after: $0))...] } ?? path[...]
        return name.starts(with: ".env".utf8) || name.starts(with: "env.".utf8)
    }
}
