// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Databases, caches and queues of Node packages, by driver or schema, and the command that migrates them.
struct NodeResourceDetector: Detector {
    let name = "node-resources"

    private static let drivers: [String: Resource.Kind] = [
        "pg": .postgres, "postgres": .postgres, "pg-promise": .postgres, "@neondatabase/serverless": .postgres,
        "@vercel/postgres": .postgres, "slonik": .postgres,
        "mysql": .mysql, "mysql2": .mysql, "mariadb": .mariadb, "mongodb": .mongodb, "mongoose": .mongodb,
        "redis": .redis, "ioredis": .redis, "bullmq": .redis, "bull": .redis, "bee-queue": .redis,
        "connect-redis": .redis, "amqplib": .rabbitmq, "amqp-connection-manager": .rabbitmq,
        "@elastic/elasticsearch": .elasticsearch, "@opensearch-project/opensearch": .elasticsearch, "memjs": .memcached,
        "better-sqlite3": .sqlite, "sqlite3": .sqlite,
    ]
    private static let providers: [String: Resource.Kind] = [
        "postgresql": .postgres, "postgres": .postgres, "cockroachdb": .postgres, "mysql": .mysql, "mongodb": .mongodb,
        "sqlite": .sqlite,
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.node.flatMap { project -> [Evidence] in
            let subject = Subject(project.directory, nil)
            let manifest = project.manifest
            var found: [Evidence] = []
            for (name, line) in manifest.dependencyNames where manifest.production(name) != nil {
                guard let kind = Self.drivers[name] else { continue }
                found.append(
                    .claim(
                        .needs(kind), for: subject, file: manifest.path, line: line, why: "depends on \(name)",
                        confidence: Confidence.dependency))
            }
            for (kind, variable, origin) in prisma(project, repository.tree) {
                found.append(
                    .claim(
                        .needs(kind), for: subject, file: origin.file, line: origin.line, why: "Prisma's provider",
                        confidence: Confidence.code))
                found.append(.resource(kind, version: nil, variable: variable, origin))
            }
            found += variables(project, found, repository.tree)
            return found + migrations(project, subject, repository.tree)
        }
    }

    /// Which of the usual variables the code reads for the drivers found.
    private func variables(_ project: NodeProject, _ evidence: [Evidence], _ tree: SourceTree) -> [Evidence] {
        let kinds = evidence.compactMap { if case .service(_, .needs(let kind), _) = $0 { kind } else { nil } }
        guard !kinds.isEmpty else { return [] }
        let texts = project.scripts.compactMap { path in tree.text(path).map { (path, $0) } }.filter {
            $0.1.utf8.contains("env")
        }
        return Set(kinds).sorted { $0.rawValue < $1.rawValue }.compactMap { kind -> Evidence? in
            for name in ResourceVariables.names[kind] ?? [] {
                for (path, text) in texts where text.utf8.contains(name) {
                    let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.has(name) }
                        .map { $0 + 1 }
                    return .resource(
                        kind, version: nil, variable: name,
                        Origin(file: path, line: line, why: "the code reads \(name)", confidence: Confidence.toolFile))
                }
            }
            return nil
        }
    }

    private func prisma(_ project: NodeProject, _ tree: SourceTree) -> [(Resource.Kind, String?, Origin)] {
        guard project.manifest.depends(onAny: ["@prisma/client", "prisma"]) != nil else { return [] }
        let schemas = project.files.filter { $0.hasSuffix(".prisma") }
        for path in schemas {
            guard let text = tree.text(path) else { continue }
            var inSource = false
            var kind: (Resource.Kind, Int)?
            var variable: String?
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if line.hasPrefix("datasource") { inSource = true }
                if inSource, line.has("provider"),
                    let name = CodeLine(file: path, number: index, indentation: 0, text: line).literals.first
                {
                    kind = Self.providers[name].map { ($0, index + 1) }
                }
                if inSource, line.has("url"), line.has("env("), variable == nil {
                    variable = CodeLine(file: path, number: index, indentation: 0, text: line).argument(of: "env")
                }
                if line.hasPrefix("}") { inSource = false }
            }
            if let kind {
                return [
                    (
                        kind.0, variable,
                        Origin(file: path, line: kind.1, why: "Prisma schema", confidence: Confidence.code)
                    )
                ]
            }
        }
        return []
    }

    private func migrations(_ project: NodeProject, _ subject: Subject, _ tree: SourceTree) -> [Evidence] {
        func claim(_ command: String, _ file: String, _ line: Int?, _ why: String, _ confidence: Double) -> [Evidence] {
            [.claim(.release(command), for: subject, file: file, line: line, why: why, confidence: confidence)]
        }
        let manifest = project.manifest
        for name in [
            "migrate:deploy", "db:deploy", "db:migrate:deploy", "prisma:deploy", "migrate:prod", "db:migrate",
            "migrate", "migration:run", "migrations:run", "migrate:latest",
        ] {
            guard let script = manifest.script(name),
                Migrations.isMigration(script.text) || script.text.contains("migrat"),
                !script.text.contains("migrate dev")
            else { continue }
            return claim(project.run(name), manifest.path, script.line, "\(name): \(script.text)", 0.75)
        }
        if manifest.depends(onAny: ["prisma", "@prisma/client"]) != nil,
            let file = project.files.first(where: {
                $0.hasSuffix("migration.sql") || $0.hasSuffix("migrations/migration_lock.toml")
            })
        {
            return claim("npx prisma migrate deploy", file, nil, "Prisma's migrations", Confidence.toolFile)
        }
        if manifest.dependency("drizzle-kit") != nil, let file = project.configuration("drizzle.config", tree),
            project.files.contains(where: { $0.hasSuffix("_journal.json") })
        {
            return claim("npx drizzle-kit migrate", file, nil, "Drizzle's migrations", Confidence.dependency)
        }
        if manifest.production("knex") != nil, let file = project.configuration("knexfile", tree) {
            return claim("npx knex migrate:latest", file, nil, "Knex's configuration", Confidence.dependency)
        }
        if manifest.production("sequelize") != nil, manifest.dependency("sequelize-cli") != nil,
            let file = project.files.first(where: { $0.contains("/migrations/") })
        {
            return claim("npx sequelize-cli db:migrate", file, nil, "Sequelize's migrations", 0.65)
        }
        return []
    }
}
