// SPDX-License-Identifier: Apache-2.0

/// Shell patterns over bytes: `*`, `?`, `[a-z]`, `[!x]`, `\x` inside a segment, `**` between segments. Never
/// exponential: a mismatch goes back to the last star only.
enum Glob {
    typealias Segment = Slice<UnsafeBufferPointer<UInt8>>

    static func matches(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<Segment>) -> Bool {
        var patternAt = pattern.startIndex
        var pathAt = path.startIndex
        var starAt: Int?
        var resumeAt = pathAt
        while pathAt < path.endIndex {
            if patternAt < pattern.endIndex, pattern[patternAt].elementsEqual("**".utf8) {
                // A trailing `**` matches everything inside, so at least one segment: true here.
                if patternAt + 1 == pattern.endIndex { return true }
                starAt = patternAt
                resumeAt = pathAt
                patternAt += 1
            } else if patternAt < pattern.endIndex, matches(pattern[patternAt], path[pathAt]) {
                patternAt += 1
                pathAt += 1
            } else if let star = starAt {
                resumeAt += 1
                pathAt = resumeAt
                patternAt = star + 1
            } else {
                return false
            }
        }
        return patternAt == pattern.endIndex
    }

    static func matches(_ pattern: [UInt8], _ text: Segment) -> Bool {
        var patternAt = 0
        var textAt = text.startIndex
        var starAt: Int?
        var resumeAt = textAt
        while textAt < text.endIndex {
            if patternAt < pattern.count, pattern[patternAt] == UInt8(ascii: "*") {
                starAt = patternAt
                resumeAt = textAt
                patternAt += 1
            } else if let next = step(pattern, patternAt, text[textAt]) {
                patternAt = next
                textAt += 1
            } else if let star = starAt {
                resumeAt += 1
                textAt = resumeAt
                patternAt = star + 1
            } else {
                return false
            }
        }
        while patternAt < pattern.count, pattern[patternAt] == UInt8(ascii: "*") { patternAt += 1 }
        return patternAt == pattern.count
    }

    /// The position after the pattern's element when it matches the byte.
    private static func step(_ pattern: [UInt8], _ position: Int, _ byte: UInt8) -> Int? {
        guard position < pattern.count else { return nil }
        switch pattern[position] {
        case UInt8(ascii: "?"): return position + 1
        case UInt8(ascii: "\\") where position + 1 < pattern.count:
            return pattern[position + 1] == byte ? position + 2 : nil
        case UInt8(ascii: "["):
            guard let set = bracket(pattern, position, byte) else {
                return byte == UInt8(ascii: "[") ? position + 1 : nil
            }
            return set.matches ? set.end : nil
        default: return pattern[position] == byte ? position + 1 : nil
        }
    }

    private static func bracket(_ pattern: [UInt8], _ start: Int, _ byte: UInt8) -> (matches: Bool, end: Int)? {
        var position = start + 1
        let isNegated =
            position < pattern.count
            && (pattern[position] == UInt8(ascii: "!") || pattern[position] == UInt8(ascii: "^"))
        if isNegated { position += 1 }
        var found = false
        var isFirst = true
        while position < pattern.count, isFirst || pattern[position] != UInt8(ascii: "]") {
            isFirst = false
            if pattern[position] == UInt8(ascii: "\\"), position + 1 < pattern.count { position += 1 }
            let low = pattern[position]
            var high = low
            if position + 2 < pattern.count, pattern[position + 1] == UInt8(ascii: "-"),
                pattern[position + 2] != UInt8(ascii: "]")
            {
                high = pattern[position + 2]
                position += 2
            }
            if low <= byte, byte <= high { found = true }
            position += 1
        }
        guard position < pattern.count else { return nil }
        return (found != isNegated, position + 1)
    }
}
