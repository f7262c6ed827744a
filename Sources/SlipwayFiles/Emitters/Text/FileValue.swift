// SPDX-License-Identifier: Apache-2.0

/// What a structured file says, built as a value; ``YAMLText``, ``TOMLText`` and ``JSONText`` print it.
package indirect enum FileValue: Equatable, Sendable {
    /// TOML has none: an entry with it is left out there.
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([FileValue])
    /// A list of texts on one line, as commands in exec form are written.
    case words([String])
    case map(FileMap)

    /// A list of texts, one a line.
    package static func texts(_ texts: some Sequence<String>) -> FileValue { .list(texts.map(FileValue.string)) }
    /// Texts by key, in this order.
    package static func pairs(_ pairs: some Sequence<(String, String)>) -> FileValue {
        .map(FileMap(pairs.map { .init($0.0, .string($0.1)) }))
    }
}

extension FileValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByFloatLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: FileValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, FileValue)...) {
        self = .map(FileMap(elements.map { .init($0.0, $0.1) }))
    }
}

/// Keys and values in the order in which they are printed; a key stands once.
package struct FileMap: Equatable, Sendable {
    /// One key, what it means, and what a reader of the file should know about it.
    package struct Entry: Equatable, Sendable {
        package var key: String
        package var value: FileValue
        /// Lines printed above the key, without `#`; JSON has no comments and drops them.
        package var comment: String?

        package init(_ key: String, _ value: FileValue, comment: String? = nil) {
            self.key = key
            self.value = value
            self.comment = comment
        }
    }

    /// Longer maps are searched by an index: one per service of a large repository.
    private static let longestWalk = 16

    package private(set) var entries: [Entry] = []
    /// Filled only once the map is long.
    private var places: [String: Int] = [:]
    package var isEmpty: Bool { entries.isEmpty }

    package init(_ entries: [Entry] = []) {
        for entry in entries { set(entry.key, entry.value, comment: entry.comment) }
    }

    /// Gives a key a value, in its place or at the end; nothing happens without a value.
    package mutating func set(_ key: String, _ value: FileValue?, comment: String? = nil) {
        guard let value else { return }
        let entry = Entry(key, value, comment: comment)
        if let place = place(of: key) {
            entries[place] = entry
            return
        }
        entries.append(entry)
        if entries.count > Self.longestWalk, places.isEmpty {
            places = Dictionary(entries.enumerated().map { ($1.key, $0) }) { first, _ in first }
        } else if !places.isEmpty {
            places[key] = entries.count - 1
        }
    }

    private func place(of key: String) -> Int? {
        places.isEmpty ? entries.firstIndex { $0.key == key } : places[key]
    }

    package subscript(key: String) -> FileValue? { place(of: key).map { entries[$0].value } }

    package static func == (left: FileMap, right: FileMap) -> Bool { left.entries == right.entries }
}

extension FileMap: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, FileValue)...) {
        self.init(elements.map { .init($0.0, $0.1) })
    }
}
