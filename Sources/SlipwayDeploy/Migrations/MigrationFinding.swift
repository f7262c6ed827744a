// SPDX-License-Identifier: Apache-2.0

/// Something in a migration that people would notice while it runs, or while two releases share the new schema.
public struct MigrationFinding: Codable, Equatable, Sendable {
    /// What would happen.
    public enum Risk: String, Codable, Sendable {
        /// The release before does not work with the new schema.
        case breaks
        /// Requests wait, for as long as the table is long.
        case locks
        /// It fails when the table has rows.
        case fails
    }

    /// Relative to the repository.
    public var file: String
    /// From 1.
    public var line: Int
    /// What would happen.
    public var risk: Risk
    /// What it does, and to what: one line.
    public var message: String
    /// How to get there without it.
    public var advice: String

    package init(file: String = "", line: Int, risk: Risk, message: String, advice: String) {
        self.file = file
        self.line = line
        self.risk = risk
        self.message = message
        self.advice = advice
    }
}

/// What to say of each dangerous change; the same words for all tools. The locks are those of PostgreSQL's manual
/// (Explicit Locking, and ALTER TABLE's notes).
enum SchemaChange: Equatable, Sendable {
    case dropColumn(String)
    case renameColumn(String)
    case dropTable(String)
    case renameTable(String)
    case requiredColumn(String)
    case defaultOnlyInCode(String)
    case rewrittenByDefault(String)
    case notNull(String)
    case columnType(String)
    case index(String)
    case dropIndex(String)
    case foreignKey(String)
    case check(String)
    case unique(String)
    case everyRow(String)
    case heavyLock(String)
    case concurrentlyInTransaction(String)

    func finding(line: Int) -> MigrationFinding {
        let (risk, message, advice) = text
        return MigrationFinding(line: line, risk: risk, message: message, advice: advice)
    }

    private var text: (MigrationFinding.Risk, String, String) {
        switch self {
        case .dropColumn(let name):
            (
                .breaks, "drops the column \(name), which the release before still reads",
                "stop using it in this release, drop it in the next one"
            )
        case .renameColumn(let name):
            (
                .breaks, "renames the column \(name), which the release before asks for by its old name",
                "add the new column, write both, copy the rows; drop the old one two releases later"
            )
        case .dropTable(let name):
            (
                .breaks, "drops the table \(name), which the release before still reads",
                "stop using it in this release, drop it in the next one"
            )
        case .renameTable(let name):
            (
                .breaks, "renames the table \(name), which the release before asks for by its old name",
                "keep a view with the old name for one release"
            )
        case .requiredColumn(let name):
            (
                .fails, "adds the required column \(name) without a default: rows that are there have no value",
                "add it with a default or without NOT NULL, fill it, and require it in the next release"
            )
        case .defaultOnlyInCode(let name):
            (
                .breaks, "adds the required column \(name), whose default only the new code knows",
                "allow NULL for one release, or give the database the default (server_default, db_default)"
            )
        case .rewrittenByDefault(let name):
            (
                .locks, "adds the column \(name) with a default that differs by row: the whole table is written anew",
                "add it without a default, set the default, then fill the rows in portions"
            )
        case .notNull(let name):
            (
                .locks,
                "requires \(name): the table is read whole while nobody may use it, and the release before may"
                    + " still write NULL",
                "ADD CONSTRAINT ... CHECK (... IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT, then SET NOT NULL"
            )
        case .columnType(let name):
            (
                .locks, "changes the type of \(name): the table is written anew while nobody may use it",
                "add a column of the new type, write both, copy the rows in portions, then change over"
            )
        case .index(let name):
            (
                .locks, "builds an index on \(name) while nobody may write to it",
                "CREATE INDEX CONCURRENTLY, outside of a transaction"
            )
        case .dropIndex(let name):
            (.locks, "drops the index \(name) while its table waits", "DROP INDEX CONCURRENTLY")
        case .foreignKey(let name):
            (
                .locks, "adds a foreign key to \(name): both tables cannot be written to until every row is checked",
                "add it with NOT VALID, and VALIDATE CONSTRAINT in a later step"
            )
        case .check(let name):
            (
                .locks, "adds a check to \(name): nobody may use it until every row is checked",
                "add it with NOT VALID, and VALIDATE CONSTRAINT in a later step"
            )
        case .unique(let name):
            (
                .locks, "adds a unique constraint to \(name): its index is built while nobody may use the table",
                "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX"
            )
        case .everyRow(let name):
            (
                .locks, "changes every row of \(name) in one go: whoever writes to one of them waits until the end",
                "change a few thousand rows at a time, each in a transaction of its own"
            )
        case .heavyLock(let what):
            (.locks, "\(what) keeps everybody else out of the table", "do it while requests are held, or in portions")
        case .concurrentlyInTransaction(let name):
            (
                .fails, "CONCURRENTLY on \(name) cannot run inside a transaction, and this migration runs in one",
                "put it into a migration of its own that runs without a transaction"
            )
        }
    }
}
