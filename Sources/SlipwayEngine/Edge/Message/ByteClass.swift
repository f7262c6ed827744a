// SPDX-License-Identifier: Apache-2.0

/// Character classes of RFC 9110 as bit tests: a table in memory would cost a lazy global's check per byte.
enum ByteClass {
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09

    /// `tchar`: what header names and methods are made of (RFC 9110, section 5.6.2).
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        let mask: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return (mask &>> UInt64(byte & 63)) & 1 == 1
    }

    /// What a header value must not hold: control characters other than tab.
    @inline(__always) static func isForbiddenInValue(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != tab) || byte == 0x7F
    }

    @inline(__always) static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x41 &+ 10
        case 0x61...0x66: byte &- 0x61 &+ 10
        default: nil
        }
    }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    @inline(__always) static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }

    /// `unreserved` of RFC 3986: the characters whose percent-encoded form means the same.
    @inline(__always) static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F || byte == 0x7E
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes spell `text`, which must be lower case, in any case.
    @inline(__always) func spells(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let expected = text.utf8Start
        for index in 0..<count where (self[index] | 0x20) != expected[index] { return false }
        return true
    }

    @inline(__always) func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }

    func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

    /// Whether `text`, which must be lower case, is somewhere in the range, in any case.
    func contains(_ text: StaticString, in range: Range<Int>) -> Bool {
        let length = text.utf8CodeUnitCount
        guard range.count >= length else { return false }
        return (range.lowerBound...(range.upperBound - length)).contains { part($0..<$0 + length).spells(text) }
    }

    /// Calls `visit` with each comma-separated element, white space and empty elements left out.
    func forEachElement(in range: Range<Int>, _ visit: (Range<Int>) -> Void) {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            while end < range.upperBound, self[end] != 0x2C { end += 1 }
            let element = trimmed(start..<end)
            if !element.isEmpty { visit(element) }
            start = end + 1
        }
    }

    @inline(__always) func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start] == ByteClass.space || self[start] == ByteClass.tab { start += 1 }
        while end > start, self[end - 1] == ByteClass.space || self[end - 1] == ByteClass.tab { end -= 1 }
        return start..<end
    }
}
