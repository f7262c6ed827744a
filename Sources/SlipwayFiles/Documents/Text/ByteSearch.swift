// SPDX-License-Identifier: Apache-2.0

/// Looks for a word in a text byte by byte: grapheme clusters cost ten times as much.
enum ByteSearch {
    static func contains(_ word: StaticString, in text: String) -> Bool {
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        return text.utf8.withContiguousStorageIfAvailable { search(bytes, $0) } ?? search(bytes, Array(text.utf8))
    }

    static func contains(_ word: String.UTF8View, in text: some Collection<UInt8>) -> Bool {
        word.withContiguousStorageIfAvailable { word in
            text.withContiguousStorageIfAvailable { search(word, $0) } ?? search(word, Array(text))
        } ?? search(Array(word), Array(text))
    }

    private static func search(_ word: some RandomAccessCollection<UInt8>, _ text: some RandomAccessCollection<UInt8>)
        -> Bool
    {
        guard let first = word.first else { return true }
        guard text.count >= word.count else { return false }
        var start = text.startIndex
        let last = text.index(text.endIndex, offsetBy: -word.count)
        while start <= last {
            if text[start] == first, text[start...].starts(with: word) { return true }
            start = text.index(after: start)
        }
        return false
    }
}

extension String {
    /// Whether the bytes of the other text stand in this one; the library's own search, which compares characters,
    /// is too slow for rules that ask it of every file.
    func contains(_ other: String) -> Bool { ByteSearch.contains(other.utf8, in: utf8) }
}

extension Substring {
    /// Whether the bytes of the other text stand in this one.
    func contains(_ other: String) -> Bool { ByteSearch.contains(other.utf8, in: utf8) }
}
