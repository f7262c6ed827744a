// SPDX-License-Identifier: Apache-2.0

/// Keys and values in the order of the text.
public struct DataMapping: Equatable, Sendable {
    /// One key with its value.
    public struct Entry: Equatable, Sendable {
        package var key: String
        /// Where the key stands.
        public var position: SourcePosition
        package var value: DataNode

        package init(key: String, position: SourcePosition, value: DataNode) {
            self.key = key
            self.position = position
            self.value = value
        }
        package var line: Int { position.line }
    }

    package private(set) var entries: [Entry]
    /// Built only for long mappings, where a search from the front would make reading quadratic.
    private var places: [String: Int]?
    private static let longestUnindexed = 16

    package init(_ entries: [Entry] = []) {
        self.entries = []
        self.entries.reserveCapacity(entries.count)
        for entry in entries { set(entry) }
    }

    package var keys: [String] { entries.map(\.key) }
    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    package func entry(_ key: String) -> Entry? { place(of: key).map { entries[$0] } }
    package subscript(key: String) -> DataNode? { entry(key)?.value }
    package func contains(_ key: String) -> Bool { place(of: key) != nil }

    /// Adds the entry, or replaces the one of this key in its place.
    package mutating func set(_ entry: Entry) {
        if let place = place(of: entry.key) {
            entries[place] = entry
            return
        }
        places?[entry.key] = entries.count
        entries.append(entry)
        guard places == nil, entries.count > Self.longestUnindexed else { return }
        places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
    }

    private func place(of key: String) -> Int? {
        if let places { return places[key] }
        return entries.firstIndex { $0.key == key }
    }
}
