// SPDX-License-Identifier: Apache-2.0

/// A repository's files as an immutable index; the only thing a detector sees.
///
/// Paths are relative to the root, with `/` and without a leading `./`, sorted by their bytes. The index holds names
/// only; contents are read when asked for, through the reader that `SlipwayHost` (or a test) supplies.
public struct SourceTree: Sendable {
    /// One regular file.
    public struct Entry: Equatable, Sendable {
        /// Relative to the root.
        public let path: String

        /// A file at this path, relative to the root.
        public init(path: String) { self.path = path }

        /// The last component.
        public var name: String {
            // Asked for every file by many rules: a slice of the text would cost more than all the rest.
            let fast = path.utf8.withContiguousStorageIfAvailable { bytes -> String? in
                bytes.lastIndex(of: slash).map { String(decoding: bytes[($0 + 1)...], as: UTF8.self) }
            }
            if let fast { return fast ?? path }
            return path.utf8.lastIndex(of: slash).map { String(path[path.utf8.index(after: $0)...]) } ?? path
        }
        /// The folder, `.` at the root.
        public var directory: String { path.utf8.lastIndex(of: slash).map { String(path[..<$0]) } ?? "." }
        /// Whether ``directory`` is this folder, without making a text of it.
        package func stands(in folder: String) -> Bool {
            guard let end = path.utf8.lastIndex(of: slash) else { return folder == "." }
            return path.utf8[..<end].isEqual(to: folder.utf8)
        }
        private var slash: UInt8 { UInt8(ascii: "/") }
    }

    /// Larger files are not source; a lock file of a large monorepo stays under this.
    public static let largestTextInBytes = 8 << 20

    /// Shared by every copy: trees are handed around by each of hundreds of rules.
    private final class Held: Sendable {
        let name: String
        let entries: [Entry]
        let remarks: [String]
        let reader: @Sendable (String) -> [UInt8]?
        let sharing: Sharing
        let index: PathIndex
        let cache: FileCache
        let words = WordIndex()

        init(
            _ name: String, _ entries: [Entry], _ remarks: [String], _ sharing: Sharing,
            _ reader: @escaping @Sendable (String) -> [UInt8]?
        ) {
            self.name = name
            self.entries = entries
            self.remarks = remarks
            self.sharing = sharing
            self.reader = reader
            index = PathIndex(of: entries)
            cache = FileCache(count: entries.count)
        }
    }

    private let held: Held

    /// The folder's own name; names the application when nothing else does.
    public var name: String { held.name }
    /// Regular files, sorted by path; ignored ones are left out.
    public var entries: [Entry] { held.entries }
    /// What the index left out and why, for people who miss a file: `symlink loop at a/b`.
    public var remarks: [String] { held.remarks }

    /// - Parameters:
    ///   - sharing: How work on many of the files is shared.
    ///   - reader: Returns the bytes of a path, or `nil` when it cannot be read or is larger than
    ///     ``largestTextInBytes``; must be pure for the life of the tree.
    package init(
        name: String, entries: [Entry], remarks: [String] = [],
        sharing: Sharing = .none, reader: @escaping @Sendable (String) -> [UInt8]?
    ) {
        // A walk yields them in order already, and looking is much cheaper than sorting.
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.path.precedesByBytes($1.path) }
        let sorted = isSorted ? entries : entries.sorted { $0.path.precedesByBytes($1.path) }
        held = Held(name, sorted, remarks, sharing, reader)
    }

    /// A tree that holds its contents: for tests and for trees that were never on disk.
    package init(name: String = "app", files: [String: String]) {
        self.init(name: name, entries: files.keys.map { Entry(path: $0) }, reader: { files[$0].map { Array($0.utf8) } })
    }

    /// The same tree as if these files were not there.
    package func without(_ paths: Set<String>) -> SourceTree {
        guard !paths.isEmpty else { return self }
        let kept = entries.filter { !paths.contains($0.path) }
        return SourceTree(name: name, entries: kept, remarks: remarks, sharing: held.sharing, reader: held.reader)
    }

    /// The same tree with other texts in the place of some of its files' own.
    package func replacing(_ texts: [String: String]) -> SourceTree {
        guard !texts.isEmpty else { return self }
        let reader = held.reader
        return SourceTree(name: name, entries: entries, remarks: remarks, sharing: held.sharing) { path in
            texts[path].map { Array($0.utf8) } ?? reader(path)
        }
    }

    /// The results of independent pieces of work, in their order.
    package func shared<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        held.sharing.results(count, body)
    }

    /// Whether the file is there.
    public func contains(_ path: String) -> Bool { entry(path) != nil }

    /// The file at a path.
    public func entry(_ path: String) -> Entry? { position(of: path).map { entries[$0] } }

    private func position(of path: String) -> Int? {
        held.index.paths.first(of: path) { held.entries[$0].path.utf8.isEqual(to: path.utf8) }
    }

    /// All files of this name, anywhere, in path order.
    public func files(named name: String) -> [Entry] {
        held.index.names.all(of: name).map { entries[$0] }.filter { $0.name == name }
    }

    /// All files whose name ends in a dot and this, anywhere, in path order.
    package func files(ending: String) -> [Entry] {
        let suffix = "." + ending
        return held.index.endings.all(of: ending).map { entries[$0] }.filter { $0.path.hasSuffix(suffix) }
    }

    /// The files whose names have one of these endings and whose bytes hold one of the words, in path order.
    ///
    /// - Parameters:
    ///   - endings: What names end in: `.py`, `.module.ts`, `Program.cs`.
    ///   - limit: Files of so many bytes and more are left out.
    package func files(ending endings: [String], holding words: [String], smallerThan limit: Int) -> [Entry] {
        let signs = words.map(WordSigns.init)
        let groups = Set(endings.map { ending in ending.split(separator: ".").last.map(String.init) ?? ending })
        let positions = groups.flatMap { group in
            held.words.candidates(group, for: signs, upTo: limit) { wordTables(of: group) }
        }
        return positions.sorted().lazy.map { (position: $0, entry: entries[$0]) }.filter { found in
            endings.contains(where: found.entry.path.hasSuffix)
                && bytes(at: found.position).map { bytes in
                    signs.contains { ByteSearch.contains($0.bytes, in: bytes) }
                } ?? false
        }.map(\.entry)
    }

    /// In parts that several processors can read side by side.
    private func wordTables(of ending: String) -> [WordTable] {
        let positions = held.index.endings.all(of: ending)
        let part = 256
        return shared((positions.count + part - 1) / part) { number in
            var table = WordTable()
            for position in positions[(number * part)..<min((number + 1) * part, positions.count)] {
                table.append(bytes(at: position), at: position)
            }
            return table
        }
    }

    /// The files that are not program code, styles, pictures, data or prose by their ending: among these few stands
    /// what configures and deploys.
    package var otherEntries: some Collection<Entry> { held.index.others.lazy.map { held.entries[Int($0)] } }

    /// All files below a folder (`.` for the root), in path order.
    public func files(under directory: String) -> ArraySlice<Entry> {
        guard directory != "." else { return entries[...] }
        let prefix = directory + "/"
        let start = entries.partitioningIndex { !$0.path.precedesByBytes(prefix) }
        let end = entries[start...].partitioningIndex { !$0.path.utf8.starts(with: prefix.utf8) }
        return entries[start..<end]
    }

    /// Whether any file stands below the folder.
    public func hasDirectory(_ directory: String) -> Bool { !files(under: directory).isEmpty }

    /// The file's text: `nil` when absent, too large, binary (a NUL byte) or unreadable. Bytes that are not UTF-8
    /// become U+FFFD, so a Latin-1 comment hides nothing else in the file. Lines end with a line feed alone: with the
    /// carriage return of Windows it is one `Character` that no `"\n"` equals.
    public func text(_ path: String) -> String? {
        bytes(path).map { bytes in
            guard bytes.contains(13) else { return String(decoding: bytes, as: UTF8.self) }
            var unix: [UInt8] = []
            unix.reserveCapacity(bytes.count)
            for (index, byte) in bytes.enumerated()
            where byte != 13 || index + 1 == bytes.count || bytes[index + 1] != 10 {
                unix.append(byte)
            }
            return String(decoding: unix, as: UTF8.self)
        }
    }

    /// Every byte of the file, binary or not; `nil` when absent, unreadable or more than the reader takes.
    package func contents(_ path: String) -> [UInt8]? { contains(path) ? held.reader(path) : nil }

    /// The text of a file that begins with the byte order mark of UTF-16: PowerShell writes `pip freeze > file` so.
    private static func fromUTF16(_ bytes: [UInt8]) -> [UInt8]? {
        let isLittle = bytes.starts(with: [0xFF, 0xFE])
        guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return nil }
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (low, high) = isLittle ? (bytes[index], bytes[index + 1]) : (bytes[index + 1], bytes[index])
            return UInt16(high) << 8 | UInt16(low)
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// As ``text(_:)``, without looking at the encoding; a byte order mark is left out.
    package func bytes(_ path: String) -> [UInt8]? {
        position(of: path).flatMap { bytes(at: $0) }
    }

    /// As ``bytes(_:)`` for the entry at a position of ``entries``.
    package func bytes(at position: Int) -> [UInt8]? {
        held.cache.bytes(at: position) {
            let path = held.entries[position].path
            guard let bytes = held.reader(path), bytes.count <= Self.largestTextInBytes else { return nil }
            if let text = Self.fromUTF16(bytes) { return text }
            guard !bytes.contains(0) else { return nil }
            return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        }
    }
}

extension RandomAccessCollection {
    /// The first index whose element satisfies a predicate that is false, then true, along the collection.
    package func partitioningIndex(where predicate: (Element) -> Bool) -> Index {
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

extension Collection<UInt8> {
    /// As `elementsEqual`, for bytes that lie side by side in memory many times as fast.
    package func isEqual(to other: some Collection<UInt8>) -> Bool {
        let fast = withContiguousStorageIfAvailable { left in
            other.withContiguousStorageIfAvailable { right in
                guard left.count == right.count else { return false }
                for offset in 0..<left.count where left[offset] != right[offset] { return false }
                return true
            }
        }
        return (fast ?? nil) ?? elementsEqual(other)
    }
}

extension String {
    /// Whether the bytes of this text sort before those of the other.
    package func precedesByBytes(_ other: String) -> Bool {
        let fast = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                for offset in 0..<min(left.count, right.count) where left[offset] != right[offset] {
                    return left[offset] < right[offset]
                }
                return left.count < right.count
            }
        }
        return (fast ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
    }
}
