// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What the dependencies of a package connect to.
enum NodeResources {
    /// By name on npm; a client whose server is optional in most projects is not listed.
    static let drivers: [(dependency: String, kind: Resource.Kind)] = [
        ("pg", .postgres), ("postgres", .postgres), ("pg-promise", .postgres), ("slonik", .postgres),
        ("@databases/pg", .postgres), ("pg-boss", .postgres), ("graphile-worker", .postgres),
        ("@prisma/adapter-pg", .postgres), ("@mikro-orm/postgresql", .postgres), ("postgraphile", .postgres),
        ("@payloadcms/db-postgres", .postgres), ("pg-native", .postgres), ("@medusajs/medusa", .postgres),
        ("mysql2", .mysql), ("mysql", .mysql), ("@mikro-orm/mysql", .mysql), ("mariadb", .mariadb),
        ("mongoose", .mongodb), ("mongodb", .mongodb), ("@nestjs/mongoose", .mongodb), ("monk", .mongodb),
        ("@typegoose/typegoose", .mongodb), ("connect-mongo", .mongodb), ("agenda", .mongodb),
        ("@payloadcms/db-mongodb", .mongodb), ("@mikro-orm/mongodb", .mongodb),
        ("redis", .redis), ("ioredis", .redis), ("bullmq", .redis), ("bull", .redis), ("bee-queue", .redis),
        ("connect-redis", .redis), ("@fastify/redis", .redis), ("@nestjs/bullmq", .redis), ("@nestjs/bull", .redis),
        ("@socket.io/redis-adapter", .redis), ("@adonisjs/redis", .redis), ("handy-redis", .redis),
        ("@redis/client", .redis), ("iovalkey", .valkey), ("@valkey/valkey-glide", .valkey),
        ("amqplib", .rabbitmq), ("amqp-connection-manager", .rabbitmq), ("rascal", .rabbitmq),
        ("@golevelup/nestjs-rabbitmq", .rabbitmq),
        ("minio", .s3), ("@aws-sdk/client-s3", .s3), ("multer-s3", .s3),
        ("@elastic/elasticsearch", .elasticsearch), ("@opensearch-project/opensearch", .elasticsearch),
        ("@nestjs/elasticsearch", .elasticsearch), ("memjs", .memcached), ("memcached", .memcached),
        ("meilisearch", .meilisearch),
        ("better-sqlite3", .sqlite), ("sqlite3", .sqlite), ("sqlite", .sqlite), ("@libsql/client", .sqlite),
        ("@mikro-orm/sqlite", .sqlite), ("@prisma/adapter-better-sqlite3", .sqlite), ("@payloadcms/db-sqlite", .sqlite),
        ("@supabase/supabase-js", .external), ("firebase-admin", .external), ("@planetscale/database", .external),
        ("@neondatabase/serverless", .external), ("@upstash/redis", .external), ("convex", .external),
    ]
    private static let relational: Set<Resource.Kind> = [.postgres, .mysql, .mariadb]

    /// Modules of the runtimes themselves.
    private static let builtIn = ByteSearch(["node:sqlite", "bun:sqlite"])

    struct Found {
        let kind: Resource.Kind
        let file: String
        let line: Int?
        let why: String
        let confidence: Double
    }

    /// Of the package and of those of the workspace that it uses.
    static func find(in projects: [NodeProject], _ tree: SourceTree) -> [Found] {
        var found: [Found] = []
        func add(_ kind: Resource.Kind, _ file: String, _ line: Int?, _ why: String, _ confidence: Double) {
            guard !found.contains(where: { $0.kind == kind }) else { return }
            found.append(Found(kind: kind, file: file, line: line, why: why, confidence: confidence))
        }
        for project in projects {
            if let schema = PrismaSchema(project, tree), let kind = schema.kind {
                add(kind, schema.path, schema.provider?.line, "Prisma provider", Confidence.code)
            }
            if let path = project.configuration("drizzle.config", tree), let settings = ScriptSettings(path, in: tree),
                let kind = kind(ofDialect: settings.string("dialect") ?? settings.string("driver"))
            {
                add(kind, path, nil, "Drizzle dialect", Confidence.code)
            }
        }
        let isSettled = found.contains { relational.contains($0.kind) || $0.kind == .sqlite }
        let hasRelational = drivers.contains { row in
            relational.contains(row.kind) && projects.contains { $0.manifest.production(row.dependency) != nil }
        }
        let watchesOnly = projects.contains(where: watches)
        for project in projects {
            if let fork = project.manifest.dependencyNames.lazy.map(\.name).first(where: isSQLite),
                let dependency = project.manifest.production(fork), !isSettled
            {
                add(.sqlite, project.manifest.path, dependency.line, "depends on \(fork)", Confidence.dependency)
            }
            for row in drivers {
                guard let dependency = project.manifest.production(row.dependency) else { continue }
                // A schema that names its database is believed before a driver that lies beside it.
                if isSettled, relational.contains(row.kind) || row.kind == .sqlite { continue }
                // Nothing else loads it, so without an import it is left over from before another database.
                if row.dependency == "mongoose", hasRelational, !isImported(row.dependency, by: projects, tree) {
                    continue
                }
                if watchesOnly, [.mongodb, .redis, .postgres, .mysql].contains(row.kind) { continue }
                add(
                    row.kind, project.manifest.path, dependency.line, "depends on \(row.dependency)",
                    Confidence.dependency)
            }
        }
        if !found.contains(where: { $0.kind == .sqlite || relational.contains($0.kind) }) {
            for project in projects {
                if let path = project.scripts.first(where: { builtIn.isFound(in: tree.bytes($0) ?? []) }) {
                    add(.sqlite, path, nil, "the runtime's own SQLite", Confidence.code)
                }
            }
        }
        // Templates carry SQLite for tests beside the database that they deploy with.
        // With drivers of several servers the operator chooses, SQLite included.
        if found.count(where: { relational.contains($0.kind) }) == 1, !isSettled {
            found.removeAll { $0.kind == .sqlite }
        }
        return found.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    private static func isImported(_ package: String, by projects: [NodeProject], _ tree: SourceTree) -> Bool {
        let search = ByteSearch(["'\(package)", "\"\(package)", "`\(package)"])
        let scripts = projects.flatMap(\.scripts)
        // Without code to look at nobody knows.
        return scripts.isEmpty || scripts.contains { search.isFound(in: tree.bytes($0) ?? []) }
    }

    /// A published fork of a driver: `@someone/sqlite3`.
    private static func isSQLite(_ name: String) -> Bool {
        name.hasPrefix("@") && (name.hasSuffix("/sqlite3") || name.hasSuffix("/better-sqlite3"))
    }

    /// A program with a driver for everything keeps its own data in a file and watches the others.
    private static func watches(_ project: NodeProject) -> Bool {
        let manifest = project.manifest
        let foreign = ["pg", "mysql2", "mysql", "mongodb", "redis", "mssql", "oracledb"].count {
            manifest.production($0) != nil
        }
        return foreign >= 4
            && (manifest.dependencyNames.contains { isSQLite($0.name) } || manifest.production("better-sqlite3") != nil
                || manifest.production("sqlite3") != nil)
    }

    private static func kind(ofDialect dialect: String?) -> Resource.Kind? {
        switch dialect {
        case "postgresql", "pg", "postgres": .postgres
        case "mysql", "mysql2": .mysql
        case "sqlite", "turso", "better-sqlite", "libsql": .sqlite
        default: nil
        }
    }
}
