// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Migrations that a Cargo workspace brings and that its program does not run by itself.
struct RustMigrations {
    let command: String
    let file: String
    let why: String

    static func find(
        of package: CargoPackage, _ own: [CargoPackage], _ all: [CargoPackage], _ root: String, _ code: CodeBase,
        _ tree: SourceTree
    ) -> RustMigrations? {
        // SeaORM's migrations are a program of their own.
        if own.contains(where: { $0.dependency("sea-orm") != nil }), let migration = all.first(where: \.isMigration) {
            guard !code.contains("Migrator::up(") else { return nil }
            let isMember = migration.workspaceRoot(in: tree) == root
            return RustMigrations(
                command: isMember
                    ? "cargo run --release --package \(migration.name) -- up"
                    : "cargo run --release --manifest-path \(migration.manifest) -- up", file: migration.manifest,
                why: "SeaORM's migrations")
        }
        // A binary of the package that is named so.
        for package in own {
            guard
                let binary = package.binaries(in: tree).dropFirst().first(where: {
                    ["migrate", "migration", "migrations"].contains($0)
                })
            else { continue }
            let isInterface = code.contains("cli::run_cli(") ? " up" : ""
            return RustMigrations(
                command: "./target/release/\(binary)\(isInterface)", file: package.manifest,
                why: "a binary named \(binary)")
        }
        for folder in Set(own.map(\.directory) + [root]).sorted() {
            let migrations = folder.appending(path: "migrations")
            guard let first = tree.files(under: migrations).first(where: { $0.path.hasSuffix(".sql") }) else {
                continue
            }
            let place = PathText.way(from: root, to: migrations)
            let source = place == "migrations" ? "" : place
            if own.contains(where: { $0.dependency("diesel") != nil || $0.dependency("diesel-async") != nil }) {
                guard !code.contains("embed_migrations!") else { return nil }
                let option = source.isEmpty ? "" : " --migration-dir \(ShellWord.quote(source))"
                return RustMigrations(
                    command: "diesel migration run\(option)", file: first.path, why: "Diesel migrations")
            }
            if own.contains(where: { $0.dependency("sqlx") != nil }) {
                guard !code.contains("migrate!"), !own.contains(where: { runs($0, tree) }) else { return nil }
                let option = source.isEmpty ? "" : " --source \(ShellWord.quote(source))"
                return RustMigrations(command: "sqlx migrate run\(option)", file: first.path, why: "sqlx migrations")
            }
        }
        return nil
    }

    private static func runs(_ package: CargoPackage, _ tree: SourceTree) -> Bool {
        tree.files(under: package.directory.appending(path: "src")).contains {
            $0.path.hasSuffix(".rs") && tree.text($0.path)?.contains("migrate!") == true
        }
    }
}
