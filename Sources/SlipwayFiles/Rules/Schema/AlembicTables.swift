// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// SQLAlchemy's models beside Alembic's migrations.
enum AlembicTables {
    static func unmade(in repository: CheckedRepository) -> [Violation] {
        let tree = repository.tree
        let folders = tree.files(named: "env.py").filter { entry in
            tree.hasDirectory(entry.directory + "/versions")
                && tree.bytes(entry.path).map { ByteSearch.contains("target_metadata".utf8, in: $0) } == true
        }
        // Of several databases nobody knows here which model is in which.
        guard folders.count == 1, let environment = folders.first,
            let settings = tree.text(environment.path), !settings.contains("include_object"),
            !settings.contains("include_name")
        else { return [] }
        let versions = tree.files(under: environment.directory + "/versions").filter { $0.name.hasSuffix(".py") }
        let made = MigrationTexts(Array(versions), in: tree)
        guard isComplete(made), !isMadeOtherwise(repository) else { return [] }
        let models = all(in: repository, apartFrom: environment.directory)
        // The migrations are those of other models when they make few of these tables.
        guard models.count(where: { made.name($0.table) }) * 2 >= models.count else { return [] }
        let isFlask = settings.contains("current_app")
        return models.compactMap { violation($0, made, isFlask: isFlask, repository) }
    }

    private static func violation(
        _ model: PythonModel, _ made: MigrationTexts, isFlask: Bool, _ repository: CheckedRepository
    ) -> Violation? {
        let command = isFlask ? "flask db migrate -m" : "alembic revision --autogenerate -m"
        let advice = "; type: \(command) \(model.table), and commit the file"
        guard made.name(model.table) else {
            guard isUsed(model, repository), !isInSQL(model.table, repository) else { return nil }
            return Violation(
                file: model.file, line: model.line, "no migration makes the table \(model.table)\(advice)")
        }
        let missing = model.columns.filter { !made.name($0.name, near: model.table) }
        // A table that is made by a helper is one of which no column is named.
        guard let first = missing.first, missing.count < model.columns.count, !isInSQL(first.name, repository)
        else { return nil }
        return Violation(
            file: model.file, line: first.line,
            "no migration makes \(PythonModel.list(missing)) of \(model.table)\(advice)")
    }

    /// Whether the files can be all that there are, and say themselves what they make.
    private static func isComplete(_ made: MigrationTexts) -> Bool {
        made.contain(["create_table("])
            && !made.contain([
                "create_all", ".metadata", "read_text(", ".read()", "open(", "import_module", "get_table_names",
            ])
    }

    /// Whether the program makes its tables when it starts, or changes them by itself.
    private static func isMadeOtherwise(_ repository: CheckedRepository) -> Bool {
        repository.tree.files(ending: "py").contains { entry in
            guard !entry.path.contains("test"), !entry.path.contains("/versions/"),
                let bytes = repository.tree.bytes(entry.path)
            else { return false }
            func has(_ word: String) -> Bool { ByteSearch.contains(word.utf8, in: bytes) }
            guard ["create_all", "ALTER TABLE", "alter table", "automap_base"].contains(where: has) else {
                return false
            }
            return started.contains(entry.name) || ["FastAPI(", "Flask(", "def create_app"].contains(where: has)
                || isNamed(entry, in: repository.tree)
        }
    }

    /// What servers start by these names without anybody writing them.
    private static let started = ["main.py", "app.py", "wsgi.py", "asgi.py", "server.py", "run.py", "__init__.py"]

    /// Whether any other file speaks of the module; what somebody once ran by hand makes nothing anew.
    private static func isNamed(_ module: SourceTree.Entry, in tree: SourceTree) -> Bool {
        let stem = Array(module.name.dropLast(".py".count).utf8)
        return tree.entries.contains { entry in
            guard entry.path != module.path, let bytes = tree.bytes(entry.path), bytes.count < 500_000 else {
                return false
            }
            return WholeWord.stands(stem, in: bytes)
        }
    }

    private static func isInSQL(_ word: String, _ repository: CheckedRepository) -> Bool {
        repository.tree.files(ending: "sql").contains { entry in
            repository.tree.bytes(entry.path).map { WholeWord.stands(Array(word.utf8), in: $0) } == true
        }
    }

    /// Whether anything but the file itself and lists of models speaks of the class.
    private static func isUsed(_ model: PythonModel, _ repository: CheckedRepository) -> Bool {
        let word = Array(model.name.utf8)
        return repository.codeFiles.contains { entry in
            guard entry.path != model.file, entry.name.hasSuffix(".py"), entry.name != "__init__.py",
                entry.name != "env.py", let bytes = repository.tree.bytes(entry.path),
                !ByteSearch.contains("__tablename__".utf8, in: bytes)
            else { return false }
            return WholeWord.stands(word, in: bytes)
        }
    }

    private static func all(in repository: CheckedRepository, apartFrom folder: String) -> [PythonModel] {
        repository.code([".py"], with: ["__tablename__"]).filter { !$0.path.hasPrefix(folder + "/") }.flatMap(models)
    }

    /// The classes of a file that name their table.
    private static func models(in code: CodeText) -> [PythonModel] {
        let starts = code.lines.indices.filter { code.lines[$0].hasPrefix("class ") }
        return starts.enumerated().compactMap { offset, start in
            let end = offset + 1 < starts.count ? starts[offset + 1] : code.lines.count
            let body = start..<end
            guard !code.bare[body].contains(where: { line in foreign.contains(where: line.contains) }),
                let table = code.bare[body].lazy.compactMap(tableName).first
            else { return nil }
            let name = String(code.lines[start].dropFirst(6).prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            return PythonModel(
                name: name, table: table, file: code.path, line: start + 1,
                columns: body.compactMap { index in column(at: index, in: code).map { ($0, index + 1) } })
        }
    }

    /// Models of another database, of views, and bases of others.
    private static let foreign = [
        "__bind_key__", "__abstract__=True", "is_view", "autoload_with", "__table__=", "create_all",
    ]

    private static func tableName(_ line: String) -> String? {
        guard line.hasPrefix("__tablename__='") || line.hasPrefix("__tablename__:str='") else { return nil }
        return line.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
    }

    private static let makers = ["Column(", "db.Column(", "sa.Column(", "mapped_column(", "deferred(Column("]

    /// The column that a line right inside of the class makes, by the name that SQL knows.
    private static func column(at index: Int, in code: CodeText) -> String? {
        let line = code.lines[index]
        guard line.hasPrefix("    "), line.dropFirst(4).first.map({ $0.isLetter }) == true,
            let equals = code.bare[index].firstIndex(of: "=")
        else { return nil }
        let value = code.bare[index][code.bare[index].index(after: equals)...]
        guard let maker = makers.first(where: value.hasPrefix) else { return nil }
        var arguments = value.dropFirst(maker.count)
        if arguments.isEmpty, index + 1 < code.bare.count { arguments = code.bare[index + 1][...] }
        if arguments.first == "'" { return String(arguments.dropFirst().prefix { $0 != "'" }) }
        let name = code.bare[index][..<equals].prefix { $0 != ":" }
        return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? String(name) : nil
    }
}
