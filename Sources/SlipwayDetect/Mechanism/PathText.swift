// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Paths inside the tree as text.
package enum PathText {
    /// Without `.`, `..` and doubled slashes; `nil` when the path is absolute or leaves the root.
    package static func normalized(_ path: String) -> String? {
        guard !path.hasPrefix("/") else { return nil }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// The folder and those above it, nearest first, ending with `.`.
    package static func ancestors(of directory: String) -> [String] {
        var result = [directory]
        while let last = result.last, last != "." { result.append(last.parentDirectory) }
        return result
    }

    /// The relative path that leads from one folder to another: `apps/web`, `packages/db` → `../../packages/db`.
    static func way(from start: String, to end: String) -> String {
        let left = start == "." ? [] : start.split(separator: "/")
        let right = end == "." ? [] : end.split(separator: "/")
        let shared = zip(left, right).prefix { $0 == $1 }.count
        let parts = left.dropFirst(shared).map { _ in ".." } + right.dropFirst(shared).map(String.init)
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}
