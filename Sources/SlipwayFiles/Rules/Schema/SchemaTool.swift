// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A program whose tables its own code describes, and what would make them in a new database.
struct SchemaTool {
    /// The program's folder.
    let folder: String
    /// What describes the tables, in words.
    let place: String
    /// What makes them; `nil` when the code must do it.
    let command: String?
    /// Words of commands and calls that make tables.
    let signs: [String]

    /// What to type.
    var advice: String {
        command.map { "run once for each release: \($0)" }
            ?? "call Base.metadata.create_all(engine) when it starts, or add Alembic and run: alembic upgrade head"
    }

    static func all(in repository: CheckedRepository) -> [SchemaTool] {
        let manifests = repository.tree.files(named: "package.json").compactMap { entry -> SchemaTool? in
            guard !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path),
                let root = JSONDocument(parsing: text).root
            else { return nil }
            return node(root, in: entry.directory, repository)
        }
        return manifests + python(repository)
    }

    private static func node(
        _ manifest: DataNode, in folder: String, _ repository: CheckedRepository
    ) -> SchemaTool? {
        func depends(_ name: String) -> Bool { manifest["dependencies"]?[name] != nil }
        if depends("drizzle-orm"),
            let config = repository.tree.entries.first(where: {
                $0.directory == folder && $0.name.hasPrefix("drizzle.config.")
            })
        {
            return SchemaTool(
                folder: folder, place: "the schema in \(config.path)", command: "npx drizzle-kit push",
                signs: ["drizzle-kit push", "drizzle-kit migrate", "/migrator", "db:push", "db:migrate", "pushSchema"])
        }
        if depends("sequelize"), !depends("sequelize-typescript") { return sequelize(folder, repository) }
        return depends("@prisma/client") ? prisma(folder, repository) : nil
    }

    private static func sequelize(_ folder: String, _ repository: CheckedRepository) -> SchemaTool? {
        let prefix = (folder == "." ? "" : folder + "/") + "migrations/"
        let first = repository.tree.entries.first { entry in
            entry.path.hasPrefix(prefix) && (entry.name.hasSuffix(".js") || entry.name.hasSuffix(".ts"))
        }
        return first.map {
            SchemaTool(
                folder: folder, place: $0.directory, command: "npx sequelize-cli db:migrate",
                signs: [".sync(", "umzug", "Umzug", "sequelize-cli", "db:migrate", "sequelize db"])
        }
    }

    /// A schema without migrations; those with some are another rule's.
    private static func prisma(_ folder: String, _ repository: CheckedRepository) -> SchemaTool? {
        let tree = repository.tree
        let source = PrismaSource.all(in: tree).first { source in
            let own = SourceTree.Entry(path: source.path).directory
            return manifestFolder(above: own, tree) == folder && source.provider != "mongodb"
                && !tree.files(under: own + "/migrations").contains { $0.name.hasSuffix(".sql") }
                && !tree.files(under: "supabase/migrations").contains { $0.name.hasSuffix(".sql") }
        }
        guard let source else { return nil }
        // A file with its tables in git is a database that is there.
        let prefix = folder == "." ? "" : folder + "/"
        let isBrought =
            source.provider == "sqlite"
            && tree.entries.contains { entry in
                entry.path.hasPrefix(prefix) && [".db", ".sqlite"].contains(where: entry.name.hasSuffix)
            }
        guard !isBrought else { return nil }
        return SchemaTool(
            folder: folder, place: source.path, command: "npx prisma db push",
            signs: [
                "db push", "db:push", "migrate deploy", "migrate dev", "migrate:deploy", "prisma:deploy", "db:deploy",
            ])
    }

    /// The nearest folder with a package.json.
    private static func manifestFolder(above folder: String, _ tree: SourceTree) -> String? {
        var place = folder
        while !tree.contains(GoPath.clean(place + "/package.json")) {
            guard place != "." else { return nil }
            place = SourceTree.Entry(path: place).directory
        }
        return place
    }

    /// Models of SQLAlchemy that nothing turns into tables.
    private static func python(_ repository: CheckedRepository) -> [SchemaTool] {
        let names = ["sqlalchemy", "sqlmodel"]
        guard repository.pythonRequirements.contains(where: { text in names.contains { text.contains($0) } }),
            !repository.tree.entries.contains(where: { $0.name == "alembic.ini" || $0.name == "manage.py" }),
            !repository.pythonRequirements.contains(where: {
                $0.contains("flask-migrate") || $0.contains("alembic") && $0.contains("django")
            })
        else { return [] }
        let models = repository.code([".py"], with: ["__tablename__", "db.Model", "table=True"]).filter { code in
            code.bare.contains { line in
                line.hasPrefix("class") && line.hasSuffix("):") || line.hasPrefix("__tablename__=")
            }
        }
        guard let app = repository.app else { return [] }
        return app.services.compactMap { service in
            guard service.language == "python", service.role == .backend,
                let first = models.first(where: {
                    service.directory == "." || $0.path.hasPrefix(service.directory + "/")
                })
            else { return nil }
            return SchemaTool(
                folder: service.directory, place: "the models in \(first.path)", command: nil,
                signs: [
                    "create_all", "CREATE TABLE", "create table", "create_tables", "alembic", "automap_base",
                    "reflect(", "run_sync(",
                ])
        }
    }

    func belongs(to unit: DeployedUnit) -> Bool {
        let own = SourceTree.Entry(path: unit.dockerfile.location).directory
        return own == folder || unit.context == folder || unit.app?.directory == folder
            || unit.dockerfile.reading.file.instructions.contains { instruction in
                instruction.keyword == "COPY" && folder != "."
                    && instruction.arguments.dropLast().contains { GoPath.clean($0) == folder }
            }
    }

    private static let endings = [
        ".sh", ".yml", ".yaml", ".toml", ".ts", ".js", ".mjs", ".cjs", ".tf", ".py", ".ps1", ".bat", ".sql",
    ]
    private static let names: Set<String> = ["Procfile", "Makefile", "justfile", "package.json"]

    /// Whether code or a file that deploys has one of the signs; a script of package.json that only people type is none.
    func isApplied(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            let isPlace =
                Self.endings.contains(where: entry.name.hasSuffix) || entry.name.contains("Dockerfile")
                || Self.names.contains(entry.name)
            let lower = entry.path.lowercased()
            let isAside =
                ["node_modules/", "reset", "test", "spec", "drizzle.config", "/env.py"].contains(where: lower.contains)
                || lower.contains("seed") && !lower.hasSuffix(".py") || entry.path.hasPrefix(".github/")
            guard isPlace, !isAside, let bytes = repository.tree.bytes(entry.path), bytes.count < 300_000,
                signs.contains(where: { ByteSearch.contains($0.utf8, in: bytes) })
            else { return false }
            guard entry.name == "package.json" else { return true }
            let scripts = repository.tree.text(entry.path).flatMap {
                JSONDocument(parsing: $0).root?["scripts"]?.mapping
            }
            return scripts?.entries.contains { script in
                ["start", "build", "deploy", "prod", "install", "release"].contains(where: script.key.contains)
                    && signs.contains { script.value.text?.contains($0) == true }
            } == true
        } || isAppliedByPipeline(in: repository) || isToldForServers(in: repository)
    }

    /// Tests of a pipeline have a database of their own; a pipeline that deploys has that of the server.
    private func isAppliedByPipeline(in repository: CheckedRepository) -> Bool {
        (repository.workflows.map(\.text) + repository.pipelines.map(\.text)).contains { text in
            text.contains("deploy") && signs.contains(where: text.contains)
        }
    }

    /// Whether a document tells it for a server: inside a container, on a platform, or below a title that says so.
    private func isToldForServers(in repository: CheckedRepository) -> Bool {
        ServerInstructions.tell(signs, in: repository)
    }
}

/// What documents say to do where the application is deployed.
enum ServerInstructions {
    private static let ways = [
        " exec ", "run --rm", "compose run", "fly ssh", "flyctl ssh", "railway run", "heroku run", "kubectl", "ssh ",
        "docker run", "render",
    ]
    private static let titles = [
        "deploy", "product", "docker", "server", "railway", "render", "fly", "vps", "heroku", "container", "hosting",
        "release", "compose", "cloud", "kubernetes", "vercel",
    ]

    /// Whether one of the words stands in a line for servers.
    static func tell(_ signs: [String], in repository: CheckedRepository) -> Bool {
        repository.documents.contains { entry in
            guard let bytes = repository.tree.bytes(entry.path), bytes.count < 500_000,
                signs.contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                let text = repository.tree.text(entry.path)
            else { return false }
            if titles.contains(where: entry.name.lowercased().contains) { return true }
            var title: [Substring] = []
            for line in text.split(separator: "\n") {
                if line.hasPrefix("#") { title.append(line) }
                guard signs.contains(where: line.contains) else { continue }
                let near = title.suffix(2).joined(separator: " ").lowercased()
                if ways.contains(where: line.contains) || titles.contains(where: near.contains) { return true }
            }
            return false
        }
    }
}
