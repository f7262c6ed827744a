// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Templates of variables that a pattern such as `.env*` names and that people keep in git all the same.
final class KeptTemplates: Sendable {
    private let root: String
    /// What git keeps, once somebody has asked; the inner `nil` stands for a folder without git.
    private let tracked = Mutex<Set<String>??>(nil)

    /// - Parameter root: The walk's root.
    init(root: String) { self.root = root }

    /// Whether git keeps the file; without git what lies there was brought by whoever exported the repository.
    /// - Parameter path: Relative to the root.
    func contains(_ path: [UInt8]) -> Bool {
        guard Self.isTemplate(path) else { return false }
        let paths = tracked.withLock { known in
            let paths = known ?? GitIndex.paths(inFolder: root)
            known = .some(paths)
            return paths
        }
        return paths?.contains(String(decoding: path, as: UTF8.self)) ?? true
    }

    /// `.env.example`, `.env.production.sample`
    private static func isTemplate(_ path: [UInt8]) -> Bool {
        let endings = [".example", ".sample", ".template", ".dist"]
        guard endings.contains(where: { path.suffix($0.utf8.count).elementsEqual($0.utf8) }) else { return false }
        let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[(path.index(after: $0))...] } ?? path[...]
        return name.starts(with: ".env".utf8) || name.starts(with: "env.".utf8)
    }
}
