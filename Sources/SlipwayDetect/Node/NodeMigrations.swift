// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// The command that brings a database to the state that a package's code wants.
struct NodeMigrations {
    let command: String
    let file: String
    let line: Int?
    let why: String
    let confidence: Double
    /// Said beside the command where it is not what production wants.
    var remark: Diagnostic?

    static func find(in project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        prisma(project, tree) ?? drizzle(project, tree) ?? stated(project, tree) ?? knex(project, tree)
            ?? sequelize(project, tree) ?? adonis(project, tree) ?? typeorm(project, tree) ?? mikro(project, tree)
            ?? configured(project, tree) ?? SchemaPush.find(in: project, tree)
    }

    private static func typeorm(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.dependency("typeorm") != nil,
            let migration = project.scripts.first(where: { $0.contains("migrations/") || $0.contains("migration/") }),
            let source = project.scripts.first(where: { path in
                guard let text = tree.text(path) else { return false }
                return text.contains("new DataSource(") && !text.contains("migrationsRun: true")
            }), let file = source.relative(to: project.directory)
        else { return nil }
        let build = project.manifest.script("build")?.text ?? ""
        let inside = file.hasPrefix("src/") ? String(file.dropFirst(4)) : file
        let compiled =
            NodeStart.compiled(file, of: project, tree)
            ?? (build.contains("nest") || build.contains("tsc") ? "dist/\(inside.dropLast(3)).js" : nil)
        if !file.hasSuffix(".ts") {
            return made("npx typeorm migration:run -d \(file)", migration, "TypeORM migrations")
        }
        return made(
            compiled.map { "npx typeorm migration:run -d \($0)" }
                ?? "npx typeorm-ts-node-commonjs migration:run -d \(file)", migration, "TypeORM migrations")
    }

    private static func mikro(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.dependency("@mikro-orm/migrations") != nil,
            project.manifest.dependency("@mikro-orm/cli") != nil,
            let migration = project.scripts.first(where: { $0.contains("migrations/") }),
            !project.scripts.contains(where: { tree.text($0)?.contains("getMigrator().up(") == true })
        else { return nil }
        return made("npx mikro-orm migration:up", migration, "MikroORM migrations")
    }

    private static func made(_ command: String, _ file: String, _ why: String) -> NodeMigrations {
        NodeMigrations(command: command, file: file, line: nil, why: why, confidence: Confidence.code)
    }

    private static func prisma(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard let schema = PrismaSchema(project, tree), let migration = schema.migration(tree) else { return nil }
        return made(
            schema.isFoundByTool
                ? "npx prisma migrate deploy" : "npx prisma migrate deploy --schema \(schema.argument)",
            migration, "Prisma migrations")
    }

    private static func drizzle(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.dependency("drizzle-kit") != nil || project.manifest.dependency("drizzle-orm") != nil,
            let path = project.configuration("drizzle.config", tree), let settings = ScriptSettings(path, in: tree)
        else { return nil }
        let output = settings.string("out").flatMap { PathText.normalized($0) } ?? "drizzle"
        let folder = project.path(output)
        guard
            let first = tree.files(under: folder).first(where: { $0.path.hasSuffix(".sql") || $0.path.hasSuffix(".ts") }
            )
        else { return nil }
        // A program of the package that migrates knows more than the tool: which address, what comes after.
        if let program = ownProgram(project, tree) { return program }
        // Before 0.21 the tool makes migrations and runs none (orm.drizzle.team, drizzle-kit 0.21).
        guard !SchemaPush.isOldDrizzle(project) else { return nil }
        return made("npx drizzle-kit migrate", first.path, "Drizzle migrations")
    }

    /// `"db:migrate": "tsx src/db/migrate.ts"` where the file is there.
    private static func ownProgram(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        for name in ["db:migrate:prod", "db:migrate", "migrate:prod", "migrate"] {
            guard let script = NodeScript(name, of: project, tree),
                ServerCommand.split(script.text).contains(where: { word in
                    [".ts", ".js", ".mjs", ".mts", ".cjs"].contains(where: word.hasSuffix)
                        && PathText.normalized(project.path(word)).map(tree.contains) == true
                })
            else { continue }
            return NodeMigrations(
                command: project.run(name), file: project.manifest.path, line: script.line,
                why: "\(name): \(script.text)", confidence: Confidence.code)
        }
        return nil
    }

    private static let tools = [
        "typeorm migration:run", "typeorm-ts-node-commonjs migration:run", "typeorm-ts-node-esm migration:run",
        "mikro-orm migration:up", "node-pg-migrate up", "db-migrate up", "payload migrate", "medusa db:migrate",
        "migrate-mongo up", "knex migrate:latest", "knex --knexfile", "sequelize db:migrate",
        "sequelize-cli db:migrate", "prisma migrate deploy", "typeorm", "dbmate up", "drizzle-kit migrate", "umzug",
        "kysely migrate",
    ]

    /// A script of the package that runs a tool's or the program's own migrations.
    private static func stated(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        let names = [
            "migrate:prod", "migrate:deploy", "db:migrate:prod", "db:migrate:deploy", "migration:run:prod",
            "migration:run", "migrations:run", "typeorm:migrate", "db:migrate", "migrate", "migrate:latest",
            "migrate:up", "migration:up", "db:deploy", "db:upgrade", "knex:migrate", "database:migrate",
        ]
        for name in names {
            guard let script = NodeScript(name, of: project, tree), !script.delegates,
                !script.text.contains("migrate dev"), !script.text.contains("db push")
            else { continue }
            let isTool = tools.contains { script.text.contains($0) }
            let first = ServerCommand.split(script.text).first { !$0.contains("=") } ?? ""
            guard isTool || ["node", "tsx", "ts-node", "bun", "npx", "dotenv", "cross-env"].contains(first) else {
                continue
            }
            // A bare tool still needs migrations; a program of the repository says that it has some.
            if script.text.contains("knex") || script.text.contains("sequelize") { continue }
            return NodeMigrations(
                command: project.run(name), file: project.manifest.path, line: script.line,
                why: "\(name): \(script.text)", confidence: isTool ? Confidence.code : Confidence.dependency)
        }
        return nil
    }

    private static func knex(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.dependency("knex") != nil,
            let file = project.files.first(where: {
                $0.lastPathComponent.split(separator: ".").first == "knexfile"
            }),
            let folder = file.parentDirectory.relative(to: project.directory)
        else { return nil }
        let places = ["migrations", "db/migrations", "database/migrations", "src/db/migrations", "src/migrations"]
        guard
            let migration = places.lazy.compactMap({ tree.files(under: file.parentDirectory.appending(path: $0)).first }
            )
            .first ?? project.files.first(where: { $0.contains("/migrations/") }).map({ SourceTree.Entry(path: $0) })
        else { return nil }
        let place = folder == "." ? "" : " --knexfile \(file.relative(to: project.directory) ?? file)"
        return made("npx knex migrate:latest\(place)", migration.path, "Knex migrations")
    }

    private static func sequelize(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.dependency("sequelize-cli") != nil,
            let migration = project.files.first(where: {
                $0.contains("migrations/") && ($0.hasSuffix(".js") || $0.hasSuffix(".cjs") || $0.hasSuffix(".ts"))
            })
        else { return nil }
        return made("npx sequelize-cli db:migrate", migration, "Sequelize migrations")
    }

    /// Tools that need no script because they find their own files.
    private static func configured(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        if let found = nps(project, tree) ?? medusa(project, tree) { return found }
        if project.manifest.dependency("migrate-mongo") != nil,
            let file = project.configuration("migrate-mongo-config", tree)
        {
            return made("npx migrate-mongo up", file, "migrate-mongo's configuration")
        }
        if project.manifest.dependency("node-pg-migrate") != nil,
            let migration = tree.files(under: project.path("migrations")).first
        {
            return made("npx node-pg-migrate up", migration.path, "node-pg-migrate's migrations")
        }
        if project.manifest.dependency("dbmate") != nil,
            let migration = tree.files(under: project.path("db/migrations")).first
        {
            return made("npx dbmate up", migration.path, "dbmate's migrations")
        }
        return nil
    }

    /// `db: { migrate: {` in nps's package-scripts.js.
    private static func nps(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.dependency("nps") != nil,
            let path = ["package-scripts.js", "package-scripts.cjs"].map(project.path).first(where: tree.contains),
            let bytes = tree.bytes(path)
        else { return nil }
        let code = Code(path: path, language: .javascript, bytes: bytes)
        for index in 0..<code.count
        where code.isWord(index, of: ["migrate", "migration", "migrations"]) && code.isMark(index + 1, ":") {
            guard let open = code.parent(index), code.isMark(open, "{"), let group = code.word(open - 2),
                ["db", "database"].contains(group)
            else { continue }
            return made("npx nps \(group).\(code.text(index))", path, "a script of nps")
        }
        return nil
    }

    /// Medusa brings the migrations of its own modules (docs.medusajs.com, deployment).
    private static func medusa(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.production("@medusajs/framework") != nil else { return nil }
        return made("npx medusa db:migrate", project.manifest.path, "Medusa's own migrations")
    }

    private static func adonis(_ project: NodeProject, _ tree: SourceTree) -> NodeMigrations? {
        guard project.manifest.production("@adonisjs/lucid") != nil,
            let migration = tree.files(under: project.path("database/migrations")).first
        else { return nil }
        return made("node ace migration:run --force", migration.path, "Lucid migrations")
    }
}
