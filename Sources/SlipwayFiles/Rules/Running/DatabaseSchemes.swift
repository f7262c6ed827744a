// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// An address of SQLite for a program that speaks PostgreSQL.
    static let otherDatabase = Rule(
        "AP295", .error, "an address is one of another kind of database than the code speaks",
        why:
            "The schema or the driver takes one kind of address: every connection and every migration ends with its refusal.",
        catches: [
            [
                ".env.example": "DATABASE_URL=\"file:./dev.db\"\n",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "docker-compose.yml":
                    "services:\n  a:\n    build: .\n    environment:\n      DATABASE_URL: mysql://a:b@db:3306/a\n",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "README.md": "```bash\ndocker run -e DATABASE_URL=/data/local.db app\n```\n",
                "drizzle.config.ts":
                    "export default { dialect: 'postgresql', dbCredentials: { url: process.env.DATABASE_URL } };\n",
            ],
        ],
        passes: [
            [
                ".env.example": "DATABASE_URL=\"postgresql://a:b@localhost:5432/a\"\n",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                ".env.example": "DATABASE_URL=\"file:./dev.db\"\n",
                "prisma/schema.prisma": "datasource db {\n  provider = \"sqlite\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                ".env.example": "DATABASE_URL=<your database>\n",
                "prisma/schema.prisma": "datasource db {\n  provider = \"mysql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "api/.env.example": "DATABASE_URL=mysql://a:b@db/a\n",
                "web/prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, let wanted = SpokenDatabase.only(in: repository.tree) else { return [] }
        return GivenAddresses.all(named: wanted.variable, below: wanted.folder, in: repository).compactMap { given in
            guard !wanted.takes(given.value) else { return nil }
            return Violation(
                file: given.file, line: given.line,
                "\(wanted.place) speaks \(wanted.provider); write: \(wanted.variable)=\(wanted.example)",
                severity: given.file.hasSuffix(".md") ? .warning : nil)
        }
    }
}

/// The kind of database that a schema names, when there is one alone.
private struct SpokenDatabase {
    let place: String
    let folder: String
    let provider: String
    let variable: String

    static func only(in tree: SourceTree) -> SpokenDatabase? {
        let found = prisma(tree) + drizzle(tree)
        return found.count == 1 && tree.files(named: "requirements.txt").isEmpty ? found[0] : nil
    }

    private static func prisma(_ tree: SourceTree) -> [SpokenDatabase] {
        PrismaSource.all(in: tree).compactMap { source in
            guard let provider = source.provider, let name = source.variable else { return nil }
            let folder = SourceTree.Entry(path: source.path).directory
            return SpokenDatabase(
                place: source.path, folder: folder == "." ? "." : SourceTree.Entry(path: folder).directory,
                provider: provider, variable: name)
        }
    }

    private static func drizzle(_ tree: SourceTree) -> [SpokenDatabase] {
        tree.entries.filter { $0.name.hasPrefix("drizzle.config.") }.compactMap { entry in
            guard let text = tree.text(entry.path), text.contains("DATABASE_URL"),
                let dialect = PrismaSource.quoted(after: "dialect:", in: text[...])
            else { return nil }
            return SpokenDatabase(
                place: entry.path, folder: entry.directory, provider: dialect, variable: "DATABASE_URL")
        }
    }

    private var schemes: [String] {
        switch provider {
        case "postgresql", "postgres", "cockroachdb":
            ["postgres://", "postgresql://", "prisma://", "prisma+postgres://"]
        case "mysql", "singlestore": ["mysql://", "mariadb://", "prisma://", "prisma+mysql://"]
        case "mongodb": ["mongodb://", "mongodb+srv://", "prisma://", "prisma+mongodb://"]
        case "sqlserver": ["sqlserver://", "prisma://"]
        case "sqlite": ["file:", "prisma://", "libsql://"]
        default: []
        }
    }

    var example: String {
        if provider == "sqlite" { return "file:/data/app.db" }
        return (schemes.first { !$0.hasPrefix("prisma") } ?? "") + "user:password@host/name"
    }

    /// Whether the value fits, or is none that anything follows from.
    func takes(_ value: String) -> Bool {
        guard !schemes.isEmpty, !value.contains("<"), !value.hasPrefix("$") else { return true }
        if schemes.contains(where: value.hasPrefix) { return true }
        // A driver takes a plain path, too.
        if provider == "sqlite" {
            return !["postgres://", "postgresql://", "mysql://", "mongodb"].contains(where: value.hasPrefix)
        }
        let others = [
            "postgres://", "postgresql://", "mysql://", "mongodb://", "mongodb+srv://", "file:", "sqlite:",
            "sqlserver://",
        ]
        let isFile =
            (value.hasPrefix("/") || value.hasPrefix("./"))
            && [".db", ".sqlite", ".sqlite3"].contains(where: value.hasSuffix)
        return !others.contains(where: value.hasPrefix) && !isFile
    }
}

/// Values of one variable in the files that people deploy or begin with.
private enum GivenAddresses {
    struct Given {
        let file: String
        let line: Int
        let value: String
    }

    static func all(named name: String, below folder: String, in repository: CheckedRepository) -> [Given] {
        var found: [Given] = []
        for entry in repository.tree.entries {
            let base = entry.name
            let isWanted =
                base.hasPrefix(".env") || base.hasSuffix(".env.example") || base == "README.md"
                || [".yml", ".yaml", ".sh", ".toml"].contains(where: base.hasSuffix) || base.contains("Dockerfile")
                || base.hasSuffix(".md") && entry.path.lowercased().contains("deploy")
            // A guide stands beside the folder that it speaks of.
            let above = base.hasSuffix(".md") ? SourceTree.Entry(path: folder).directory : folder
            guard isWanted, entry.directory == "." || above == "." || entry.path.hasPrefix(above + "/"),
                !DevelopmentPath.isLikely(entry.path), !entry.path.contains("node_modules/"),
                !entry.path.contains("archive"), !entry.path.hasPrefix(".github/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000,
                ByteSearch.contains(name.utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let range = TextSearch.range(of: name, in: line), !line.trimmed.hasPrefix("#"),
                    line[..<range.lowerBound].last.map({ !$0.isLetter && $0 != "_" }) ?? true,
                    let mark = line[range.upperBound...].first, mark == "=" || mark == ":"
                else { continue }
                let rest = line[range.upperBound...].dropFirst().drop { " \"'".contains($0) }
                let value = String(rest.prefix { !" \"'\\".contains($0) })
                if !value.isEmpty { found.append(Given(file: entry.path, line: index + 1, value: value)) }
            }
        }
        return found
    }
}
