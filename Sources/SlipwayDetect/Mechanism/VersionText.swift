// SPDX-License-Identifier: Apache-2.0

/// Versions as people write them.
enum VersionText {
    /// `3.11.4` of `python-3.11.4`, `v20.1`, `3.11-slim`; `nil` when no number starts it.
    static func plain(_ text: some StringProtocol) -> String? {
        let start = text.drop { !$0.isNumber }
        let version = start.prefix { $0.isNumber || $0 == "." }
        let trimmed = version.hasSuffix(".") ? version.dropLast() : version
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    /// The lowest version that a requirement admits, without a patch of zero: `>=3.11,<4` → `3.11`, `^3.10` → `3.10`,
    /// `>3.8` → `3.9`, `==3.12.*` → `3.12`, `>=18 <21` → `18`; alternatives (`||`) give their highest.
    static func lowest(in requirement: String) -> String? {
        let alternatives = requirement.split(separator: "||")
        if alternatives.count > 1 {
            return alternatives.compactMap { lowest(in: String($0)) }.max { precedes($0, $1) }
        }
        var best: String?
        for part in requirement.replacing(",", with: " ").replacing("< ", with: "<").replacing("> ", with: ">")
            .replacing("= ", with: "=").split(separator: " ")
        {
            if part.hasPrefix("<") || part.hasPrefix("!") || part == "*" || part == "-" { continue }
            guard var version = plain(part) else { continue }
            if part.hasPrefix(">"), !part.hasPrefix(">=") { version = next(after: version) }
            if best.map({ precedes($0, version) }) ?? true { best = version }
        }
        guard let best else { return nil }
        let parts = best.split(separator: ".")
        return parts.count == 3 && parts[2] == "0" ? parts.prefix(2).joined(separator: ".") : best
    }

    /// Whether the first is lower, number by number.
    static func precedes(_ left: String, _ right: String) -> Bool {
        func numbers(_ text: String) -> [Int] { text.split(separator: ".").map { Int($0) ?? 0 } }
        return numbers(left).lexicographicallyPrecedes(numbers(right))
    }

    private static func next(after version: String) -> String {
        var parts = version.split(separator: ".").map { Int($0) ?? 0 }
        guard let last = parts.indices.last else { return version }
        parts[last] += 1
        return parts.map(String.init).joined(separator: ".")
    }
}
