// SPDX-License-Identifier: Apache-2.0

// Byte by byte, and so many times faster than the standard library's search, which compares characters. These members
// also stand in for its `contains` wherever the needle is a `String`.

extension String {
    func contains(_ needle: String) -> Bool { utf8.contains(needle) }
}

extension Substring {
    func contains(_ needle: String) -> Bool { has(needle) }

    /// Whether the text occurs.
    func has(_ needle: String) -> Bool {
        utf8.withContiguousStorageIfAvailable { ByteRun.offset(of: needle, in: $0) != nil } ?? false
    }

    /// The first occurrence of a text.
    func range(ofText needle: String) -> Range<Index>? {
        guard let offset = utf8.withContiguousStorageIfAvailable({ ByteRun.offset(of: needle, in: $0) }) ?? nil else {
            return nil
        }
        let start = utf8.index(startIndex, offsetBy: offset)
        return start..<utf8.index(start, offsetBy: needle.utf8.count)
    }
}

extension String.UTF8View {
    /// Whether these bytes occur.
    func contains(_ needle: String) -> Bool {
        withContiguousStorageIfAvailable { ByteRun.offset(of: needle, in: $0) != nil } ?? false
    }
}

private enum ByteRun {
    static func offset(of needle: String, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        (needle.utf8.withContiguousStorageIfAvailable { offset(of: $0, in: bytes) }) ?? nil
    }

    private static func offset(of needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let first = needle.first else { return 0 }
        guard bytes.count >= needle.count else { return nil }
        let last = bytes.count - needle.count
        var index = 0
        while index <= last {
            if bytes[index] == first {
                var offset = 1
                while offset < needle.count, bytes[index + offset] == needle[offset] { offset += 1 }
                if offset == needle.count { return index }
            }
            index += 1
        }
        return nil
    }
}
