// SPDX-License-Identifier: Apache-2.0

/// Paths of the repository: relative to its root, which is `.`.
extension String {
    /// The part after the last slash.
    package var lastPathComponent: String { lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self }
    /// `cmd/api` of `./cmd/api`.
    package var withoutDotSlash: String { hasPrefix("./") ? String(dropFirst(2)) : self }
    /// The folder of a path, `.` at the root.
    package var parentDirectory: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "." }
    /// A path below a folder, where `.` is the root.
    package func appending(path: String) -> String { self == "." ? path : path == "." ? self : "\(self)/\(path)" }
    /// The path seen from a folder above it; `nil` when it is elsewhere.
    package func relative(to directory: String) -> String? {
        if directory == "." { return self }
        if self == directory { return "." }
        let length = directory.utf8.count
        guard utf8.count > length, utf8.starts(with: directory.utf8),
            let rest = utf8.index(startIndex, offsetBy: length, limitedBy: endIndex), utf8[rest] == UInt8(ascii: "/")
        else { return nil }
        return String(self[utf8.index(after: rest)...])
    }
}
