// SPDX-License-Identifier: Apache-2.0

/// Finds the variable that was probably meant: `JWT_SECRET` for `JWT_SECRET_KEY`, `REACT_APP_API` for `VITE_API`.
package enum NearestName {
    /// - Returns: The first by alphabet of those that differ least; `nil` when none is near.
    package static func among(_ candidates: Set<String>, to name: String) -> String? {
        let words = name.split(separator: "_")
        let bare = Self.bare(words)
        if let same = candidates.sorted().first(where: {
            $0 != name && Self.bare($0.split(separator: "_")) == bare && !bare.isEmpty
        }) {
            return same
        }
        let plain = Self.plain(bare)
        if plain.count > 1,
            let synonym = candidates.sorted().first(where: {
                $0 != name && Self.plain(Self.bare($0.split(separator: "_"))) == plain
            })
        {
            return synonym
        }
        if let longer = candidates.sorted().first(where: { candidate in
            let other = candidate.split(separator: "_")
            guard abs(other.count - words.count) == 1, min(other.count, words.count) >= 2 else { return false }
            let (short, long) = other.count < words.count ? (other, words) : (words, other)
            return long.starts(with: short) || Array(long.suffix(short.count)) == Array(short)
        }) {
            return longer
        }
        guard name.utf8.count >= 6, let near = NearestWord.of(name, among: candidates), near.utf8.count >= 6 else {
            return nil
        }
        // One or two letters: a slip of the fingers and no other name.
        return abs(near.utf8.count - name.utf8.count) <= 1 && Self.differs(near, name) <= 2 ? near : nil
    }

    /// Without a bundler's prefix.
    private static func bare(_ words: [Substring]) -> [Substring] {
        for prefix in [
            ["REACT", "APP"], ["NEXT", "PUBLIC"], ["VUE", "APP"], ["VITE", "APP"], ["VITE"], ["EXPO", "PUBLIC"],
            ["NUXT", "PUBLIC"], ["PUBLIC"],
        ]
        where words.count > prefix.count && words.prefix(prefix.count).map(String.init) == prefix {
            return Array(words.dropFirst(prefix.count))
        }
        return words
    }

    /// Words that people take for each other.
    private static let synonyms = [
        "URI": "URL", "ENDPOINT": "URL", "ADDRESS": "URL", "PASS": "PASSWORD", "PWD": "PASSWORD", "USERNAME": "USER",
        "MAIL": "EMAIL", "DATABASE": "DB", "FRONT": "FRONTEND", "EXPIRE": "EXPIRES", "EXPIRY": "EXPIRES",
        "EXPIRATION": "EXPIRES", "DIRECTORY": "DIR", "FOLDER": "DIR",
    ]

    /// One word for each thing: the page's origin is its address, and a lifetime says `_IN` or not.
    private static func plain(_ words: [Substring]) -> [String] {
        var found = words.map { synonyms[String($0)] ?? String($0) }
        if found.last == "IN", found.dropLast().last == "EXPIRES" { found.removeLast() }
        if found.last == "ORIGIN" || found.last == "ORIGINS" { found[found.count - 1] = "URL" }
        if found.last == "URL", found.first == "CLIENT" { found[0] = "FRONTEND" }
        return found
    }

    private static func differs(_ left: String, _ right: String) -> Int {
        let (first, second) = (Array(left.utf8), Array(right.utf8))
        let same = zip(first, second).prefix { $0 == $1 }.count
        let end = zip(first.dropFirst(same).reversed(), second.dropFirst(same).reversed()).prefix { $0 == $1 }.count
        return max(first.count, second.count) - same - end
    }
}
