// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// sh: ts-node: not found.
    static let toolNotInImage = Rule(
        "AP239", .warning, "a command in a container needs a tool that its image leaves out",
        why:
            "The image is installed without development dependencies, and the tool is one: the migration or the seed ends "
            + "with \"not found\", or npx fetches another version of it from the network.",
        catches: [
            [
                "DEPLOYMENT.md": "```sh\ndocker compose run --rm api npx prisma db seed\n```\n",
                "api/Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"node\", \"a.js\"]\n",
                "api/package.json":
                    "{\"prisma\":{\"seed\":\"ts-node prisma/seed.ts\"},\"dependencies\":{\"prisma\":\"6.0.0\"},\"devDependencies\":{\"ts-node\":\"10.0.0\"}}",
                "compose.yml": "services:\n  api:\n    build: api\n",
            ],
            [
                "README.md": "`docker compose exec api npx sequelize-cli db:migrate`\n",
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"node\", \"a.js\"]\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
                "package.json": "{\"devDependencies\":{\"sequelize-cli\":\"6.0.0\"}}",
            ],
        ],
        passes: [
            [
                "README.md": "`docker compose exec api npx sequelize-cli db:migrate`\n",
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"a.js\"]\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
                "package.json": "{\"devDependencies\":{\"sequelize-cli\":\"6.0.0\"}}",
            ],
            [
                "README.md": "`docker compose exec api npx sequelize-cli db:migrate`\n",
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nCMD [\"node\", \"a.js\"]\n",
                "compose.yml": "services:\n  api:\n    build: .\n",
                "package.json": "{\"dependencies\":{\"sequelize-cli\":\"6.0.0\"}}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let manifests = PackageManifest.all(in: repository)
        let units = repository.deployedUnits
        var seen: Set<String> = []
        return repository.toldCommands.compactMap { told in
            // What checks the code is for the developer's own container.
            guard let (service, inner) = innerCommand(told), isAboutData(inner) else { return nil }
            let named = units.filter { $0.service?.name == service && !$0.isForDevelopment }
            // Every file's image of that name must be without the tool.
            guard !named.isEmpty, named.allSatisfy({ leavesToolsOut($0) && !$0.mountsItsSource }) else { return nil }
            let folder = named[0].context ?? SourceTree.Entry(path: named[0].dockerfile.location).directory
            let own = named[0].app?.directory ?? folder
            guard let manifest = PackageManifest.nearest(to: own, among: manifests),
                let tool = missingTool(inner, manifest, in: repository),
                seen.insert("\(told.file) \(service) \(tool)").inserted
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "the image of \(service) has no \(tool), a development dependency; move it to dependencies in "
                    + GoPath.clean(manifest.folder + "/package.json"), severity: told.severity)
        }
    }

    /// The service and the words that run in it.
    private static func innerCommand(_ told: ToldCommand) -> (String, [String])? {
        guard let call = ComposeCall(told.words), call.verb == "exec" || call.verb == "run",
            let service = ComposeCommandLine(told.command)?.services.first,
            let place = call.after.firstIndex(of: service)
        else { return nil }
        let inner = Array(call.after[(place + 1)...])
        return inner.isEmpty ? nil : (service, inner)
    }

    private static func isAboutData(_ words: [String]) -> Bool {
        words.contains { word in
            ["migrat", "seed", "db:", "prisma", "typeorm", "knex", "sequelize", "drizzle", "mikro-orm"].contains(
                where: word.contains)
        }
    }

    private static func leavesToolsOut(_ unit: DeployedUnit) -> Bool {
        var isBare = false
        for step in unit.dockerfile.reading.steps(of: unit.stage) {
            if step.keyword == "COPY",
                step.instruction.arguments.dropLast().contains(where: {
                    $0.hasSuffix("node_modules") || $0.hasSuffix("node_modules/")
                })
            {
                return false
            }
            for command in step.program?.commands ?? [] where ["npm", "pnpm", "yarn"].contains(command.name) {
                guard
                    command.hasArgument("ci", "install", "i", "prune")
                        || command.name == "yarn" && command.arguments.isEmpty
                else { continue }
                isBare = ProductionInstalls.isWithoutDevelopment(command)
            }
        }
        return isBare
    }

    private static func missingTool(
        _ words: [String], _ manifest: PackageManifest, in repository: CheckedRepository
    ) -> String? {
        var program = words
        for _ in 0..<3 {
            if let name = PackageManifest.script(of: program), let script = manifest.scripts[name] {
                program = ShellProgram(parsing: script).commands.first?.words.map(\.text) ?? []
            } else if ["npx", "yarn", "pnpm", "pnpx", "exec"].contains(program.first) {
                program = Array(program.dropFirst().drop { $0.hasPrefix("-") || $0 == "exec" || $0 == "dlx" })
            } else if program.starts(with: ["prisma", "db", "seed"]) {
                let path = GoPath.clean(manifest.folder + "/package.json")
                let seed = repository.tree.text(path).flatMap {
                    JSONDocument(parsing: $0).root?.at("prisma", "seed")?.text
                }
                program = (seed ?? "").split(separator: " ").map(String.init)
            } else {
                break
            }
        }
        guard let tool = program.first else { return nil }
        let packages = [tool, ["tsc": "typescript", "ts-node": "ts-node", "nest": "@nestjs/cli"][tool] ?? tool]
        return packages.first {
            manifest.developmentDependencies.contains($0) && !manifest.dependencies.contains($0)
        }
    }
}
