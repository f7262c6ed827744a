// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The first query meets no table.
    static let unmadeTables = Rule(
        "AP210", .warning, "nothing that is deployed makes the tables",
        why:
            "The code has a schema, and no image, script or start command applies it: a new database stays empty and every "
            + "query fails.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"dist/a.js\"]\n",
                "drizzle.config.ts": "export default defineConfig({ schema: './src/schema.ts', out: './drizzle' })\n",
                "package.json":
                    "{\"scripts\":{\"db:push\":\"drizzle-kit push\",\"start\":\"node dist/a.js\"},\"dependencies\":{\"drizzle-orm\":\"1\"}}",
                "src/schema.ts": "export const users = pgTable('users', {})\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "a.js": "const sequelize = new Sequelize(url)\nsequelize.authenticate()\n",
                "migrations/1.js": "module.exports = {}\n",
                "package.json": "{\"dependencies\":{\"sequelize\":\"6\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"dist/a.js\"]\n",
                "drizzle.config.ts": "export default defineConfig({ schema: './src/schema.ts', out: './drizzle' })\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"drizzle-kit push && node dist/a.js\"},\"dependencies\":{\"drizzle-orm\":\"1\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh": "npm run db:push\nexec node a.js\n",
                "drizzle.config.ts": "export default defineConfig({ schema: './src/schema.ts', out: './drizzle' })\n",
                "package.json":
                    "{\"scripts\":{\"db:push\":\"drizzle-kit push\"},\"dependencies\":{\"drizzle-orm\":\"1\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "a.js": "const sequelize = new Sequelize(url)\nsequelize.sync()\n",
                "package.json": "{\"dependencies\":{\"sequelize\":\"6\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole, repository.tree.files(ending: "sql").isEmpty else {
            return []
        }
        let units = repository.images.filter { !$0.isForDevelopment }
        guard !units.isEmpty else { return [] }
        return repository.tree.files(named: "package.json").compactMap { entry in
            guard !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path),
                let root = JSONDocument(parsing: text).root,
                let schema = SchemaTool.of(root, in: entry.directory, repository),
                !schema.isApplied(in: repository),
                let unit = units.first(where: { SchemaTool.belongs(entry.directory, to: $0) })
            else { return nil }
            return Violation(
                file: entry.path, line: 1,
                "nothing applies \(schema.place), \(unit.dockerfile.location) neither; run once for each release: "
                    + schema.command)
        }
    }
}

/// A library that keeps its schema in the code, and what would apply it.
private struct SchemaTool {
    let place: String
    let command: String
    /// Words of commands and calls that make tables.
    let signs: [String]

    static func of(_ manifest: DataNode, in folder: String, _ repository: CheckedRepository) -> SchemaTool? {
        let prefix = folder == "." ? "" : folder + "/"
        func depends(_ name: String) -> Bool { manifest["dependencies"]?[name] != nil }
        if depends("drizzle-orm"),
            let config = repository.tree.entries.first(where: {
                $0.directory == folder && $0.name.hasPrefix("drizzle.config.")
            })
        {
            return SchemaTool(
                place: "the schema of \(config.path)", command: "npx drizzle-kit push",
                signs: ["drizzle-kit push", "drizzle-kit migrate", "/migrator", "db:push", "db:migrate", "pushSchema"])
        }
        if depends("sequelize"), !depends("sequelize-typescript"),
            let first = repository.tree.entries.first(where: {
                $0.path.hasPrefix(prefix + "migrations/") && ($0.name.hasSuffix(".js") || $0.name.hasSuffix(".ts"))
            })
        {
            return SchemaTool(
                place: first.directory, command: "npx sequelize-cli db:migrate",
                signs: [".sync(", "umzug", "Umzug", "sequelize-cli", "db:migrate", "sequelize db"])
        }
        return nil
    }

    static func belongs(_ folder: String, to unit: DeployedUnit) -> Bool {
        let own = SourceTree.Entry(path: unit.dockerfile.location).directory
        return own == folder || unit.context == folder || unit.app?.directory == folder
            || unit.dockerfile.reading.file.instructions.contains { instruction in
                instruction.keyword == "COPY" && folder != "."
                    && instruction.arguments.dropLast().contains { GoPath.clean($0) == folder }
            }
    }

    /// Whether code or a file that deploys has one of the signs; a script of package.json that only people type is none.
    func isApplied(in repository: CheckedRepository) -> Bool {
        let endings = [".sh", ".yml", ".yaml", ".toml", ".ts", ".js", ".mjs", ".cjs", ".tf"]
        return repository.tree.entries.contains { entry in
            let isPlace =
                endings.contains(where: entry.name.hasSuffix) || entry.name.contains("Dockerfile")
                || ["Procfile", "Makefile", "package.json"].contains(entry.name)
            let isAside =
                ["node_modules/", "seed", "reset", "test", "spec", "drizzle.config"].contains(
                    where: entry.path.lowercased().contains) || entry.path.hasPrefix(".github/")
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
        }
    }
}
