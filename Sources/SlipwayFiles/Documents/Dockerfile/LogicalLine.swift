// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// An instruction's lines joined at their continuations, and the way back to the places in the file.
struct LogicalLine: Equatable, Sendable {
    private struct Segment: Equatable, Sendable {
        let offset: Int
        let position: SourcePosition
    }

    private(set) var bytes: [UInt8] = []
    private var segments: [Segment] = []

    /// Adds what one line of the file gives, which starts at the position.
    mutating func append(_ part: ArraySlice<UInt8>, at position: SourcePosition) {
        segments.append(Segment(offset: bytes.count, position: position))
        bytes.append(contentsOf: part)
    }

    /// The place of a byte; of the end, the place after the last one.
    func position(of offset: Int) -> SourcePosition {
        let next = segments.partitioningIndex { $0.offset > offset }
        guard next > 0 else { return SourcePosition(line: 1, column: 1) }
        let segment = segments[next - 1]
        return SourcePosition(
            line: segment.position.line, column: segment.position.column + offset - segment.offset)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The range without the white space at its ends, as Go's `strings.TrimSpace` knows it.
    func trimmed(_ range: Range<Int>) -> Range<Int> { UnicodeSpace.trim(bytes, range) }
}

/// White space of Go's `unicode` package in UTF-8.
enum UnicodeSpace {
    /// Length in bytes of the white space that starts here; 0 when none does.
    static func length(_ bytes: some RandomAccessCollection<UInt8>) -> Int {
        guard let first = bytes.first else { return 0 }
        if first < 0x80 { return first.isSpace ? 1 : 0 }
        let tail = Array(bytes.prefix(3))
        if tail.count > 1, first == 0xC2, tail[1] == 0x85 || tail[1] == 0xA0 { return 2 }
        return tail.count > 2 && isWide(first, tail[1], tail[2]) ? 3 : 0
    }

    static func trim(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end {
            let length = length(bytes[start..<end])
            if length == 0 { break }
            start += length
        }
        while start < end {
            guard let length = (1...3).first(where: { end - $0 >= start && self.length(bytes[end - $0..<end]) == $0 })
            else { break }
            end -= length
        }
        return start..<end
    }

    /// U+1680, U+2000...U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
    private static func isWide(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second) {
        case (0xE1, 0x9A): third == 0x80
        case (0xE2, 0x80): third <= 0x8A || third == 0xA8 || third == 0xA9 || third == 0xAF
        case (0xE2, 0x81): third == 0x9F
        case (0xE3, 0x80): third == 0x80
        default: false
        }
    }
}
