// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// NoReferencedTableError
    static let unknownForeignTable = Rule(
        "AP493", .error, "a foreign key points to a table that no model has",
        why:
            "SQLAlchemy looks for the table by its name and ends with NoReferencedTableError as soon as it makes tables "
            + "or the first query. Flask-SQLAlchemy names a table after its class: user for User, not users.",
        catches: [
            [
                "models/post.py":
                    "class Post(db.Model):\n    user_id = db.Column(db.Integer, db.ForeignKey('users.id'))\n",
                "models/user.py": "class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n",
            ],
            [
                "models.py":
                    "class Order(Base):\n    __tablename__ = \"orders\"\n\n\nclass Line(Base):\n    __tablename__ = \"lines\"\n    order_id = Column(ForeignKey(\"order.id\"))\n"
            ],
        ],
        passes: [
            [
                "models/post.py":
                    "class Post(db.Model):\n    user_id = db.Column(db.Integer, db.ForeignKey('user.id'))\n",
                "models/user.py": "class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n",
            ],
            [
                "models.py":
                    "class Order(Base):\n    __tablename__ = \"orders\"\n\n\nclass Line(Base):\n    __tablename__ = \"lines\"\n    order_id = Column(ForeignKey(\"shop.orders.id\"))\n"
            ],
            [
                "models.py":
                    "class Base(DeclarativeBase):\n    @declared_attr\n    def __tablename__(cls):\n        return cls.__name__.lower() + 's'\n\n\nclass User(Base):\n    team = Column(ForeignKey('team.id'))\n    __tablename__ = 'teams'\n"
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let files = repository.code(
            [".py"], with: ["ForeignKey(", "__tablename__", "db.Model", "table=True", "Table("])
        guard
            !files.contains(where: { $0.bare.contains { $0.hasPrefix("def__tablename__") || $0.contains("reflect(") } })
        else {
            return []
        }
        let tables = Set(files.flatMap(AlchemyTables.names))
        guard !tables.isEmpty else { return [] }
        return files.flatMap { code in
            code.bare.enumerated().compactMap { index, line -> Violation? in
                guard let table = AlchemyTables.target(of: line), !tables.contains(table),
                    let near = AlchemyTables.neighbour(of: table, among: tables)
                else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "there is no table \(table); write: ForeignKey('\(near).…'), or __tablename__ = '\(table)'")
            }
        }
    }
}

private enum AlchemyTables {
    /// The tables that a file's models make.
    static func names(in code: CodeText) -> [String] {
        var found: [String] = []
        var unnamed: String?
        for line in code.bare {
            if line.hasPrefix("__tablename__"), let text = quoted(line) {
                found.append(text)
                unnamed = nil
            }
            if TextSearch.range(of: "Table('", in: line[...]) != nil, let text = quoted(line) { found.append(text) }
            guard line.hasPrefix("class") else { continue }
            if let name = unnamed { found.append(snakeCase(name)) }
            let name = String(line.dropFirst(5).prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            unnamed = line.contains("db.Model") ? name : nil
            // SQLModel writes it in lower case alone.
            if line.contains("table=True") { found.append(name.lowercased()) }
        }
        if let name = unnamed { found.append(snakeCase(name)) }
        return found
    }

    private static func quoted(_ line: String) -> String? {
        let parts = line.split(separator: "'", omittingEmptySubsequences: false)
        return parts.count > 2 ? String(parts[1]) : nil
    }

    private static func snakeCase(_ name: String) -> String {
        var text = ""
        for (index, letter) in name.enumerated() {
            if letter.isUppercase, index > 0, text.last != "_" { text += "_" }
            text += letter.lowercased()
        }
        return text
    }

    /// The table of `ForeignKey('users.id')`; one with a schema is not looked at.
    static func target(of line: String) -> String? {
        guard let range = TextSearch.range(of: "ForeignKey('", in: line[...]) else { return nil }
        let parts = line[range.upperBound...].prefix { $0 != "'" }.split(separator: ".")
        return parts.count == 2 ? String(parts[0]) : nil
    }

    /// The same word in the other number.
    static func neighbour(of table: String, among tables: Set<String>) -> String? {
        var forms = [table + "s", table + "es", table.lowercased()]
        for (ending, other) in [("s", ""), ("es", ""), ("y", "ies"), ("ies", "y")] where table.hasSuffix(ending) {
            forms.append(table.dropLast(ending.count) + other)
        }
        return forms.first(where: tables.contains)
            ?? tables.sorted().first { $0.filter { $0 != "_" } == table.filter { $0 != "_" } }
    }
}
