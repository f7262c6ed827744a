// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ignore files that apply from outside the walk: those of folders above it in the same repository, and the
/// repository's own list in `.git/info/exclude`.
enum OuterIgnoreFiles {
    /// Weakest first, as git orders them (gitignore(5)).
    static func read(above root: String) -> [IgnoreFile] {
        let parts = root.split(separator: "/")
        guard let depth = (0...parts.count).reversed().first(where: { isRepository(path(parts.prefix($0))) }) else {
            return []
        }
        var found: [IgnoreFile] = []
        let exclude = path(parts.prefix(depth)) + "/.git/info/exclude"
        found += file(exclude, below: parts[depth...])
        for level in depth..<max(depth, parts.count) {
            found += file(path(parts.prefix(level)) + "/.gitignore", below: parts[level...])
        }
        return found
    }

    private static func path(_ parts: ArraySlice<Substring>) -> String { "/" + parts.joined(separator: "/") }

    private static func isRepository(_ folder: String) -> Bool {
        var status = stat()
        return stat(folder + "/.git", &status) == 0
    }

    private static func file(_ path: String, below parts: ArraySlice<Substring>) -> [IgnoreFile] {
        guard let bytes = TreeReader.contents(Array(path.utf8)) else { return [] }
        let prefix = parts.isEmpty ? [] : Array((parts.joined(separator: "/") + "/").utf8)
        return IgnoreFile(bytes, addedPrefix: prefix).map { [$0] } ?? []
    }
}
