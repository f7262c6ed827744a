// SPDX-License-Identifier: Apache-2.0

/// The difference of two texts as `diff -u` shows it.
package struct UnifiedDiff: Equatable, Sendable {
    /// One line, with what it is.
    package enum Line: Equatable, Sendable {
        case header(String)
        case hunk(String)
        case same(String)
        case removed(String)
        case added(String)

        /// As printed.
        package var text: String {
            switch self {
            case .header(let text), .hunk(let text): text
            case .same(let text): " " + text
            case .removed(let text): "-" + text
            case .added(let text): "+" + text
            }
        }
    }

    /// Lines shown around a change (POSIX diff, option -u).
    private static let surroundings = 3

    /// Empty when the texts are equal.
    package let lines: [Line]

    /// - Parameters:
    ///   - old: `nil` for a file that is not there.
    ///   - new: `nil` for a file that goes away.
    package init(path: String, old: String?, new: String?) {
        guard old != new else {
            lines = []
            return
        }
        let (left, right) = (Self.lines(old), Self.lines(new))
        var edits: [Line] = []
        var (atLeft, atRight) = (0, 0)
        let end = LineDiff.Match(old: left.count, new: right.count, count: 0)
        for match in LineDiff(left, right).matches + [end] {
            edits += left[atLeft..<match.old].map { .removed(String($0)) }
            edits += right[atRight..<match.new].map { .added(String($0)) }
            edits += left[match.old..<match.old + match.count].map { .same(String($0)) }
            (atLeft, atRight) = (match.old + match.count, match.new + match.count)
        }
        lines =
            [
                .header("--- " + (old == nil ? "/dev/null" : "a/" + path)),
                .header("+++ " + (new == nil ? "/dev/null" : "b/" + path)),
            ] + Self.hunks(edits)
    }

    private static func lines(_ text: String?) -> [Substring] {
        guard var lines = text?.diffLines else { return [] }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func hunks(_ edits: [Line]) -> [Line] {
        let changed = edits.indices.filter { if case .same = edits[$0] { false } else { true } }
        var ranges: [Range<Int>] = []
        for index in changed {
            let range = max(0, index - surroundings)..<min(edits.count, index + surroundings + 1)
            if let last = ranges.last, last.upperBound >= range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        var result: [Line] = []
        var (old, new) = (1, 1)
        var position = 0
        for range in ranges {
            let before = count(edits[position..<range.lowerBound])
            (old, new) = (old + before.old, new + before.new)
            let inside = count(edits[range])
            let place = { (start: Int, count: Int) in count == 0 ? "\(start - 1),0" : "\(start),\(count)" }
            result.append(.hunk("@@ -\(place(old, inside.old)) +\(place(new, inside.new)) @@"))
            result += edits[range]
            (old, new) = (old + inside.old, new + inside.new)
            position = range.upperBound
        }
        return result
    }

    private static func count(_ edits: ArraySlice<Line>) -> (old: Int, new: Int) {
        edits.reduce(into: (old: 0, new: 0)) { counts, line in
            switch line {
            case .same: counts = (counts.old + 1, counts.new + 1)
            case .removed: counts.old += 1
            case .added: counts.new += 1
            case .header, .hunk: break
            }
        }
    }
}
