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
        guard let bytes = TreeReader.contents(Array(path.utf8)), !ignoresFolder(bytes, parts) else { return [] }
        let prefix = parts.isEmpty ? [] : Array((parts.joined(separator: "/") + "/").utf8)
        return IgnoreFile(bytes, addedPrefix: prefix).map { [$0] } ?? []
    }

    /// Whether a file ignores the folder that is read, or one on the way to it: who asks for that folder all the same
    /// wants what is in it. A release's own copy of the source lies below such a file.
    private static func ignoresFolder(_ bytes: [UInt8], _ parts: ArraySlice<Substring>) -> Bool {
        guard let file = IgnoreFile(bytes) else { return false }
        var path: [UInt8] = []
        for part in parts {
            let start = path.isEmpty ? 0 : path.count + 1
            if !path.isEmpty { path.append(UInt8(ascii: "/")) }
            path += Array(part.utf8)
            let isIgnored = path.withUnsafeBufferPointer { file.verdict($0, nameStart: start, isFolder: true) }
            if isIgnored == true { return true }
        }
        return false
    }
}
