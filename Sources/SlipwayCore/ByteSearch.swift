// SPDX-License-Identifier: Apache-2.0

/// Looks for a word in a text byte by byte: grapheme clusters cost ten times as much.
package enum ByteSearch {
    /// Whether the word stands in the text; the empty word always does.
    package static func contains(_ word: StaticString, in text: String) -> Bool {
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        return offset(of: bytes, in: text.utf8) != nil
    }

    /// Whether the word stands in the text; the empty word always does.
    package static func contains(_ word: some Collection<UInt8>, in text: some Collection<UInt8>) -> Bool {
        offset(of: word, in: text) != nil
    }

    /// How many bytes stand before the word; `nil` when it is not in the text.
    package static func offset(of word: some Collection<UInt8>, in text: some Collection<UInt8>) -> Int? {
        let fast = word.withContiguousStorageIfAvailable { word in
            text.withContiguousStorageIfAvailable { search(word, $0) }
        }
        if case .some(.some(let found)) = fast { return found }
        return Array(word).withUnsafeBufferPointer { word in
            Array(text).withUnsafeBufferPointer { search(word, $0) }
        }
    }

    private static func search(_ word: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let first = word.first else { return 0 }
        guard text.count >= word.count else { return nil }
        for start in 0...(text.count - word.count) where text[start] == first {
            var length = 1
            while length < word.count, text[start + length] == word[length] { length += 1 }
            if length == word.count { return start }
        }
        return nil
    }
}

extension StringProtocol {
    /// Whether the bytes of the other text stand in this one; the library's own search makes a table of the word's
    /// characters for each call, which is too slow for rules that ask it of every file.
    package func contains(_ other: String) -> Bool { ByteSearch.contains(other.utf8, in: utf8) }

    /// Whether the bytes of the other text stand in this one.
    package func contains(_ other: Substring) -> Bool { ByteSearch.contains(other.utf8, in: utf8) }
}
