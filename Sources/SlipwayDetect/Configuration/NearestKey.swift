// SPDX-License-Identifier: Apache-2.0

/// Finds the key that somebody meant, swapped letters included.
enum NearestKey {
    /// The closest name, when it is near enough to be meant: at most a third of its letters differ.
    static func of(_ name: String, among known: [String]) -> String? {
        known.map { (name: $0, distance: distance(name.lowercased(), $0.lowercased())) }
            .filter { $0.distance <= max(1, $0.name.count / 3) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let first = Array(left.utf8.prefix(64))
        let second = Array(right.utf8.prefix(64))
        guard !first.isEmpty, !second.isEmpty else { return max(first.count, second.count) }
        var before = Array(0...second.count)
        var last = before
        for row in 1...first.count {
            var current = [row] + Array(repeating: 0, count: second.count)
            for column in 1...second.count {
                let cost = first[row - 1] == second[column - 1] ? 0 : 1
                current[column] = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
                if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
                    current[column] = min(current[column], before[column - 2] + 1)
                }
            }
            before = last
            last = current
        }
        return last[second.count]
    }
}
