// SPDX-License-Identifier: Apache-2.0

/// Replaces known secret values in text that is about to be shown or stored.
public struct Redactor: Sendable {
    /// Shorter values would blot out ordinary words; nobody can hide `true`.
    public static let minimumLength = 6

    private let values: [String]

    package init(_ secrets: some Sequence<Secret>) {
        values = Set(secrets.map { $0.reveal() }).filter { $0.utf8.count >= Self.minimumLength }
            .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    /// The text with `[redacted]` in place of each known value.
    public func redact(_ text: String) -> String {
        var result = text
        for value in values where result.contains(value) {
            result = result.split(separator: value, omittingEmptySubsequences: false).joined(separator: "[redacted]")
        }
        return result
    }
}
