// SPDX-License-Identifier: Apache-2.0

/// A `.gitignore` and where it stands.
struct IgnoreFile: Sendable {
    /// In file order; the last that matches decides.
    private let patterns: [IgnorePattern]
    /// Bytes of a path, counted from the start of the walk's own paths, that lie above the file's folder.
    private let skippedBytes: Int
    /// Stands before every path of the walk, for a file above the walk's root: `apps/shop/`.
    private let addedPrefix: [UInt8]

    init?(_ bytes: [UInt8], skippedBytes: Int = 0, addedPrefix: [UInt8] = []) {
        patterns = bytes.split(separator: UInt8(ascii: "\n")).compactMap(IgnorePattern.init)
        guard !patterns.isEmpty else { return nil }
        self.skippedBytes = skippedBytes
        self.addedPrefix = addedPrefix
    }

    /// Whether the file ignores a path or takes it back; `nil` when it says nothing.
    func verdict(_ path: UnsafeBufferPointer<UInt8>, nameStart: Int, isFolder: Bool) -> Bool? {
        guard addedPrefix.isEmpty else {
            let whole = addedPrefix + path
            return whole.withUnsafeBufferPointer {
                decide($0[...], nameStart: addedPrefix.count + nameStart, isFolder: isFolder)
            }
        }
        return decide(path[skippedBytes...], nameStart: nameStart, isFolder: isFolder)
    }

    private func decide(_ path: Slice<UnsafeBufferPointer<UInt8>>, nameStart: Int, isFolder: Bool) -> Bool? {
        for pattern in patterns.reversed() where pattern.matches(path, nameStart: nameStart, isFolder: isFolder) {
            return !pattern.isNegated
        }
        return nil
    }
}
