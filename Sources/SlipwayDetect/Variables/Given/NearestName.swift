// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// Finds the name that was probably meant: `JWT_SECRET` for `JWT_SECRET_KEY`, `REDIS_ULR` for `REDIS_URL`.
enum NearestName {
    /// A third of the letters may differ before a name is another one.
    private static let tolerance = 3

    /// - Returns: The best of the candidates, `nil` when none is near; ties go to the first by alphabet.
    static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        var best: (distance: Int, name: String)?
        for candidate in candidates.sorted() where candidate != name {
            guard let distance = distance(name, candidate) else { continue }
            if distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.name
    }

    private static func distance(_ left: String, _ right: String) -> Int? {
        let first = left.split(separator: "_")
        let second = right.split(separator: "_")
        // One name is the other with a word more at an end.
        if first.count >= 2 || second.count >= 2, abs(first.count - second.count) == 1 {
            let (long, short) = first.count > second.count ? (first, second) : (second, first)
            if short.count >= 2 || short[0].count >= 5,
                long.starts(with: short) || long.suffix(short.count) == short[...]
            {
                return 1
            }
        }
        guard abs(left.utf8.count - right.utf8.count) <= 3 else { return nil }
        let edits = EditDistance.between(Array(left.utf8), Array(right.utf8))
        return edits <= 3 && edits * tolerance <= min(left.utf8.count, right.utf8.count) ? edits + 1 : nil
    }
}
