// SPDX-License-Identifier: Apache-2.0

/// Looks for short words in files before anything more expensive does.
enum ByteSearch {
    /// Whether any needle occurs, without regard to ASCII case; needles are in lower case.
    static func contains(_ bytes: [UInt8], _ needles: [String]) -> Bool {
        let needles = needles.map { Array($0.utf8) }
        return bytes.withUnsafeBufferPointer { bytes in
            needles.contains { find($0, bytes) }
        }
    }

    private static func find(_ needle: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = needle.first, bytes.count >= needle.count else { return false }
        let upper = first &- 97 < 26 ? first - 32 : first
        for start in 0...(bytes.count - needle.count) where bytes[start] == first || bytes[start] == upper {
            var offset = 1
            while offset < needle.count, lower(bytes[start + offset]) == needle[offset] { offset += 1 }
            if offset == needle.count { return true }
        }
        return false
    }

    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte + 32 : byte }
}
