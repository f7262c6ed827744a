// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Migrations that a Go module brings and that its program does not run by itself.
struct GoMigrations {
    let command: String
    let file: String
    let why: String

    static func find(in module: GoModule, _ repository: Repository) -> GoMigrations? {
        files(of: module, repository.tree) ?? program(of: module)
    }

    /// A subcommand of the server's own program: `Use: "migrate"`, with `Use: "up"` below it.
    private static func subcommand(of module: GoModule) -> GoMigrations? {
        guard module.requires.contains(where: { $0.path.hasSuffix("/cobra") || $0.path.contains("urfave/cli") }),
            let program = module.programs.first(where: { $0.directory == module.directory }) ?? module.programs.first
        else { return nil }
        let uses = module.code.collect { line -> [(String, CodeLine)] in
            guard line.text.has("Use:") || line.text.has("Name:"), let word = line.literals.first else { return [] }
            return [(String(word.prefix { $0 != " " }), line)]
        }
        guard let found = uses.first(where: { ["migrate", "migrate:up", "migrations"].contains($0.0) }) else {
            return nil
        }
        let hasUp = found.0 != "migrate:up" && uses.contains { $0.0 == "up" }
        return GoMigrations(
            command: "./bin/\(program.name) \(found.0)\(hasUp ? " up" : "")", file: found.1.file,
            why: "subcommand that migrates")
    }

    private static func files(of module: GoModule, _ tree: SourceTree) -> GoMigrations? {
        let files = tree.files(under: module.directory).filter { entry in
            guard entry.path.utf8.suffix(4).elementsEqual(".sql".utf8) else { return false }
            let folder = entry.directory.lowercased()
            return folder.contains("migration") || folder.contains("schema") || entry.name.hasSuffix(".up.sql")
        }
        let marks = ["+goose Up", "-- migrate:up", "+migrate Up"]
        let marked = files.prefix(20).first { entry in
            tree.text(entry.path).map { text in marks.contains { text.contains($0) } } == true
        }
        guard let first = marked ?? files.first, let folder = first.directory.relative(to: module.directory) else {
            return nil
        }
        let kinds = module.resources.map(\.0)
        let database = "\"\(address(in: module))\""
        let text = tree.text(first.path) ?? ""
        if text.contains("+goose Up") {
            let runsItself = ["goose.Up", "goose.NewProvider", "goose.Run"].contains { module.code.contains($0) }
            let driver = kinds.contains(.mysql) ? "mysql" : kinds.contains(.sqlite) ? "sqlite3" : "postgres"
            return runsItself
                ? nil
                : GoMigrations(
                    command: "goose -dir \(folder) \(driver) \(database) up", file: first.path, why: "goose migrations")
        }
        if text.contains("-- migrate:up") {
            return module.code.contains("dbmate.New(")
                ? nil
                : GoMigrations(
                    command: "dbmate --url \(database) --migrations-dir \(folder) up", file: first.path,
                    why: "dbmate's migrations")
        }
        if text.contains("+migrate Up") {
            return module.code.contains("migrate.Exec")
                ? nil : GoMigrations(command: "sql-migrate up", file: first.path, why: "sql-migrate's migrations")
        }
        if let up = files.first(where: { $0.name.hasSuffix(".up.sql") }),
            let place = up.directory.relative(to: module.directory)
        {
            let runsItself = ["migrate.New", "migrate.NewWithInstance", "WithInstance("].contains { call in
                module.code.files.contains { file in
                    file.text.contains(call) && !isMigrator(file.path.parentDirectory, module)
                }
            }
            guard !runsItself else { return nil }
            return program(of: module)
                ?? GoMigrations(
                    command: "migrate -path \(place) -database \(Self.withScheme(database, kinds)) up", file: up.path,
                    why: "golang-migrate's migrations")
        }
        return nil
    }

    /// golang-migrate wants to read from the address which database it is.
    private static func withScheme(_ address: String, _ kinds: [Resource.Kind]) -> String {
        kinds.contains(.mysql) && address.contains("@tcp(") ? "\"mysql://" + address.dropFirst() : address
    }

    /// Where the tools find the database: the variable that the code reads it from, or its parts put together.
    private static func address(in module: GoModule) -> String {
        let whole = [
            "DATABASE_URL", "DATABASE_URI", "DATABASE_DSN", "DB_URL", "DB_DSN", "DB_URI", "POSTGRES_URL",
            "POSTGRES_DSN", "PG_URL", "POSTGRESQL_URL", "MYSQL_DSN", "DSN",
        ]
        if let name = whole.first(where: { module.code.contains("\"\($0)\"") }) { return "$\(name)" }
        let scheme = module.resources.contains { $0.kind == .mysql } ? "mysql" : "postgres"
        for prefix in ["DB", "POSTGRES", "DATABASE", "PG", "MYSQL"] {
            func name(_ endings: [String]) -> String? {
                endings.map { "\(prefix)_\($0)" }.first { module.code.contains("\"\($0)\"") }
            }
            guard let host = name(["HOST"]), let user = name(["USER", "USERNAME"]),
                let password = name(["PASSWORD", "PASS"]), let database = name(["NAME", "DATABASE", "DB", "DBNAME"])
            else { continue }
            let port = name(["PORT"]).map { ":$\($0)" } ?? ""
            let place = scheme == "mysql" ? "tcp($\(host)\(port))" : "$\(host)\(port)"
            return (scheme == "mysql" ? "" : "postgres://") + "$\(user):$\(password)@\(place)/$\(database)"
                + (scheme == "mysql" ? "?parseTime=true" : "?sslmode=disable")
        }
        return "$DATABASE_URL"
    }

    /// A program of the module beside the server that only brings the database up to date: `cmd/migrate`.
    private static func program(of module: GoModule) -> GoMigrations? {
        guard module.programs.count > 1,
            let found = module.programs.first(where: { isMigrator($0.directory, module) }),
            let place = found.directory.relative(to: module.directory)
        else { return subcommand(of: module) }
        return GoMigrations(command: "go run ./\(place)", file: found.file, why: "program that migrates")
    }

    private static func isMigrator(_ directory: String, _ module: GoModule) -> Bool {
        directory != module.directory
            && ["migrate", "migrator", "migration", "migrations", "dbmigrate", "db-migrate"].contains(
                directory.lastPathComponent.lowercased())
            && module.programs.contains { $0.directory == directory }
    }
}
