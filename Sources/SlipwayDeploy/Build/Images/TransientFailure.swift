// SPDX-License-Identifier: Apache-2.0

/// Failures of the network that the next attempt may not meet.
enum TransientFailure {
    /// What registries, package managers and BuildKit print; never about what the repository itself says.
    private static let texts = [
        "TLS handshake timeout", "i/o timeout", "connection reset by peer", "Connection reset by peer",
        "Temporary failure in name resolution", "Temporary failure resolving", "503 Service Unavailable",
        "502 Bad Gateway", "504 Gateway Time-out", "429 Too Many Requests", "toomanyrequests", "Read timed out",
        "Connection timed out", "ETIMEDOUT", "ECONNRESET", "EAI_AGAIN", "unexpected EOF", "IncompleteRead",
        "server misbehaving", "Hash Sum mismatch",
    ]

    /// The text that says so, or `nil`.
    static func reason(in lines: some Collection<String>) -> String? {
        for line in lines.reversed() {
            if let text = texts.first(where: { line.contains($0) }) { return text }
        }
        return nil
    }
}
