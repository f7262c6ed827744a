// SPDX-License-Identifier: Apache-2.0

/// Finds the word that was probably meant.
enum NearestWord {
    /// A third of the letters may differ before a word is another one.
    private static let tolerance = 3

    /// - Returns: The best of the candidates, the first by alphabet of equals; `nil` when none is near.
    static func of(_ word: String, among candidates: some Sequence<String>) -> String? {
        var best: (distance: Int, word: String)?
        let letters = Array(word.lowercased().utf8)
        for candidate in candidates.sorted() where candidate != word {
            let other = Array(candidate.lowercased().utf8)
            guard abs(letters.count - other.count) <= 3 else { continue }
            let distance = EditDistance.between(letters, other)
            guard distance * tolerance <= max(letters.count, other.count), distance < best?.distance ?? .max else {
                continue
            }
            best = (distance, candidate)
        }
        return best?.word
    }
}
