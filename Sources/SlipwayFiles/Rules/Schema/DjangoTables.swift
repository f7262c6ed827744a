// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Django's models beside the migrations of their apps.
enum DjangoTables {
    static func unmade(in repository: CheckedRepository) -> [Violation] {
        let tree = repository.tree
        guard !tree.files(named: "manage.py").isEmpty else { return [] }
        let found = repository.codeFiles.flatMap { entry -> [Violation] in
            guard let app = app(of: entry), let text = tree.text(entry.path), text.contains("models.Model") else {
                return []
            }
            let files = tree.files(under: app + "/migrations").filter {
                $0.directory == app + "/migrations" && $0.name.hasSuffix(".py") && $0.name.first?.isNumber == true
            }
            // AP289 speaks of apps without any.
            guard files.contains(where: { $0.name.hasPrefix("0001") }) else { return [] }
            let made = MigrationTexts(files, in: tree)
            guard !made.contain(["RunSQL", "import_module", "'managed': False", "state_operations"]) else { return [] }
            return models(in: CodeText(path: entry.path, text: text)).compactMap { violation($0, made, app) }
        }
        return found.isEmpty || isMadeOnTheWay(repository) ? [] : found
    }

    private static func violation(_ model: PythonModel, _ made: MigrationTexts, _ app: String) -> Violation? {
        let label = app.split(separator: "/").last ?? ""
        let advice = "; type: python manage.py makemigrations \(label), and commit the file"
        guard made.name(model.name) || made.name(model.name.lowercased()) else {
            return Violation(
                file: model.file, line: model.line, "no migration of \(app) makes \(model.name)\(advice)")
        }
        let missing = model.columns.filter { !made.name($0.name) }
        guard let first = missing.first else { return nil }
        return Violation(
            file: model.file, line: first.line,
            "no migration of \(app) makes \(PythonModel.list(missing)) of \(model.name)\(advice)")
    }

    /// Whether migrations are written where it is deployed, or by hand before. What a document says of development is
    /// no part of a deployment that migrates by itself.
    private static func isMadeOnTheWay(_ repository: CheckedRepository) -> Bool {
        var migrates = false
        var isTold = false
        for entry in repository.tree.entries {
            let isDocument = [".md", ".txt", ".rst"].contains(where: entry.name.hasSuffix)
            guard isDocument || isStep(entry), let bytes = repository.tree.bytes(entry.path), bytes.count < 300_000
            else { continue }
            if ["makemigrations", "run-syncdb"].contains(where: { ByteSearch.contains($0.utf8, in: bytes) }) {
                guard isDocument else { return true }
                isTold = true
            }
            migrates =
                migrates
                || !isDocument
                    && ["manage.py migrate", "\"migrate\""].contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
        return isTold && !migrates
            || PythonSettings.all(in: repository).contains { file in
                file.lines.contains { $0.contains("MIGRATION_MODULES") }
            }
    }

    private static func isStep(_ entry: SourceTree.Entry) -> Bool {
        [".sh", ".yml", ".yaml", ".toml", ".bat", ".ps1", ".cfg", "package.json", "app.json", "railway.json"].contains(
            where: entry.name.hasSuffix)
            || ["Makefile", "Procfile", "makefile", "justfile"].contains(entry.name)
            || entry.name.contains("Dockerfile")
            || entry.name.contains("entrypoint")
    }

    /// The folder of the app that `models.py` or a file of `models/` belongs to.
    private static func app(of entry: SourceTree.Entry) -> String? {
        guard entry.name.hasSuffix(".py") else { return nil }
        if entry.name == "models.py" { return entry.directory }
        return entry.directory.hasSuffix("/models") ? String(entry.directory.dropLast("/models".count)) : nil
    }

    private static let bases = ["(models.Model)", "(AbstractUser)", "(AbstractBaseUser)"]
    /// Classes without a table of their own, or with one that somebody else makes.
    private static let without = ["abstract=True", "managed=False", "proxy=True", "app_label="]
    /// What makes no column, though it is called so.
    private static let noColumns = [
        "models.Manager", "models.Index", "models.Q(", "models.F(", "models.UniqueConstraint", "models.CheckConstraint",
        "models.CASCADE", "models.TextChoices", "models.IntegerChoices",
    ]

    private static func models(in code: CodeText) -> [PythonModel] {
        let starts = code.lines.indices.filter { code.lines[$0].hasPrefix("class ") }
        return starts.enumerated().compactMap { offset, start in
            let body = start..<(offset + 1 < starts.count ? starts[offset + 1] : code.lines.count)
            guard bases.contains(where: code.bare[start].contains),
                !code.bare[body].contains(where: { line in without.contains(where: line.contains) })
            else { return nil }
            let name = String(code.lines[start].dropFirst(6).prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            return PythonModel(
                name: name, table: name, file: code.path, line: start + 1,
                columns: body.compactMap { index in field(at: index, in: code).map { ($0, index + 1) } })
        }
    }

    private static func field(at index: Int, in code: CodeText) -> String? {
        let line = code.lines[index]
        let bare = code.bare[index]
        guard line.hasPrefix("    "), line.dropFirst(4).first?.isLetter == true, let equals = bare.firstIndex(of: "=")
        else { return nil }
        let value = bare[bare.index(after: equals)...]
        guard value.hasPrefix("models."), !noColumns.contains(where: value.hasPrefix),
            value.contains("Field(") || value.hasPrefix("models.ForeignKey(")
        else { return nil }
        let name = bare[..<equals].prefix { $0 != ":" }
        return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? String(name) : nil
    }
}
