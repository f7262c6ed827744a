// SPDX-License-Identifier: Apache-2.0

/// A set of version clauses joined by commas, as `requires-python` has it (PEP 440) and as Poetry writes it (`^3.11`).
package struct VersionRange: Equatable, Sendable {
    private struct Clause: Equatable, Sendable {
        var comparison: String
        var version: RuntimeVersion
    }

    /// The longest spelling first, because `>` begins `>=`.
    private static let comparisons = ["===", "~=", "==", "!=", "<=", ">=", "<", ">", "^", "~"]

    private let clauses: [Clause]

    /// - Returns: `nil` when a clause cannot be read; nothing is concluded from it then.
    package init?(_ text: some StringProtocol) {
        var clauses: [Clause] = []
        for part in text.split(separator: ",") {
            let clause = part.drop { $0 == " " }
            let comparison = Self.comparisons.first { clause.hasPrefix($0) }
            guard let version = RuntimeVersion(clause.dropFirst(comparison?.count ?? 0)) else { return nil }
            clauses.append(Clause(comparison: comparison ?? "==", version: version))
        }
        guard !clauses.isEmpty else { return nil }
        self.clauses = clauses
    }

    package func contains(_ version: RuntimeVersion) -> Bool { clauses.allSatisfy { Self.holds($0, for: version) } }

    private static func holds(_ clause: Clause, for version: RuntimeVersion) -> Bool {
        let bound = clause.version
        switch clause.comparison {
        case ">=": return version >= bound
        case ">": return version > bound && !version.isA(bound)
        case "<=": return version <= bound || version.isA(bound)
        case "<": return version < bound
        case "!=": return !version.isA(bound)
        case "~=":
            guard bound.numbers.count > 1 else { return version.isA(bound) }
            return version >= bound && version.numbers.starts(with: bound.numbers.dropLast())
        case "^":
            // The leftmost number that is not zero stays (Poetry's caret requirements).
            let fixed = (bound.numbers.firstIndex { $0 != 0 } ?? 0) + 1
            return version >= bound && version.numbers.starts(with: bound.numbers.prefix(fixed))
        case "~": return version >= bound && version.numbers.starts(with: bound.numbers.prefix(2))
        default: return version.isA(bound)
        }
    }

    /// What a `pyproject.toml` says about Python: `requires-python`, or Poetry's dependency on `python`.
    package static func ofPython(inProject text: String) -> VersionRange? {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].filter { $0 != " " && $0 != "\t" }
            guard name == "requires-python" || name == "python" else { continue }
            let quoted = parts[1].split(whereSeparator: { $0 == "\"" || $0 == "'" }).dropFirst(
                parts[1].drop { $0 == " " }.first.map { $0 == "\"" || $0 == "'" } == true ? 1 : 0)
            guard let value = quoted.first else { continue }
            return VersionRange(value)
        }
        return nil
    }
}
