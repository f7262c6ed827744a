// SPDX-License-Identifier: Apache-2.0

/// What a Django migration's operations do to tables that are in use. Pure.
struct DjangoReview {
    private(set) var newModels: Set<String> = []

    mutating func review(_ text: String) -> [MigrationFinding] {
        var findings: [MigrationFinding] = []
        for call in PythonCalls(text) {
            guard let operation = call.name.split(separator: ".").last.map(String.init) else { continue }
            let model = (PythonCalls.literal(call.keyword("model_name") ?? call.positional(0)) ?? "?").lowercased()
            let name = PythonCalls.literal(call.keyword("name") ?? call.positional(1)) ?? "?"
            if operation == "CreateModel" {
                let made = PythonCalls.literal(call.keyword("name") ?? call.positional(0)) ?? "?"
                newModels.insert(made.lowercased())
                continue
            }
            if operation == "RunSQL" {
                guard let sql = PythonCalls.literal(call.keyword("sql") ?? call.positional(0)) else { continue }
                var review = SQLReview()
                review.isOneTransaction = !text.contains("atomic = False")
                findings += review.review(sql).map { $0.finding(atLine: call.line) }
                continue
            }
            guard !newModels.contains(model), let change = Self.change(operation, call, model, name) else { continue }
            findings.append(change.finding(line: call.line))
        }
        return findings
    }

    private static func change(
        _ operation: String, _ call: PythonCalls.Call, _ model: String, _ name: String
    ) -> SchemaChange? {
        let column = "\(model).\(name)"
        switch operation {
        case "RemoveField": return .dropColumn(column)
        case "RenameField":
            return .renameColumn(
                "\(model).\(PythonCalls.literal(call.keyword("old_name") ?? call.positional(1)) ?? "?")")
        case "DeleteModel":
            return .dropTable((PythonCalls.literal(call.keyword("name") ?? call.positional(0)) ?? "?").lowercased())
        case "RenameModel", "AlterModelTable":
            let old = call.keyword("old_name") ?? call.keyword("name") ?? call.positional(0)
            return .renameTable((PythonCalls.literal(old) ?? "?").lowercased())
        case "AddField":
            guard let field = field(call, at: 2) else { return nil }
            if field.name.hasSuffix("ManyToManyField") || field.keyword("null") == "True" { return nil }
            if field.keyword("db_default") != nil { return nil }
            // Django drops the default from the database again once the rows have it.
            return field.keyword("default") == nil ? .requiredColumn(column) : .defaultOnlyInCode(column)
        case "AlterField": return .columnType(column)
        case "AddIndex": return .index(model)
        case "RemoveIndex": return .dropIndex(name)
        case "AddConstraint":
            let constraint = call.keyword("constraint") ?? call.positional(1) ?? ""
            return constraint.contains("UniqueConstraint") ? .unique(model) : .check(model)
        case "AlterUniqueTogether": return .unique(model)
        default: return nil
        }
    }

    private static func field(_ call: PythonCalls.Call, at index: Int) -> PythonCalls.Call? {
        (call.keyword("field") ?? call.positional(index)).flatMap { PythonCalls($0).first { _ in true } }
    }
}
