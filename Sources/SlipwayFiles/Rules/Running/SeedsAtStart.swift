// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A restart is no first start.
    static let emptyingSeed = Rule(
        "AP324", .error, "the container starts with a seed that first deletes what is there",
        why:
            "The command runs at every start, so every crash, update and reboot throws away what was entered, in spite of "
            + "the volume.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"sh\", \"-c\", \"npm run db:seed && npm start\"]\n",
                "package.json": "{\"scripts\":{\"db:seed\":\"tsx src/seed.ts\",\"start\":\"node a.js\"}}",
                "src/seed.ts": "db.delete(products).run();\ndb.insert(products).values([]).run();\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD python seed.py && gunicorn a:app\n",
                "seed.py": "def main():\n    Product.query.delete()\n    db.session.add(Product())\nmain()\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
                "compose.yml":
                    "services:\n  api:\n    build: .\n    command: sh -c \"npx prisma migrate deploy && node prisma/seed.js && node a.js\"\n",
                "prisma/seed.js": "await prisma.user.deleteMany()\nawait prisma.user.create({ data })\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"sh\", \"-c\", \"npm run db:seed && npm start\"]\n",
                "package.json": "{\"scripts\":{\"db:seed\":\"tsx src/seed.ts\",\"start\":\"node a.js\"}}",
                "src/seed.ts": "db.insert(products).values([]).onConflictDoNothing().run();\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"sh\", \"-c\", \"npm run db:seed && npm start\"]\n",
                "package.json": "{\"scripts\":{\"db:seed\":\"tsx src/seed.ts\",\"start\":\"node a.js\"}}",
                "src/seed.ts": "if (process.env.RESET) {\n  db.delete(products).run();\n}\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"scripts\":{\"db:seed\":\"tsx src/seed.ts\",\"start\":\"node a.js\"}}",
                "src/seed.ts": "db.delete(products).run();\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return StartText.all(in: repository).compactMap { start in
            guard let script = start.seed(in: repository.tree), seen.insert(start.file + script).inserted,
                let line = EmptyingScript.line(of: script, in: repository.tree)
            else { return nil }
            return Violation(
                file: start.file, line: start.line,
                "\(script):\(line) deletes at every start; run the seed once by hand, or let it end when there are rows"
            )
        }
    }
}

/// What a container runs when it starts.
private struct StartText {
    let file: String
    let line: Int
    let text: String
    /// Where its paths begin, relative to the root.
    let folder: String

    static func all(in repository: CheckedRepository) -> [StartText] {
        let images = repository.dockerfiles.filter { !DevelopmentPath.isLikely($0.location) }.compactMap {
            file -> StartText? in
            let folder = SourceTree.Entry(path: file.location).directory
            guard let stage = file.stages.last,
                let start = file.lineage(of: stage).last(where: { ["CMD", "ENTRYPOINT"].contains($0.keyword) })
            else { return nil }
            return StartText(file: file.location, line: start.line, text: start.text, folder: folder)
        }
        let services = repository.composeFiles.filter { !$0.isForDevelopment }.flatMap { file in
            file.services.compactMap { service -> StartText? in
                guard let command = service.node["command"] ?? service.node["entrypoint"] else { return nil }
                let text = command.text ?? (command.sequence ?? []).compactMap(\.text).joined(separator: " ")
                let folder = service.build.flatMap { $0.context }.flatMap(file.resolve) ?? file.folder
                return StartText(file: file.location, line: command.line, text: text, folder: folder)
            }
        }
        return images + services
    }

    /// The seed that it runs: by its own path, or by a script of the package.
    func seed(in tree: SourceTree) -> String? {
        guard text.contains("seed") else { return nil }
        let words = Self.words(text)
        if let path = file(in: words, tree) { return path }
        guard let text = tree.text(folder == "." ? "package.json" : folder + "/package.json"),
            let scripts = JSONDocument(parsing: text).root?["scripts"]
        else { return nil }
        let runners: Set<String> = ["run", "npm", "yarn", "pnpm", "bun"]
        for (before, name) in zip(words, words.dropFirst()) where runners.contains(before) && name.contains("seed") {
            guard let script = scripts[name]?.text else { continue }
            return file(in: Self.words(script), tree)
        }
        return nil
    }

    private func file(in words: [String], _ tree: SourceTree) -> String? {
        words.lazy.filter {
            $0.contains("seed") && [".ts", ".js", ".py", ".mjs", ".cjs"].contains(where: $0.hasSuffix)
        }
        .map { GoPath.clean(folder + "/" + $0) }.first(where: tree.contains)
    }

    private static func words(_ text: String) -> [String] {
        text.split { " ,[]\"'&;|()\t\n".contains($0) }.map(String.init)
    }
}

private enum EmptyingScript {
    private static let signs = [
        ".deleteMany()", ".deleteMany({})", ".query.delete()", "DELETEFROM", "TRUNCATE", "truncate:true",
        "sync({force:true})", ".drop_all(", ".objects.all().delete()", "dropDatabase(", "drop_all()",
    ]

    static func line(of path: String, in tree: SourceTree) -> Int? {
        guard let text = tree.text(path) else { return nil }
        let code = CodeText(path: path, text: text)
        // A seed that looks first, or asks, deletes only when it is told to.
        let isAsked = code.bare.contains { line in
            ["process.env.", "environ", "getenv", "process.argv", "argparse", "count()", ".count("].contains {
                line.contains($0)
            } && line.contains("if")
        }
        guard !isAsked else { return nil }
        return code.bare.firstIndex { line in
            signs.contains(where: line.contains)
                || line.contains(".delete(") && (line.contains(").run()") || line.hasPrefix("awaitdb.delete("))
                    && !line.contains(".where(")
        }.map { $0 + 1 }
    }
}
