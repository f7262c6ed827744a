// SPDX-License-Identifier: Apache-2.0

/// What an SQL migration does to tables that are in use. Pure; PostgreSQL's rules, which are the strictest where others
/// differ.
struct SQLReview {
    /// Each row gets its own, so the default cannot be kept beside the table.
    private static let volatile: Set<String> = [
        "GEN_RANDOM_UUID", "UUID_GENERATE_V4", "UUID_GENERATE_V1", "RANDOM", "CLOCK_TIMESTAMP", "NEXTVAL",
    ]
    private static let constraintWords: Set<String> = [
        "CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE",
    ]

    /// Tables made by the same release: nobody uses them yet.
    private(set) var newTables: Set<String>
    /// Whether the tool wraps several statements in one transaction.
    var isOneTransaction = false

    init(newTables: Set<String> = []) { self.newTables = newTables }

    mutating func review(_ text: String, firstLine: Int = 1) -> [MigrationFinding] {
        let statements = SQLStatements(text, firstLine: firstLine)
        var findings: [MigrationFinding] = []
        for statement in statements {
            let changes = changes(of: statement, isAlone: statements.count == 1)
            findings += changes.map { $0.finding(line: statement.line) }
        }
        return findings
    }

    private mutating func changes(of statement: SQLStatements.Statement, isAlone: Bool) -> [SchemaChange] {
        let upper = statement.upper
        let words = statement.words
        func word(_ index: Int) -> String { upper.indices.contains(index) ? upper[index] : "" }
        switch (word(0), word(1)) {
        case ("CREATE", "TABLE"), ("CREATE", "TEMP"), ("CREATE", "TEMPORARY"), ("CREATE", "UNLOGGED"):
            guard let place = upper.firstIndex(of: "TABLE") else { return [] }
            newTables.insert(Self.plain(words, after: Self.skipping(["IF", "NOT", "EXISTS"], upper, from: place + 1)))
            return []
        case ("CREATE", "INDEX"), ("CREATE", "UNIQUE"):
            guard let on = upper.firstIndex(of: "ON") else { return [] }
            let table = Self.plain(words, after: Self.skipping(["ONLY"], upper, from: on + 1))
            guard !newTables.contains(table) else { return [] }
            guard upper.contains("CONCURRENTLY") else { return [.index(table)] }
            return isOneTransaction && !isAlone ? [.concurrentlyInTransaction(table)] : []
        case ("DROP", "INDEX"):
            let place = Self.skipping(["IF", "EXISTS"], upper, from: 2)
            return upper.contains("CONCURRENTLY") ? [] : [.dropIndex(Self.plain(words, after: place))]
        case ("DROP", "TABLE"):
            return [.dropTable(Self.plain(words, after: Self.skipping(["IF", "EXISTS"], upper, from: 2)))]
        case ("ALTER", "TABLE"): return alterations(words, upper)
        case ("UPDATE", _) where !upper.contains("WHERE"), ("DELETE", "FROM") where !upper.contains("WHERE"):
            let place = Self.skipping(["FROM", "ONLY"], upper, from: 1)
            let table = Self.plain(words, after: place)
            return newTables.contains(table) ? [] : [.everyRow(table)]
        case ("TRUNCATE", _), ("LOCK", _), ("CLUSTER", _), ("VACUUM", "FULL"):
            return [.heavyLock(upper.prefix(2).joined(separator: " "))]
        case ("REINDEX", _) where !upper.contains("CONCURRENTLY"): return [.heavyLock("REINDEX")]
        case ("REFRESH", "MATERIALIZED") where !upper.contains("CONCURRENTLY"):
            return [.heavyLock("REFRESH MATERIALIZED VIEW")]
        default: return []
        }
    }

    private func alterations(_ words: [String], _ upper: [String]) -> [SchemaChange] {
        let start = Self.skipping(["IF", "EXISTS", "ONLY"], upper, from: 2)
        let table = Self.plain(words, after: start)
        guard start + 1 < words.count, !newTables.contains(table) else { return [] }
        return Self.parts(start + 1..<words.count, upper).compactMap { range in
            alteration(Array(words[range]), Array(upper[range]), table)
        }
    }

    private func alteration(_ words: [String], _ upper: [String], _ table: String) -> SchemaChange? {
        func word(_ index: Int) -> String { upper.indices.contains(index) ? upper[index] : "" }
        switch word(0) {
        case "ADD":
            if Self.constraintWords.contains(word(1)) { return constraint(upper, table) }
            let place = Self.skipping(["COLUMN", "IF", "NOT", "EXISTS"], upper, from: 1)
            let column = "\(table).\(Self.plain(words, after: place))"
            let rest = upper.dropFirst(place)
            if rest.contains("DEFAULT") || rest.contains("GENERATED") || rest.contains("SERIAL") {
                return rest.contains(where: Self.volatile.contains) ? .rewrittenByDefault(column) : nil
            }
            return Self.has(["NOT", "NULL"], rest) ? .requiredColumn(column) : nil
        case "DROP":
            if word(1) == "CONSTRAINT" { return nil }
            let place = Self.skipping(["COLUMN", "IF", "EXISTS"], upper, from: 1)
            return .dropColumn("\(table).\(Self.plain(words, after: place))")
        case "RENAME":
            if word(1) == "TO" { return .renameTable(table) }
            if word(1) == "CONSTRAINT" { return nil }
            let place = Self.skipping(["COLUMN"], upper, from: 1)
            return .renameColumn("\(table).\(Self.plain(words, after: place))")
        case "ALTER", "MODIFY", "CHANGE":
            let place = Self.skipping(["COLUMN"], upper, from: 1)
            let column = "\(table).\(Self.plain(words, after: place))"
            let rest = upper.dropFirst(place + 1)
            if Self.has(["SET", "NOT", "NULL"], rest) { return .notNull(column) }
            return rest.first == "TYPE" || Self.has(["SET", "DATA", "TYPE"], rest) || word(0) != "ALTER"
                ? .columnType(column) : nil
        default: return nil
        }
    }

    private func constraint(_ upper: [String], _ table: String) -> SchemaChange? {
        if Self.has(["NOT", "VALID"], upper[...]) || Self.has(["USING", "INDEX"], upper[...]) { return nil }
        if upper.contains("FOREIGN") { return .foreignKey(table) }
        if upper.contains("CHECK") { return .check(table) }
        return upper.contains("UNIQUE") || upper.contains("PRIMARY") ? .unique(table) : nil
    }

    // MARK: Words

    /// Divided at commas outside of parentheses.
    private static func parts(_ range: Range<Int>, _ upper: [String]) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var depth = 0
        var begin = range.lowerBound
        for index in range {
            switch upper[index] {
            case "(": depth += 1
            case ")": depth -= 1
            case "," where depth == 0:
                if begin < index { parts.append(begin..<index) }
                begin = index + 1
            default: break
            }
        }
        if begin < range.upperBound { parts.append(begin..<range.upperBound) }
        return parts
    }

    private static func skipping(_ words: Set<String>, _ upper: [String], from start: Int) -> Int {
        var index = start
        while upper.indices.contains(index), words.contains(upper[index]) { index += 1 }
        return index
    }

    /// The name at a place without its schema, lower case.
    private static func plain(_ words: [String], after index: Int) -> String {
        guard words.indices.contains(index) else { return "?" }
        return words[index].split(separator: ".").last.map { $0.lowercased() } ?? "?"
    }

    private static func has(_ words: [String], _ text: ArraySlice<String>) -> Bool {
        text.indices.contains { text[$0...].starts(with: words) }
    }
}
