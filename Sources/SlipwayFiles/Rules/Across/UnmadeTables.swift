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
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npx prisma generate\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"6\"}}",
                "prisma/schema.prisma": "datasource db {\n  provider = \"postgresql\"\n}\nmodel User {\n}\n",
                "railway.toml": "[deploy]\nstartCommand = 'node a.js'\n",
            ],
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"uvicorn\", \"a:app\"]\n",
                    "models.py": "class User(Base):\n    __tablename__ = 'users'\n",
                    "requirements.txt": "sqlalchemy\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "python")])),
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "README.md": "## Deployment\n\n```\ndocker compose exec api npx prisma db push\n```\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"6\"}}",
                "prisma/schema.prisma": "datasource db {\n  provider = \"postgresql\"\n}\nmodel User {\n}\n",
            ],
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"6\"}}",
                "prisma/schema.prisma": "datasource db {\n  provider = \"mongodb\"\n}\nmodel User {\n}\n",
            ],
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"uvicorn\", \"a:app\"]\n",
                    "a.py": "Base.metadata.create_all(bind=engine)\n",
                    "models.py": "class User(Base):\n    __tablename__ = 'users'\n",
                    "requirements.txt": "sqlalchemy\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "python")])),
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
        guard repository.isWhole, !bringsItsTables(repository) else { return [] }
        return SchemaTool.all(in: repository).flatMap { tool -> [Violation] in
            let targets = SchemaTarget.all(of: tool, in: repository)
            guard !targets.isEmpty, !tool.isApplied(in: repository) else { return [] }
            // Nobody is told of it either, and Compose brings an empty database.
            let isCertain = !isTold(tool, repository) && bringsDatabase(repository)
            return targets.map { target in
                let advice = target.advice.flatMap { way in tool.command.map(way) } ?? tool.advice
                return Violation(
                    file: target.file, line: target.line,
                    "nothing makes the tables of \(target.name == "the image" ? "a new database" : "the database on " + target.name) from \(tool.place); \(advice)",
                    severity: isCertain && target.name == "the image" ? .error : nil)
            }
        }
    }

    private static func isTold(_ tool: SchemaTool, _ repository: CheckedRepository) -> Bool {
        repository.documents.contains { entry in
            repository.tree.bytes(entry.path).map { bytes in
                tool.signs.contains { ByteSearch.contains($0.utf8, in: bytes) }
            } == true
        }
    }

    private static func bringsDatabase(_ repository: CheckedRepository) -> Bool {
        repository.composeFiles.contains { file in
            !file.isForDevelopment && file.services.contains { $0.build != nil }
                && file.services.contains { service in
                    ["postgres", "mysql", "mariadb"].contains {
                        service.image.map(\.text).map(ImageName.init)?.name.contains($0) == true
                    }
                }
        }
    }

    /// Whether statements of the repository make the tables in another way than its tools do.
    private static func bringsItsTables(_ repository: CheckedRepository) -> Bool {
        repository.tree.files(ending: "sql").contains { entry in
            !entry.path.lowercased().contains("test")
                && repository.tree.bytes(entry.path).map {
                    $0.count < 1_000_000
                        && (ByteSearch.contains("CREATE TABLE".utf8, in: $0)
                            || ByteSearch.contains("create table".utf8, in: $0))
                } == true
        }
    }
}
