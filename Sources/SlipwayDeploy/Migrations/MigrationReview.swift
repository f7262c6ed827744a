// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// Finds the migrations that one source has and another has not, and what they would do to people. Pure.
package enum MigrationReview {
    /// - Parameters:
    ///   - new: The source with more migrations.
    ///   - old: The source whose migrations have been run.
    /// - Returns: By file and line.
    package static func findings(in new: SourceTree, since old: SourceTree) -> [MigrationFinding] {
        var alembic = AlembicReview()
        var django = DjangoReview()
        var sql = SQLReview()
        var findings: [MigrationFinding] = []
        for path in paths(in: new, since: old) {
            guard let bytes = new.contents(path) else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            let found: [MigrationFinding]
            switch kind(path, text) {
            case .alembic: found = alembic.review(text)
            case .django: found = django.review(text)
            case .sql:
                sql.isOneTransaction = true
                found = sql.review(forward(text))
            case nil: continue
            }
            findings += found.map { finding in
                MigrationFinding(
                    file: path, line: finding.line, risk: finding.risk, message: finding.message,
                    advice: finding.advice)
            }
        }
        return findings
    }

    /// Sorted: that is the order in which most tools run them.
    package static func paths(in new: SourceTree, since old: SourceTree) -> [String] {
        new.entries.map(\.path).filter { isMigration($0) && !old.contains($0) }.sorted()
    }

    private enum Kind { case alembic, django, sql }

    private static func kind(_ path: String, _ text: String) -> Kind? {
        if path.hasSuffix(".sql") { return .sql }
        if text.contains("def upgrade(") { return .alembic }
        return text.contains("migrations.Migration") ? .django : nil
    }

    private static func isMigration(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return false }
        let folders = Set(parts.dropLast().map { $0.lowercased() })
        if name.hasSuffix(".py") {
            return folders.contains("versions") || (folders.contains("migrations") && name != "__init__.py")
        }
        // What takes a migration back is not what a deploy runs.
        guard name.hasSuffix(".sql"), !name.hasSuffix(".down.sql"), name != "down.sql" else { return false }
        return !folders.isDisjoint(with: ["migrations", "migration", "migrate", "drizzle"])
    }

    /// Without the part that goes back: `-- +goose Down`, `-- migrate:down`, `-- rollback`.
    private static func forward(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.prefix { line in
            let plain = line.lowercased().filter { !$0.isWhitespace }
            return !["--+goosedown", "--migrate:down", "--+migratedown", "--rollback", "--down"].contains {
                plain.hasPrefix($0)
            }
        }
        return kept.joined(separator: "\n")
    }
}
