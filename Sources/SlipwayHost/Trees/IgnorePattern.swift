// SPDX-License-Identifier: Apache-2.0

/// One line of a `.gitignore` (gitignore(5), PATTERN FORMAT).
struct IgnorePattern: Equatable, Sendable {
    private enum Shape: Equatable, Sendable {
        /// `node_modules`: the entry's own name.
        case name([UInt8])
        /// `*.log`
        case suffix([UInt8])
        /// `/build`, `docs/out`: the path from the folder of the file.
        case path([UInt8])
        /// Anything else, by segments; a pattern without a slash has `**` before it.
        case segments([[UInt8]])
    }

    private let shape: Shape
    /// `!pattern`: what an earlier line ignored is back.
    let isNegated: Bool
    private let matchesFoldersOnly: Bool

    /// `nil` for blank lines and comments.
    init?(_ line: ArraySlice<UInt8>) {
        var text = Self.withoutTrailingSpaces(line)
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { text.removeFirst() }
        matchesFoldersOnly = text.last == UInt8(ascii: "/")
        if matchesFoldersOnly { text.removeLast() }
        guard !text.isEmpty else { return nil }
        let isAnchored = text.contains(UInt8(ascii: "/"))
        if text.first == UInt8(ascii: "/") { text.removeFirst() }
        let hasWildcard = text.contains { "*?[\\".utf8.contains($0) }
        if !hasWildcard {
            shape = isAnchored ? .path(Array(text)) : .name(Array(text))
        } else if !isAnchored, text.first == UInt8(ascii: "*"),
            !text.dropFirst().contains(where: { "*?[\\".utf8.contains($0) })
        {
            shape = .suffix(Array(text.dropFirst()))
        } else {
            let parts = text.split(separator: UInt8(ascii: "/")).map(Array.init)
            shape = .segments(isAnchored ? parts : [Self.anyDepth] + parts)
        }
    }

    private static let anyDepth: [UInt8] = Array("**".utf8)

    private static func withoutTrailingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = line
        while let last = text.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") || last == 0x09 {
            let before = text.dropLast()
            if last == UInt8(ascii: " "), before.last == UInt8(ascii: "\\") { break }
            text = before
        }
        return text
    }

    /// - Parameter path: From the folder of the ignore file, without a leading slash.
    func matches(_ path: Slice<UnsafeBufferPointer<UInt8>>, nameStart: Int, isFolder: Bool) -> Bool {
        if matchesFoldersOnly, !isFolder { return false }
        switch shape {
        case .name(let name): return path[nameStart...].elementsEqual(name)
        case .suffix(let suffix):
            let nameLength = path.endIndex - nameStart
            return nameLength >= suffix.count && path[(path.endIndex - suffix.count)...].elementsEqual(suffix)
        case .path(let wanted): return path.count == wanted.count && path.elementsEqual(wanted)
        case .segments(let segments):
            return Glob.matches(segments[...], path.split(separator: UInt8(ascii: "/"))[...])
        }
    }
}
