// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Findings that were accepted when checking began; lines are left out, because they move with every edit.
package struct Baseline: Codable, Equatable, Sendable {
    /// One kind of finding in one file.
    package struct Entry: Codable, Equatable, Hashable, Sendable {
        package var code: String
        package var file: String?
        package var message: String
        /// How often it stood there.
        package var count: Int
    }

    /// Sorted by file, code and message.
    package let findings: [Entry]

    package init(_ diagnostics: [Diagnostic]) {
        var counts: [Entry: Int] = [:]
        for diagnostic in diagnostics { counts[Self.key(diagnostic), default: 0] += 1 }
        findings = counts.map { key, count in
            var entry = key
            entry.count = count
            return entry
        }.sorted { ($0.file ?? "", $0.code, $0.message) < ($1.file ?? "", $1.code, $1.message) }
    }

    private static func key(_ diagnostic: Diagnostic) -> Entry {
        Entry(code: diagnostic.code, file: diagnostic.file, message: diagnostic.message, count: 0)
    }

    /// The findings that are new.
    package func filter(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var left: [Entry: Int] = [:]
        for entry in findings {
            var key = entry
            key.count = 0
            left[key, default: 0] += entry.count
        }
        return diagnostics.filter { diagnostic in
            let key = Self.key(diagnostic)
            guard let count = left[key], count > 0 else { return true }
            left[key] = count - 1
            return false
        }
    }
}
