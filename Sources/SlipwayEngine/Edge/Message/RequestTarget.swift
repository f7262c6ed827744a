// SPDX-License-Identifier: Apache-2.0

/// The request target's parts as offsets into the head's bytes (RFC 9112, section 3.2).
struct RequestTarget: Equatable {
    /// `*`, of OPTIONS.
    let isAsterisk: Bool
    /// Only of the absolute form, where it replaces the Host header.
    let authority: Range<Int>?
    /// Empty when an absolute form has none; that means `/`.
    let path: Range<Int>
    /// With its question mark; empty when there is none.
    let query: Range<Int>
    /// The path holds dot segments or percent escapes, so routing must look at its ``normalized(_:)`` form.
    let needsNormalizing: Bool

    init(isAsterisk: Bool, authority: Range<Int>?, path: Range<Int>, query: Range<Int>, needsNormalizing: Bool) {
        self.isAsterisk = isAsterisk
        self.authority = authority
        self.path = path
        self.query = query
        self.needsNormalizing = needsNormalizing
    }

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, method: HTTPMethod) throws(ProtocolViolation) {
        guard let first = range.first.map({ bytes[$0] }) else { throw .target }
        var start = range.lowerBound
        var authority: Range<Int>?
        if first == 0x2A {
            guard range.count == 1, method == .options else { throw .target }
            let end = range.upperBound..<range.upperBound
            self.init(isAsterisk: true, authority: nil, path: range, query: end, needsNormalizing: false)
            return
        } else if first != 0x2F {
            let scheme = Self.schemeLength(bytes, range)
            guard scheme > 0 else { throw .target }
            start += scheme
            var end = start
            while end < range.upperBound, bytes[end] != 0x2F, bytes[end] != 0x3F { end += 1 }
            authority = start..<end
            start = end
        }

        var position = start
        var previous: UInt8 = 0x2F
        var odd = false
        while position < range.upperBound, bytes[position] != 0x3F {
            let byte = bytes[position]
            switch byte {
            case 0...0x20, 0x7F, 0x23: throw .target
            case 0x25:
                guard position + 2 < range.upperBound, let high = ByteClass.hexValue(bytes[position + 1]),
                    let low = ByteClass.hexValue(bytes[position + 2]), high | low != 0
                else { throw .target }
                odd = true
            case 0x2E where previous == 0x2F: odd = true
            default: break
            }
            previous = byte
            position += 1
        }
        for index in position..<range.upperBound {
            guard bytes[index] > 0x20, bytes[index] != 0x7F, bytes[index] != 0x23 else { throw .target }
        }
        self.init(
            isAsterisk: false, authority: authority, path: start..<position, query: position..<range.upperBound,
            needsNormalizing: odd)
    }

    private static func schemeLength(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        if range.count > 7, bytes.part(range.lowerBound..<range.lowerBound + 7).spells("http://") { return 7 }
        if range.count > 8, bytes.part(range.lowerBound..<range.lowerBound + 8).spells("https://") { return 8 }
        return 0
    }

    /// The path with escapes of unreserved characters decoded and dot segments resolved (RFC 3986, section 6.2.2).
    /// - Returns: `nil` when it climbs above the root; `hadDots` when segments were resolved, so that the path as it
    ///   came would mean something else to a server that does not resolve them.
    static func normalized(_ path: some Collection<UInt8>) -> (path: [UInt8], hadDots: Bool)? {
        let decoded = decodingUnreserved(Array(path))
        var segments: [ArraySlice<UInt8>] = []
        let parts = decoded.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part.elementsEqual([0x2E]) {
                if isLast { segments.append([]) }
            } else if part.elementsEqual([0x2E, 0x2E]) {
                guard segments.popLast() != nil else { return nil }
                if isLast { segments.append([]) }
            } else {
                segments.append(part)
            }
        }
        let result = [0x2F] + segments.joined(separator: [0x2F])
        return (result, result.count != decoded.count)
    }

    private static func decodingUnreserved(_ path: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            if path[index] == 0x25, index + 2 < path.count, let high = ByteClass.hexValue(path[index + 1]),
                let low = ByteClass.hexValue(path[index + 2]), ByteClass.isUnreserved(high << 4 | low)
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(path[index])
                index += 1
            }
        }
        return result
    }
}
