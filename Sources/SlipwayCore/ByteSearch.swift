// SPDX-License-Identifier: Apache-2.0

// These functions alone: they read memory and nothing else.
#if canImport(Glibc)
internal import func Glibc.memchr
internal import func Glibc.memcmp
#elseif canImport(Musl)
internal import func Musl.memchr
internal import func Musl.memcmp
#else
internal import func Darwin.memchr
internal import func Darwin.memcmp
#endif

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
        guard let wanted = word.baseAddress, !word.isEmpty else { return 0 }
        guard let start = text.baseAddress, text.count >= word.count else { return nil }
        // The processor looks for one byte much faster than a loop does; the rarer it is, the less is left to compare.
        let anchor = word.firstIndex(where: isRare) ?? 0
        var place = 0
        let last = text.count - word.count
        while place <= last {
            guard let found = memchr(start + place + anchor, Int32(word[anchor]), last - place + 1) else { return nil }
            place = UnsafeRawPointer(found) - UnsafeRawPointer(start) - anchor
            if memcmp(start + place, wanted, word.count) == 0 { return place }
            place += 1
        }
        return nil
    }

    /// Neither a small letter nor what stands between words.
    private static func isRare(_ byte: UInt8) -> Bool {
        !(0x61...0x7A).contains(byte) && byte != 0x20 && byte != 0x0A && byte != 0x2E && byte != 0x5F
    }
}

extension StringProtocol {
    /// Whether the bytes of the other text stand in this one; the library's own search makes a table of the word's
    /// characters for each call, which is too slow for rules that ask it of every file.
    package func contains(_ other: String) -> Bool { ByteSearch.contains(other.utf8, in: utf8) }

    /// Whether the bytes of the other text stand in this one.
    package func contains(_ other: Substring) -> Bool { ByteSearch.contains(other.utf8, in: utf8) }
}
