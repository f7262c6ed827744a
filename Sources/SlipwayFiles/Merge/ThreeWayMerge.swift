// SPDX-License-Identifier: Apache-2.0

/// Joins what a person changed and what Slipway changed since the text that both started from (Khanna, Kunal, Pierce:
/// "A Formal Investigation of Diff3", 2007).
package enum ThreeWayMerge: Equatable, Sendable {
    case merged(String)
    /// Both changed the same lines, each in another way; as many places as the number says.
    case conflict(Int)

    package init(base: String, edited: String, generated: String) {
        let (origin, left, right) = (base.diffLines, edited.diffLines, generated.diffLines)
        let (toLeft, toRight) = (
            Self.partners(LineDiff(origin, left), count: origin.count),
            Self.partners(LineDiff(origin, right), count: origin.count)
        )
        var merged: [Substring] = []
        var conflicts = 0
        var (atBase, atLeft, atRight) = (0, 0, 0)
        while true {
            // Lines that all three have, in step.
            while atBase < origin.count, toLeft[atBase] == atLeft, toRight[atBase] == atRight {
                merged.append(origin[atBase])
                (atBase, atLeft, atRight) = (atBase + 1, atLeft + 1, atRight + 1)
            }
            if atBase == origin.count, atLeft == left.count, atRight == right.count { break }
            // The next line that both kept ends the stretch in which at least one differs.
            var next = atBase
            while next < origin.count, toLeft[next] == nil || toRight[next] == nil { next += 1 }
            let (endLeft, endRight) =
                next < origin.count ? (toLeft[next] ?? 0, toRight[next] ?? 0) : (left.count, right.count)
            let (was, mine, theirs) = (origin[atBase..<next], left[atLeft..<endLeft], right[atRight..<endRight])
            if mine.elementsEqual(was) || mine.elementsEqual(theirs) {
                merged += theirs
            } else if theirs.elementsEqual(was) {
                merged += mine
            } else {
                conflicts += 1
            }
            (atBase, atLeft, atRight) = (next, endLeft, endRight)
        }
        self = conflicts > 0 ? .conflict(conflicts) : .merged(merged.joined(separator: "\n"))
    }

    /// For each line of the old text, the line of the new one that it became.
    private static func partners(_ diff: LineDiff, count: Int) -> [Int?] {
        var partners = [Int?](repeating: nil, count: count)
        for match in diff.matches {
            for offset in 0..<match.count { partners[match.old + offset] = match.new + offset }
        }
        return partners
    }
}
