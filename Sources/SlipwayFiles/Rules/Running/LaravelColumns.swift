// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Unknown column in field list.
    static let columnNeverMade = Rule(
        "AP353", .error, "a model writes a column that no migration makes",
        why:
            "On the machine of whoever wrote it the column was added by hand; a database that php artisan migrate makes "
            + "has none, and saving ends with \"Unknown column\".",
        catches: [
            [
                "artisan": "#!/usr/bin/env php\n",
                "app/Models/Schedule.php":
                    "<?php\nclass Schedule extends Model {\n    protected $fillable = [\n        'title',\n        'equipment_id',\n    ];\n}\n",
                "app/Http/Controllers/ScheduleController.php": "<?php\n$s->update(['equipment_id' => $id]);\n",
                "database/migrations/2026_01_01_create_schedules_table.php":
                    "<?php\nSchema::create('schedules', function ($table) {\n    $table->id();\n    $table->string('title');\n});\n",
            ]
        ],
        passes: [
            [
                "artisan": "#!/usr/bin/env php\n",
                "app/Models/Schedule.php":
                    "<?php\nclass Schedule extends Model {\n    protected $fillable = [\n        'title',\n        'equipment_id',\n    ];\n}\n",
                "app/Http/Controllers/ScheduleController.php": "<?php\n$s->update(['equipment_id' => $id]);\n",
                "database/migrations/2026_01_01_create_schedules_table.php":
                    "<?php\nSchema::create('schedules', function ($table) {\n    $table->string('title');\n    $table->foreignId('equipment_id');\n});\n",
            ],
            [
                "artisan": "#!/usr/bin/env php\n",
                "app/Models/Post.php":
                    "<?php\nclass Post extends Model {\n    protected $fillable = ['title', 'user_id'];\n}\n",
                "app/Http/A.php": "<?php\n$p->user_id = 1; f('user_id');\n",
                "database/migrations/a.php":
                    "<?php\nSchema::create('posts', function ($table) {\n    $table->string('title');\n    $table->foreignIdFor(User::class);\n});\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "artisan").isEmpty else { return [] }
        let models = repository.tree.files(ending: "php").filter {
            $0.path.contains("Models/") && CodeText.mayRun($0.path)
        }
        guard !models.isEmpty else { return [] }
        let made = LaravelMigrations(repository.tree)
        guard made.isComplete else { return [] }
        return models.flatMap { entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), text.contains("$fillable") else { return [] }
            let model = LaravelModel(path: entry.path, text: text)
            guard made.makes(model.table) else { return [] }
            return model.fillable.compactMap { field in
                guard !made.has(field.name, of: model.table), !model.hasAttribute(field.name),
                    made.isWritten(field.name, apartFrom: entry.path)
                else { return nil }
                return Violation(
                    file: entry.path, line: field.line,
                    "no migration makes \(model.table).\(field.name); write: php artisan make:migration "
                        + "add_\(field.name)_to_\(model.table)_table")
            }
        }
    }
}

/// An Eloquent model's table and the columns that it writes.
private struct LaravelModel {
    let table: String
    private(set) var fillable: [(name: String, line: Int)] = []
    private let text: String

    init(path: String, text: String) {
        self.text = text
        let code = CodeText(path: path, text: text)
        let stem = String(SourceTree.Entry(path: path).name.dropLast(4))
        let named = code.bare.lazy.compactMap { line -> String? in
            TextSearch.range(of: "$table='", in: line[...]).map { String(line[$0.upperBound...].prefix { $0 != "'" }) }
        }.first
        table = named ?? Self.plural(of: stem)
        if let body = code.body(after: "$fillable=[") {
            for (offset, line) in body.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated()
                where index % 2 == 1 && !part.isEmpty && part.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
                    fillable.append((String(part), body.line + offset))
                }
            }
        }
    }

    /// `AuditLog` stands in audit_logs.
    private static func plural(of name: String) -> String {
        var snake = ""
        for character in name {
            if character.isUppercase, !snake.isEmpty { snake.append("_") }
            snake += character.lowercased()
        }
        if snake.hasSuffix("y"), !["a", "e", "o", "u"].contains(snake.dropLast().last.map(String.init) ?? "") {
            return snake.dropLast() + "ies"
        }
        return snake + (["s", "x", "ch", "sh"].contains(where: snake.hasSuffix) ? "es" : "s")
    }

    /// Whether the model makes the value itself, or hands it on.
    func hasAttribute(_ name: String) -> Bool {
        let camel = name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        let lower = camel.prefix(1).lowercased() + camel.dropFirst()
        return text.contains("set\(camel)Attribute") || text.contains("function \(lower)(")
    }
}

/// What the migrations of the repository make.
private struct LaravelMigrations {
    private let text: String
    private let parts: [(table: String?, text: String)]
    private let tree: SourceTree

    init(_ tree: SourceTree) {
        self.tree = tree
        let files = tree.files(ending: "php").filter { $0.path.lowercased().contains("migrations/") }
        let dumps = tree.files(ending: "sql").filter { $0.path.contains("database/") }
        text = (files + dumps).compactMap { tree.text($0.path) }.joined(separator: "\n")
        let raw = files.compactMap { tree.text($0.path) }.filter { $0.contains("DB::statement") }
        parts = Self.parts(of: text) + (raw + dumps.compactMap { tree.text($0.path) }).map { (nil, $0) }
    }

    /// Whether they are all there: no dump of a schema and no package's own tables stand in for them.
    var isComplete: Bool { text.contains("Schema::create(") && !text.contains("DB::unprepared(") }

    func makes(_ table: String) -> Bool {
        text.contains("Schema::create('\(table)'") || text.contains("Schema::create(\"\(table)\"")
    }

    /// Whether a migration of the table has the name; one that stands where no table is named is taken for made.
    func has(_ column: String, of table: String) -> Bool {
        if ["id", "created_at", "updated_at", "deleted_at", "remember_token"].contains(column) { return true }
        let stem = column.split(separator: "_").dropLast().joined(separator: "_")
        return parts.contains { part in
            guard part.table == nil || part.table == table else { return false }
            return part.text.contains(column) || part.text.contains("orphs('\(stem)'")
                || column.hasSuffix("_id") && part.text.contains("foreignIdFor(")
        }
    }

    /// The text from each `Schema::` to the next, with the table that it names.
    private static func parts(of text: String) -> [(table: String?, text: String)] {
        var found: [(String?, String)] = []
        var rest = text[...]
        while let range = TextSearch.range(of: "Schema::", in: rest) {
            let body = rest[range.upperBound...]
            let end = TextSearch.range(of: "Schema::", in: body)?.lowerBound ?? body.endIndex
            let piece = body[..<end]
            // What stands behind a question about a table is done to it.
            let calls = ["create", "table", "hasColumn", "hasColumns", "hasTable", "whenTableDoesntHaveColumn"]
            let name = calls.lazy.filter { piece.hasPrefix($0 + "('") || piece.hasPrefix($0 + "(\"") }.first.map {
                String(piece.dropFirst($0.count + 2).prefix { $0 != "'" && $0 != "\"" })
            }
            let isOther = piece.hasPrefix("drop")
            if name != nil || !isOther { found.append((name, String(piece))) }
            rest = body[end...]
        }
        return found
    }

    /// Whether a controller, a form or a page has the name too.
    func isWritten(_ column: String, apartFrom path: String) -> Bool {
        tree.files(ending: "php").contains { entry in
            guard entry.path != path, entry.path.contains("app/") || entry.path.contains("resources/views/"),
                let bytes = tree.bytes(entry.path)
            else { return false }
            return ByteSearch.contains("'\(column)'".utf8, in: bytes)
                || ByteSearch.contains("\"\(column)\"".utf8, in: bytes)
        }
    }
}
