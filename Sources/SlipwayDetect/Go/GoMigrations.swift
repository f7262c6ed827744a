// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Migrations that a Go module brings and that its program does not run by itself.
struct GoMigrations {
    let command: String
    let file: String
    let why: String

    static func find(in module: GoModule, _ tree: SourceTree) -> GoMigrations? {
        let files = tree.files(under: module.directory).filter { entry in
            entry.path.utf8.suffix(4).elementsEqual(".sql".utf8)
                && entry.directory.lastPathComponent.lowercased().contains("migration")
        }
        guard let first = files.first, let folder = first.directory.relative(to: module.directory) else { return nil }
        let kinds = module.resources.map(\.0)
        let database = "\"$DATABASE_URL\""
        if tree.text(first.path)?.contains("+goose Up") == true {
            let runsItself = ["goose.Up", "goose.NewProvider", "goose.Run"].contains { module.code.contains($0) }
            let driver = kinds.contains(.mysql) ? "mysql" : kinds.contains(.sqlite) ? "sqlite3" : "postgres"
            return runsItself
                ? nil
                : GoMigrations(
                    command: "goose -dir \(folder) \(driver) \(database) up", file: first.path, why: "goose migrations")
        }
        if files.contains(where: { $0.name.hasSuffix(".up.sql") }) {
            let runsItself = ["migrate.New", ".Up()", "migrate.NewWithInstance"].contains { module.code.contains($0) }
            return runsItself
                ? nil
                : GoMigrations(
                    command: "migrate -path \(folder) -database \(database) up", file: first.path,
                    why: "golang-migrate's migrations")
        }
        return nil
    }
}
