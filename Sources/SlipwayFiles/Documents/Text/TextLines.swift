// SPDX-License-Identifier: Apache-2.0

/// A text cut after each line feed; joined, the lines are the text again, byte for byte.
struct TextLines {
    let bytes: [UInt8]
    /// Each line with its line end.
    let ranges: [Range<Int>]

    init(_ text: String) { self.init(Array(text.utf8)) }

    init(_ bytes: [UInt8]) {
        var ranges: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            ranges.append(start..<index + 1)
            start = index + 1
        }
        if start < bytes.count { ranges.append(start..<bytes.count) }
        self.bytes = bytes
        self.ranges = ranges
    }

    /// The line without its line end.
    func body(_ index: Int) -> ArraySlice<UInt8> {
        var slice = bytes[ranges[index]]
        if slice.last == UInt8(ascii: "\n") { slice.removeLast() }
        if slice.last == UInt8(ascii: "\r") { slice.removeLast() }
        return slice
    }

    func text(_ index: Int) -> String { String(decoding: bytes[ranges[index]], as: UTF8.self) }
}
