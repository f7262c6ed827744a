// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A renamed column is a dropped one.
    static let alteredAtStart = Rule(
        "AP390", .warning, "the application changes the tables of production at every start",
        why:
            "The library compares the models with the tables and changes what differs, without asking: a field that was "
            + "renamed or taken out is a column that is dropped, with everything in it. Two instances do it at once.",
        catches: [
            [
                "src/app.module.ts":
                    "TypeOrmModule.forRoot({\n  type: 'postgres',\n  url: process.env.DATABASE_URL,\n  synchronize: true,\n})\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"dist/main.js\"]\n",
            ],
            [
                "server.js": "sequelize.sync({ alter: true }).then(() => app.listen(5000))\n",
                "Procfile": "web: node server.js\n",
            ],
        ],
        passes: [
            [
                "src/app.module.ts":
                    "TypeOrmModule.forRoot({\n  type: 'postgres',\n  synchronize: process.env.NODE_ENV !== 'production',\n})\n",
                "Dockerfile": "FROM node:22\nCMD [\"node\", \"dist/main.js\"]\n",
            ],
            [
                "server.js": "if (process.env.NODE_ENV !== 'production') {\n  sequelize.sync({ alter: true })\n}\n",
                "Procfile": "web: node server.js\n",
            ],
            [
                "src/app.module.ts":
                    "TypeOrmModule.forRoot({ type: 'sqlite', database: ':memory:', synchronize: true })\n",
                "Procfile": "web: node a.js\n",
            ],
            ["server.js": "sequelize.sync({ alter: true })\n"],
        ]
    ) { repository in
        let isDeployed = !repository.deployedUnits.isEmpty || Deployments.isOnPlatform(repository)
        guard repository.isWhole, isDeployed else { return [] }
        let files = repository.code([".ts", ".js", ".mjs", ".cjs"], with: ["synchronize", "alter:"])
        return files.compactMap { code in
            let lower = code.path.lowercased()
            guard !["seed", "script", "migrat", "cli", "demo", "bench"].contains(where: lower.contains) else {
                return nil
            }
            let index = code.bare.firstIndex { line in
                line.contains("synchronize:true") || line.contains(".sync({alter:true")
            }
            guard let index, !isConditional(code, index) else { return nil }
            let name = code.bare[index].contains("synchronize") ? "synchronize" : "alter"
            return Violation(
                file: code.path, line: index + 1,
                "columns are dropped when models change; take \(name) away, and change tables with migrations")
        }
    }

    private static func isConditional(_ code: CodeText, _ index: Int) -> Bool {
        let before = code.bare[max(0, index - 4)...index].joined()
        let around = code.bare[max(0, index - 12)...min(code.bare.count - 1, index + 6)].joined()
        return ["if(", "?", "&&", "NODE_ENV", "isDev", "isProd"].contains(where: before.contains)
            || ["':memory:'", "Testing", "inMemory"].contains(where: around.contains)
    }
}
