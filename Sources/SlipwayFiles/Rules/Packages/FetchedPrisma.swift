// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// P1012: The datasource property `url` is no longer supported in schema files.
    static let fetchedPrisma = Rule(
        "AP670", .error, "the container fetches the newest Prisma to migrate, and that refuses the schema",
        why:
            "The image is installed without development dependencies, so npx fetches prisma anew at the start: since version 7 it "
            + "refuses url in the schema (P1012), and the migration ends the start.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22-slim\nCOPY . .\nRUN corepack enable && pnpm install --prod\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node a.js\"]\n",
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"5.22.0\"},\"devDependencies\":{\"prisma\":\"5.22.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22-slim AS build\nCOPY . .\nRUN yarn install && yarn build\nRUN yarn install --production\nFROM node:22-slim\nCOPY --from=build /app/node_modules ./node_modules\nCOPY start.sh .\nCMD [\"./start.sh\"]\n",
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"5.22.0\"},\"devDependencies\":{\"prisma\":\"5.22.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
                "start.sh": "#!/bin/sh\nset -e\nnpx prisma migrate deploy\nexec node a.js\n",
            ],
        ],
        passes: [
            // npm leaves it in place: @prisma/client names it as an optional peer.
            [
                "Dockerfile":
                    "FROM node:22-slim\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node a.js\"]\n",
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"5.22.0\"},\"devDependencies\":{\"prisma\":\"5.22.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22-slim\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node a.js\"]\n",
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"5.22.0\",\"prisma\":\"5.22.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22-slim\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"sh\", \"-c\", \"npx prisma@5.22.0 migrate deploy && node a.js\"]\n",
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"5.22.0\"},\"devDependencies\":{\"prisma\":\"5.22.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22-slim\nCOPY . .\nRUN npm ci\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && node a.js\"]\n",
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"5.22.0\"},\"devDependencies\":{\"prisma\":\"5.22.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let sources = PrismaSource.all(in: repository.tree)
        guard !sources.isEmpty, sources.allSatisfy({ $0.variable != nil && $0.block.contains("url") }) else {
            return []
        }
        let packages = NodePins.all(in: repository.tree)
        return repository.deployedUnits.compactMap { unit in
            guard !unit.isForDevelopment, !unit.mountsItsSource,
                let start = unit.startedCommands.first(where: { isFetching($0.text) }),
                let folder = [unit.context, SourceTree.Entry(path: unit.dockerfile.location).directory].compactMap({
                    $0
                })
                .first(where: { folder in packages.contains { $0.folder == folder } }),
                let own = packages.first(where: { $0.folder == folder }), own.developmentNames.contains("prisma"),
                let version = own.lowest("prisma"), version < PackageVersion(7), isBare(unit, own)
            else { return nil }
            return Violation(
                file: start.file, line: start.line,
                "prisma is a development dependency and not in this image, so npx fetches version 7, which refuses url in "
                    + "\(sources[0].path); type in \(folder): npm install --save-prod prisma@\(version)")
        }
    }

    /// `npx prisma migrate deploy`, without a version.
    private static func isFetching(_ text: String) -> Bool {
        guard let range = TextSearch.range(of: "npx ", in: text[...]) else { return false }
        let words = text[range.upperBound...].split { " \"',".contains($0) }.filter { !$0.hasPrefix("-") }
        return words.first == "prisma" && words.count > 1 && ["migrate", "db"].contains(words[1])
    }

    /// Whether the last thing that happens to the packages of the image leaves those for developers out.
    private static func isBare(_ unit: DeployedUnit, _ pins: NodePins) -> Bool {
        let file = unit.dockerfile
        let own = unit.instructions
        // prisma may be installed by hand, or copied by its name.
        guard
            !own.contains(where: { instruction in
                ["RUN", "COPY"].contains(instruction.keyword)
                    && (instruction.text.contains("node_modules/prisma") || instruction.text.contains("install prisma")
                        || instruction.text.contains("add prisma") || instruction.text.contains(" -g "))
            })
        else { return false }
        func ending(_ instructions: [DockerfileInstruction]) -> Bool? {
            let installs = instructions.filter { instruction in
                instruction.keyword == "RUN"
                    && ["npm ci", "npm install", "npm prune", "yarn install", "pnpm install", "pnpm prune"].contains(
                        where: instruction.text.contains)
            }
            return installs.last.map { last in
                ["--omit=dev", "--omit dev", "--production", "--only=prod", "--prod"].contains(
                    where: last.text.contains)
                    && !last.text.contains("production=false")
                    && !OptionalPeers.keep("prisma", beside: pins.root, by: last.text)
            }
        }
        if let own = ending(own) { return own }
        let copies = own.filter {
            $0.keyword == "COPY" && $0.flag("from") != nil && $0.text.contains("node_modules")
                // The generated client is copied beside the packages.
                && !$0.text.contains(".prisma") && !$0.text.contains("@prisma")
        }
        guard copies.count == 1, let from = copies[0].flag("from")?.value,
            let stage = file.reading.file.stage(from, in: file.stages)
        else { return false }
        return ending(file.lineage(of: stage)) == true
    }
}
