// SPDX-License-Identifier: Apache-2.0

/// Which lines two texts share, by Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986).
package struct LineDiff: Sendable {
    /// Lines that both texts have, one after the other.
    package struct Match: Equatable, Sendable {
        package var old: Int
        package var new: Int
        package var count: Int
    }

    /// Beyond this many differing lines the trace would take more memory than the answer is worth: the middle of the
    /// texts then counts as replaced.
    private static let largestDistance = 4000

    /// In order; between two matches everything differs.
    package let matches: [Match]

    package init(_ old: [Substring], _ new: [Substring]) {
        // Comparing numbers is much cheaper than comparing text.
        var numbers: [Substring: Int] = [:]
        func number(_ line: Substring) -> Int {
            if let known = numbers[line] { return known }
            numbers[line] = numbers.count
            return numbers.count - 1
        }
        let (left, right) = (old.map(number), new.map(number))
        var start = 0
        while start < left.count, start < right.count, left[start] == right[start] { start += 1 }
        var end = 0
        while end < left.count - start, end < right.count - start,
            left[left.count - 1 - end] == right[right.count - 1 - end]
        {
            end += 1
        }
        var matches: [Match] = start > 0 ? [Match(old: 0, new: 0, count: start)] : []
        let middle = Self.path(left[start..<left.count - end], right[start..<right.count - end])
        for (first, second) in middle {
            Self.append(Match(old: start + first, new: start + second, count: 1), to: &matches)
        }
        if end > 0 { Self.append(Match(old: left.count - end, new: right.count - end, count: end), to: &matches) }
        self.matches = matches
    }

    private static func append(_ match: Match, to matches: inout [Match]) {
        if let last = matches.last, last.old + last.count == match.old, last.new + last.count == match.new {
            matches[matches.count - 1].count += match.count
        } else {
            matches.append(match)
        }
    }

    /// Pairs of equal elements on a shortest edit path, as offsets.
    private static func path(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> [(Int, Int)] {
        let (old, new) = (Array(left), Array(right))
        let limit = min(old.count + new.count, largestDistance)
        guard !old.isEmpty, !new.isEmpty else { return [] }
        var furthest = [Int](repeating: 0, count: 2 * limit + 3)
        let origin = limit + 1
        var trace: [ArraySlice<Int>] = []
        for distance in 0...limit {
            trace.append(furthest[(origin - distance - 1)...(origin + distance + 1)])
            for diagonal in stride(from: -distance, through: distance, by: 2) {
                let down =
                    diagonal == -distance
                    || diagonal != distance && furthest[origin + diagonal - 1] < furthest[origin + diagonal + 1]
                var x = down ? furthest[origin + diagonal + 1] : furthest[origin + diagonal - 1] + 1
                while x < old.count, x - diagonal < new.count, old[x] == new[x - diagonal] { x += 1 }
                furthest[origin + diagonal] = x
                if x >= old.count, x - diagonal >= new.count {
                    return backtrack(trace, origin: origin, old.count, new.count)
                }
            }
        }
        return []
    }

    private static func backtrack(_ trace: [ArraySlice<Int>], origin: Int, _ oldCount: Int, _ newCount: Int)
        -> [(Int, Int)]
    {
        var pairs: [(Int, Int)] = []
        var (x, y) = (oldCount, newCount)
        for distance in trace.indices.reversed() {
            let furthest = trace[distance]
            let diagonal = x - y
            let down =
                diagonal == -distance
                || diagonal != distance && furthest[origin + diagonal - 1] < furthest[origin + diagonal + 1]
            let previous = down ? diagonal + 1 : diagonal - 1
            let (startX, startY) =
                distance == 0 ? (0, 0) : (furthest[origin + previous], furthest[origin + previous] - previous)
            let firstX = distance == 0 ? 0 : down ? startX : startX + 1
            while x > firstX {
                x -= 1
                y -= 1
                pairs.append((x, y))
            }
            (x, y) = (startX, startY)
        }
        return pairs.reversed()
    }
}

extension String {
    /// Its lines; the last one is empty when the text ends with a line end, so that joining gives the text back.
    package var diffLines: [Substring] { split(separator: "\n", omittingEmptySubsequences: false) }
}
