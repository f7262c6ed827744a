// SPDX-License-Identifier: Apache-2.0

/// Replaces known secret values in text that is about to be shown or stored.
public struct Redactor: Sendable {
    /// Shorter values would blot out ordinary words; nobody can hide `true`.
    public static let minimumLength = 6

    private let values: [String]
    /// The values' bytes, longest first.
    let patterns: [[UInt8]]
    /// Whether some value starts with this byte.
    let firstBytes: [Bool]

    /// A value of several lines (a private key) is hidden line by line as well, because logs are kept by line.
    package init(_ secrets: some Sequence<Secret>) {
        let whole = secrets.map { $0.reveal() }
        let lines = whole.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
        values = Set(whole + lines).filter { $0.utf8.count >= Self.minimumLength }
            .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        patterns = values.map { Array($0.utf8) }
        var firstBytes = [Bool](repeating: false, count: 256)
        for pattern in patterns { firstBytes[Int(pattern[0])] = true }
        self.firstBytes = firstBytes
    }

    /// In bytes: how much of a text's end may be the beginning of a value.
    public var longestValue: Int { patterns.first?.count ?? 0 }

    /// The text with `[redacted]` in place of each known value.
    public func redact(_ text: String) -> String {
        var result = text
        for value in values where result.contains(value) {
            result = result.split(separator: value, omittingEmptySubsequences: false).joined(separator: "[redacted]")
        }
        return result
    }
}
