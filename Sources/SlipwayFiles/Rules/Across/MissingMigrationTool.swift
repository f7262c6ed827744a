// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The command that makes the tables is no part of what is deployed.
    static let migrationToolLeftBehind = Rule(
        "AP223", .warning, "the image lacks the program that migrates",
        why:
            "A tool among the development dependencies is not installed with --omit=dev: in the deployed image the "
            + "migration fails, or npx fetches whatever version is the newest on that day.",
        catches: [
            RuleExample(
                [
                    "Dockerfile":
                        "FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    "package.json":
                        "{\"dependencies\":{\"sequelize\":\"6\"},\"devDependencies\":{\"sequelize-cli\":\"6\"}}",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "npx sequelize-cli db:migrate")
                    ]))
        ],
        passes: [
            RuleExample(
                [
                    "Dockerfile":
                        "FROM node:22\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    "package.json": "{\"dependencies\":{\"sequelize\":\"6\",\"sequelize-cli\":\"6\"}}",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "npx sequelize-cli db:migrate")
                    ])),
            RuleExample(
                [
                    "Dockerfile":
                        "FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                    "package.json":
                        "{\"dependencies\":{\"sequelize\":\"6\"},\"devDependencies\":{\"sequelize-cli\":\"6\"}}",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "a", directory: ".", role: .backend, release: "npx sequelize-cli db:migrate")
                    ])),
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard let app = unit.app, !unit.isForDevelopment,
                let text = repository.tree.text(GoPath.clean(app.directory + "/package.json")),
                let root = JSONDocument(parsing: text).root,
                let tool = MigrationTools.left(root, release: app.release)
            else { return nil }
            let own = unit.stage.instructions
            let install = own.first { instruction in
                instruction.keyword == "RUN"
                    && ["npm ci", "npm install", "npm i ", "yarn", "pnpm i"].contains(where: instruction.text.contains)
                    && ["--omit=dev", "--omit dev", "--production", "--only=prod", "--prod", " -P"].contains(
                        where: instruction.text.contains)
            }
            guard let install, !OptionalPeers.keep(tool, beside: root, by: install.text),
                !own.contains(where: { $0.text.contains(tool) && ($0.text.contains("-g") || $0.text.contains("npm i")) }
                ),
                !own.contains(where: {
                    $0.flag("from") != nil && $0.text.contains("node_modules") && !$0.text.contains(".prisma")
                        && !$0.text.contains("@prisma")
                }),
                !isElsewhere(unit, repository)
            else { return nil }
            return Violation(
                file: unit.dockerfile.location, line: install.line,
                "\(tool) is a development dependency and not in this image, so nothing in it can migrate; type in \(app.directory): "
                    + "npm install --save-prod \(tool)")
        }
    }

    /// Whether another stage of the file, or another service, is there to migrate.
    private static func isElsewhere(_ unit: DeployedUnit, _ repository: CheckedRepository) -> Bool {
        repository.deployedUnits.contains { other in
            other.stage.index != unit.stage.index && other.dockerfile.location == unit.dockerfile.location
                && other.service?.name.lowercased().contains("migrat") == true
        }
    }
}

/// Programs of npm that change a database's tables.
private enum MigrationTools {
    private static let all = [
        "sequelize-cli", "prisma", "knex", "drizzle-kit", "node-pg-migrate", "db-migrate", "migrate-mongo", "typeorm",
        "@mikro-orm/cli", "umzug",
    ]

    /// The one that is installed for developers alone and that migrates here.
    static func left(_ manifest: DataNode, release: String?) -> String? {
        all.first { tool in
            manifest["devDependencies"]?[tool] != nil && manifest["dependencies"]?[tool] == nil
                && release?.contains(tool.split(separator: "/").last.map(String.init) ?? tool) == true
        }
    }
}
