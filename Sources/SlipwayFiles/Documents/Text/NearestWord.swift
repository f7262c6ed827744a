// SPDX-License-Identifier: Apache-2.0

/// Finds the word that was probably meant, swapped letters included.
package enum NearestWord {
    /// A third of the letters may differ before a word is another one.
    private static let tolerance = 3
    /// Of longer words only the beginning is compared.
    private static let longest = 64

    /// - Returns: The best of the candidates, the first by alphabet of equals; `nil` when none is near.
    package static func of(_ word: String, among candidates: some Sequence<String>) -> String? {
        var best: (distance: Int, word: String)?
        let letters = Array(word.lowercased().utf8.prefix(longest))
        for candidate in candidates.sorted() where candidate != word {
            let other = Array(candidate.lowercased().utf8.prefix(longest))
            guard abs(letters.count - other.count) <= tolerance else { continue }
            let distance = EditDistance.between(letters, other)
            guard distance * tolerance <= max(letters.count, other.count), distance < best?.distance ?? .max else {
                continue
            }
            best = (distance, candidate)
        }
        return best?.word
    }
}
