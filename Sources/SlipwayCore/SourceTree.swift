// SPDX-License-Identifier: Apache-2.0

/// A repository's files as an immutable index; the only thing a detector sees.
///
/// Paths are relative to the root, with `/` and without a leading `./`, sorted by their bytes. The index holds names
/// and sizes; contents are read when asked for, through the reader that `SlipwayHost` (or a test) supplies.
public struct SourceTree: Sendable {
    /// One regular file.
    public struct Entry: Equatable, Sendable {
        /// Relative to the root.
        public let path: String
        /// As the file system says.
        public let sizeInBytes: Int
        /// Whether its owner may run it.
        public let isExecutable: Bool

        /// See the type.
        public init(path: String, sizeInBytes: Int, isExecutable: Bool = false) {
            self.path = path
            self.sizeInBytes = sizeInBytes
            self.isExecutable = isExecutable
        }

        /// The last component.
        public var name: String { path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path }
        /// The folder, `.` at the root.
        public var directory: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
    }

    /// Larger files are not source; a lock file of a large monorepo stays under this.
    public static let largestTextInBytes = 8 << 20

    /// The folder's own name; names the application when nothing else does.
    public let name: String
    /// Regular files, sorted by path; ignored ones are left out.
    public let entries: [Entry]
    /// What the index left out and why, for people who miss a file: `symlink loop at a/b`.
    public let remarks: [String]
    private let reader: @Sendable (String) -> [UInt8]?
    private let positions: [String: Int]
    private let byName: [String: [Int]]

    /// - Parameter reader: Returns the bytes of a path, or `nil` when it cannot be read; must be pure for the life of
    ///   the tree.
    package init(
        name: String, entries: [Entry], remarks: [String] = [], reader: @escaping @Sendable (String) -> [UInt8]?
    ) {
        self.name = name
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        self.remarks = remarks
        self.reader = reader
        var positions: [String: Int] = [:]
        var byName: [String: [Int]] = [:]
        positions.reserveCapacity(entries.count)
        for (index, entry) in self.entries.enumerated() {
            positions[entry.path] = index
            byName[entry.name, default: []].append(index)
        }
        self.positions = positions
        self.byName = byName
    }

    /// A tree that holds its contents: for tests and for trees that were never on disk.
    package init(name: String = "app", files: [String: String]) {
        self.init(
            name: name, entries: files.map { Entry(path: $0.key, sizeInBytes: $0.value.utf8.count) },
            reader: { files[$0].map { Array($0.utf8) } })
    }

    /// Whether a file of this exact path is in the index.
    public func contains(_ path: String) -> Bool { positions[path] != nil }
    /// The file of this exact path.
    public func entry(_ path: String) -> Entry? { positions[path].map { entries[$0] } }

    /// All files of this name, anywhere, in path order.
    public func files(named name: String) -> [Entry] { (byName[name] ?? []).map { entries[$0] } }

    /// All files below a folder (`.` for the root), in path order.
    public func files(under directory: String) -> ArraySlice<Entry> {
        guard directory != "." else { return entries[...] }
        let prefix = directory + "/"
        let start = entries.partitioningIndex { !$0.path.utf8.lexicographicallyPrecedes(prefix.utf8) }
        let end = entries[start...].partitioningIndex { !$0.path.hasPrefix(prefix) }
        return entries[start..<end]
    }

    /// Whether any file stands below the folder.
    public func hasDirectory(_ directory: String) -> Bool { !files(under: directory).isEmpty }

    /// The file's text: `nil` when absent, too large, binary (a NUL byte) or unreadable. Bytes that are not UTF-8
    /// become U+FFFD, so a Latin-1 comment hides nothing else in the file.
    public func text(_ path: String) -> String? {
        guard let entry = entry(path), entry.sizeInBytes <= Self.largestTextInBytes,
            let bytes = reader(path), !bytes.contains(0)
        else { return nil }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        return String(decoding: body, as: UTF8.self)
    }
}

extension RandomAccessCollection {
    /// The first index whose element satisfies a predicate that is false, then true, along the collection.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Index {
        var low = startIndex
        var length = count
        while length > 0 {
            let half = length / 2
            let middle = index(low, offsetBy: half)
            if predicate(self[middle]) {
                length = half
            } else {
                low = index(after: middle)
                length -= half + 1
            }
        }
        return low
    }
}
