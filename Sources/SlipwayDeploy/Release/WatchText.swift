// SPDX-License-Identifier: Apache-2.0

/// A watch's figures as a person reads them.
package struct WatchText: Sendable {
    private let verdict: WatchVerdict

    package init(_ verdict: WatchVerdict) { self.verdict = verdict }

    /// `12 of 240 requests failed (before: 0 of 8000), p99 31 ms (before: 24 ms)`.
    package var line: String {
        guard verdict.requests > 0 else { return "no request came in \(Self.number(verdict.seconds)) s" }
        var parts = ["\(verdict.errors) of \(verdict.requests) requests failed"]
        if verdict.oldRequests > 0 { parts[0] += " (before: \(verdict.oldErrors) of \(verdict.oldRequests))" }
        if let p99 = verdict.p99 {
            parts.append(
                "p99 \(Self.number(p99)) ms" + (verdict.oldP99.map { " (before: \(Self.number($0)) ms)" } ?? ""))
        }
        return parts.joined(separator: ", ")
    }

    private static func number(_ value: Double) -> String {
        value >= 10 ? "\(Int(value.rounded()))" : "\(Double(Int(value * 10)) / 10)"
    }
}
