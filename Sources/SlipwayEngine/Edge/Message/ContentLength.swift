// SPDX-License-Identifier: Apache-2.0

/// The one way in which a Content-Length is read: digits alone, no sign, no list, no white space.
enum ContentLength {
    static func parse(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(ProtocolViolation) -> Int {
        // 18 digits cannot overflow an Int.
        guard !range.isEmpty, range.count <= 18 else { throw .contentLength }
        var value = 0
        for index in range {
            guard ByteClass.isDigit(bytes[index]) else { throw .contentLength }
            value = value &* 10 &+ Int(bytes[index] &- 0x30)
        }
        return value
    }
}
