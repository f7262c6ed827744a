// SPDX-License-Identifier: Apache-2.0

/// Looks for a word in a text byte by byte: grapheme clusters cost ten times as much and say the same for ASCII.
enum ByteSearch {
    /// - Parameter word: ASCII.
    static func contains(_ word: StaticString, in text: String) -> Bool {
        let count = word.utf8CodeUnitCount
        let start = word.utf8Start
        guard count > 0 else { return true }
        func search(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
            guard bytes.count >= count else { return false }
            for index in 0...(bytes.count - count) where bytes[index] == start[0] {
                var length = 1
                while length < count, bytes[index + length] == start[length] { length += 1 }
                if length == count { return true }
            }
            return false
        }
        if let found = text.utf8.withContiguousStorageIfAvailable(search) { return found }
        var copy = text
        return copy.withUTF8(search)
    }
}
