// SPDX-License-Identifier: Apache-2.0

/// How long a browser may keep a file without asking.
enum CachePolicy {
    /// - Parameter path: Below the root, without a leading slash.
    static func cacheControl(_ path: String, mediaType: String) -> String {
        if mediaType.hasPrefix("text/html") { return "no-cache" }
        let segments = path.split(separator: "/")
        guard let name = segments.last else { return "no-cache" }
        let isBundle = segments.dropLast().contains { bundleFolders.contains($0) }
        return isContentHashed(name, inBundleFolder: isBundle)
            ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate"
    }

    /// Where bundlers put what they hash: Vite, Next.js and SvelteKit, Astro, Create React App.
    private static let bundleFolders: Set<Substring> = ["assets", "_next", "_app", "_astro", "static"]

    /// Whether the name changes whenever the content does, as bundlers write it: `index-BXc0aK3_.js` (Vite, Rollup),
    /// `main.3f2a9c1b.css` (webpack, Create React App), `main.3f2a9c1b.chunk.js`, `app-5d41402abc4b.woff2`.
    /// - Parameter inBundleFolder: Then Rollup's eight characters need no digit.
    static func isContentHashed(_ name: Substring, inBundleFolder: Bool = false) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, let stem = parts.first else { return false }
        // Between dots only hexadecimal counts: `jquery.min.js` and `vue.runtime.js` hold no hash.
        if parts.dropFirst().dropLast().contains(where: isHexadecimalHash) { return true }
        // Rollup's hash is base64url and may itself begin with or hold a dash, so every dash may be the one before it.
        return stem.indices.contains { index in
            guard stem[index] == "-", index != stem.startIndex else { return false }
            let rest = stem[stem.index(after: index)...]
            return isHash(rest) || (inBundleFolder && rest.utf8.count == 8 && hasCapitalInside(rest))
        }
    }

    private static func isHexadecimalHash(_ text: Substring) -> Bool {
        (8...64).contains(text.utf8.count) && text.utf8.allSatisfy { ByteClass.hexValue($0) != nil }
            && text.utf8.contains(where: ByteClass.isDigit)
    }

    /// 8 characters or more that no word looks like: `privacy-statement.js` must not be kept for a year.
    private static func isHash(_ text: Substring) -> Bool {
        guard (8...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ ByteClass.isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D })
        else { return false }
        let hasDigit = text.utf8.contains(where: ByteClass.isDigit)
        let hasLower = text.utf8.contains { (0x61...0x7A).contains($0) }
        let hasUpper = text.utf8.contains { (0x41...0x5A).contains($0) }
        // With a dash inside only Rollup's eight mixed characters are believed: `some-Words2.js` has a name.
        if text.contains("-") { return text.utf8.count == 8 && hasDigit && hasLower && hasUpper }
        // Digits alone are a date or a number.
        guard hasLower || hasUpper else { return false }
        return hasDigit ? !isNumberedWord(text) : hasMixedCase(text)
    }

    /// `chapter10`: letters of one case, then digits to the end.
    private static func isNumberedWord(_ text: Substring) -> Bool {
        let letters = text.prefix { $0.isLetter }
        let rest = text.dropFirst(letters.count)
        return letters.count >= 5 && rest.allSatisfy(\.isNumber)
            && (letters.dropFirst() == letters.dropFirst().lowercased() || letters == letters.uppercased())
    }

    /// Three capitals after the first letter and not only capitals: `BxkQzTaR`, but neither `Overview`,
    /// `GettingStarted` nor `CONTRIBUTING`.
    private static func hasMixedCase(_ text: Substring) -> Bool {
        let inner = text.utf8.dropFirst()
        let capitals = inner.count { (0x41...0x5A).contains($0) }
        return capitals >= 3 && inner.count - capitals >= 2
    }

    private static func hasCapitalInside(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { ByteClass.isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2D }
            && text.utf8.dropFirst().contains { (0x41...0x5A).contains($0) }
            && text.utf8.contains { (0x61...0x7A).contains($0) }
    }
}
