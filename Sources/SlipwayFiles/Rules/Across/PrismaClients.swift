// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The package of the client is empty until somebody generates it.
    static let prismaNotGenerated = Rule(
        "AP229", .error, "the image never generates the Prisma client",
        why:
            "npm installs before the schema is there, and no later step generates the client: the process ends with "
            + "\"@prisma/client did not initialize yet\", or the build with missing types.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"node a.js\"},\"dependencies\":{\"@prisma/client\":\"6\"},\"devDependencies\":{\"prisma\":\"6\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
                ".dockerignore": "node_modules\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nRUN npm install -g pnpm\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install --frozen-lockfile\nCOPY . .\nRUN pnpm run build\nFROM node:22\nRUN npm install -g pnpm\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install --frozen-lockfile --prod\nCOPY --from=build /app/dist ./dist\nCMD [\"node\", \"dist/main.js\"]\n",
                "package.json":
                    "{\"scripts\":{\"build\":\"nest build\"},\"dependencies\":{\"@prisma/client\":\"6\"},\"devDependencies\":{\"prisma\":\"6\"}}",
                "src/prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npx prisma generate\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"6\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nCOPY prisma ./prisma\nRUN npm ci\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"6\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"a.js\"]\n",
                "package.json":
                    "{\"scripts\":{\"build\":\"prisma generate && tsc\"},\"dependencies\":{\"@prisma/client\":\"6\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard !unit.isForDevelopment,
                let folder = unit.app?.directory ?? unit.context
                    ?? Optional(SourceTree.Entry(path: unit.dockerfile.location).directory),
                let text = repository.tree.text(GoPath.clean(folder + "/package.json")),
                let root = JSONDocument(parsing: text).root, root.at("dependencies", "@prisma/client") != nil,
                let schema = PrismaClients.schema(below: folder, repository),
                !PrismaClients.isGenerated(unit, root, repository)
            else { return nil }
            // Each stage has the files of its own COPYs alone.
            let stages = unit.dockerfile.stages.map { unit.dockerfile.lineage(of: $0) }
            guard let install = unit.dockerfile.reading.file.instructions.first(where: PrismaClients.isInstall),
                !stages.contains(where: PrismaClients.installsWithSchema),
                // Where node_modules comes along with the sources, a generated client can be in it.
                PrismaClients.isWithoutModules(folder, unit, repository)
            else { return nil }
            return Violation(
                file: unit.dockerfile.location, line: install.line,
                "nothing generates the client of \(schema); add after the COPY that brings it: RUN npx prisma generate")
        }
    }
}

/// Where Prisma's client is generated.
private enum PrismaClients {
    static func schema(below folder: String, _ repository: CheckedRepository) -> String? {
        repository.tree.files(under: folder).first { entry in
            entry.name == "schema.prisma" && !entry.path.contains("node_modules/")
                && repository.tree.text(entry.path).map { $0.contains("prisma-client-js") && !$0.contains("output") }
                    == true
        }?.path
    }

    /// `prisma generate`, and the commands that generate by themselves.
    private static func generates(_ text: String) -> Bool {
        text.contains("prisma")
            && ["generate", "db push", "migrate dev", "migrate reset"].contains(where: text.contains)
    }

    static func isGenerated(_ unit: DeployedUnit, _ manifest: DataNode, _ repository: CheckedRepository) -> Bool {
        // A workspace's root generates for its packages.
        let isShared = repository.tree.files(named: "package.json").contains { entry in
            guard !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path) else {
                return false
            }
            let scripts = JSONDocument(parsing: text).root?["scripts"]?.mapping?.entries ?? []
            return scripts.contains {
                ["postinstall", "prepare", "prebuild", "build"].contains($0.key) && generates($0.value.text ?? "")
            }
        }
        if isShared || generates(unit.dockerfile.text) || generates(unit.service?.command?.text ?? "") { return true }
        let scripts = (manifest["scripts"]?.mapping?.entries ?? []).filter { generates($0.value.text ?? "") }
        // npm runs these by itself; others when a file names them.
        let texts =
            [unit.dockerfile.text, unit.service?.command?.text ?? ""]
            + EntryScripts.all(in: repository).map { $0.lines.joined(separator: "\n") }
        if scripts.contains(where: { script in
            ["postinstall", "prebuild", "build", "prestart", "start", "install", "prepare"].contains(script.key)
                || texts.contains { $0.contains(script.key) }
        }) {
            return true
        }
        let inner = (manifest["scripts"]?.mapping?.entries ?? []).compactMap(\.value.text)
        return scripts.contains { script in inner.contains { $0.contains("run " + script.key) } }
            || EntryScripts.all(in: repository).contains { generates($0.lines.joined(separator: "\n")) }
    }

    static func isInstall(_ instruction: DockerfileInstruction) -> Bool {
        instruction.keyword == "RUN" && !isGlobal(instruction.arguments.joined(separator: " "))
            && ["npm ci", "npm install", "npm i ", "yarn", "pnpm i", "bun install"].contains(
                where: instruction.text.contains)
    }

    /// `apk add curl && npm install -g pnpm`, which installs no package of the application.
    private static func isGlobal(_ text: String) -> Bool {
        let installs = ShellProgram(parsing: text).commands.filter { command in
            ["npm", "yarn", "pnpm", "bun"].contains(command.name)
        }
        return !installs.isEmpty
            && installs.allSatisfy { $0.arguments.contains("-g") || $0.arguments.contains("--global") }
    }

    /// Whether a stage installs with the schema beside it, so that the package's own script finds it.
    static func installsWithSchema(_ instructions: [DockerfileInstruction]) -> Bool {
        instructions.contains { isInstall($0) && isThere(before: $0, instructions) }
    }

    private static func isThere(before install: DockerfileInstruction, _ instructions: [DockerfileInstruction]) -> Bool
    {
        instructions.contains { copy in
            copy.line < install.line && ["COPY", "ADD"].contains(copy.keyword)
                && copy.arguments.dropLast().contains { source in
                    let clean = GoPath.clean(source)
                    return clean == "." || source.contains("prisma") || source.contains("*.prisma")
                        || !clean.contains("package") && !clean.contains(".")
                }
        }
    }

    static func isWithoutModules(_ folder: String, _ unit: DeployedUnit, _ repository: CheckedRepository) -> Bool {
        let names =
            BuildContexts.of(unit).map { GoPath.clean($0 + "/.dockerignore") } + [
                unit.dockerfile.location + ".dockerignore"
            ]
        return names.contains { repository.tree.text($0)?.contains("node_modules") == true }
            || unit.dockerfile.stages.count > 1
    }
}
