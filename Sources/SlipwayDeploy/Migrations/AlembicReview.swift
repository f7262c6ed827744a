// SPDX-License-Identifier: Apache-2.0

/// What an Alembic revision's `upgrade` does to tables that are in use. Pure.
struct AlembicReview {
    private(set) var newTables: Set<String> = []

    mutating func review(_ text: String) -> [MigrationFinding] {
        let (body, firstLine) = Self.upgrade(text)
        var findings: [MigrationFinding] = []
        var batchTable: String?
        for call in PythonCalls(body, firstLine: firstLine) {
            let parts = call.name.split(separator: ".")
            guard let method = parts.last, parts.count > 1 else { continue }
            let isBatch = parts[0] != "op"
            if method == "batch_alter_table" { batchTable = PythonCalls.literal(call.positional(0)) }
            let table = (isBatch ? batchTable : PythonCalls.literal(call.positional(0))) ?? "?"
            if method == "create_table" { newTables.insert(table) }
            if method == "execute" {
                guard let sql = Self.statement(call.positional(0)) else { continue }
                var review = SQLReview(newTables: newTables)
                findings += review.review(sql).map { $0.finding(atLine: call.line) }
                newTables = review.newTables
                continue
            }
            // An index's own name comes before its table's.
            let named = ["create_index", "create_unique_constraint", "create_check_constraint", "create_foreign_key"]
            let place = named.contains(String(method)) && !isBatch ? 1 : 0
            let subject = place == 1 ? PythonCalls.literal(call.positional(1)) ?? "?" : table
            guard !newTables.contains(subject) else { continue }
            if let change = Self.change(String(method), call, subject, isBatch: isBatch) {
                findings.append(change.finding(line: call.line))
            }
        }
        return findings
    }

    private static func change(
        _ method: String, _ call: PythonCalls.Call, _ table: String, isBatch: Bool
    ) -> SchemaChange? {
        let second = isBatch ? call.positional(0) : call.positional(1)
        let column = "\(table).\(PythonCalls.literal(second) ?? "?")"
        switch method {
        case "drop_column": return .dropColumn(column)
        case "drop_table": return .dropTable(table)
        case "rename_table": return .renameTable(table)
        case "add_column":
            guard let inner = second.flatMap({ PythonCalls($0).first { $0.name.hasSuffix("Column") } }),
                inner.keyword("nullable") == "False", inner.keyword("server_default") == nil
            else { return nil }
            return .requiredColumn("\(table).\(PythonCalls.literal(inner.positional(0)) ?? "?")")
        case "alter_column":
            if call.keyword("new_column_name") != nil { return .renameColumn(column) }
            if call.keyword("nullable") == "False" { return .notNull(column) }
            return call.keyword("type_") == nil ? nil : .columnType(column)
        case "create_index": return call.keyword("postgresql_concurrently") == "True" ? nil : .index(table)
        case "create_foreign_key": return call.keyword("postgresql_not_valid") == "True" ? nil : .foreignKey(table)
        case "create_check_constraint": return call.keyword("postgresql_not_valid") == "True" ? nil : .check(table)
        case "create_unique_constraint", "create_primary_key": return .unique(table)
        case "drop_index":
            let name = PythonCalls.literal(call.positional(0)) ?? "?"
            return call.keyword("postgresql_concurrently") == "True" ? nil : .dropIndex(name)
        default: return nil
        }
    }

    /// `"..."`, or `sa.text("...")`.
    private static func statement(_ argument: String?) -> String? {
        if let literal = PythonCalls.literal(argument) { return literal }
        guard let argument else { return nil }
        return PythonCalls(argument).first { $0.name.hasSuffix("text") }.flatMap {
            PythonCalls.literal($0.positional(0))
        }
    }

    /// From `def upgrade` to the next line that begins in its first column.
    private static func upgrade(_ text: String) -> (body: String, firstLine: Int) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("def upgrade(") }) else { return ("", 1) }
        let body = lines[(start + 1)...].prefix { $0.isEmpty || $0.first?.isWhitespace == true || $0.hasPrefix("#") }
        return (body.joined(separator: "\n"), start + 2)
    }
}

extension MigrationFinding {
    func finding(atLine line: Int) -> MigrationFinding {
        MigrationFinding(line: line, risk: risk, message: message, advice: advice)
    }
}
