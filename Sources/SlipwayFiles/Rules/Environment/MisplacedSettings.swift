// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Prisma looks beside the place where it runs, and beside its schema.
    static let misplacedSettings = Rule(
        "EN430", .warning, "the steps write .env in one folder and run what reads it in another",
        why:
            "Prisma's command line reads the .env of the folder in which it runs and the one beside its schema, dotenv that of "
            + "the folder in which the program starts. The steps put the variables into the root's alone: Environment "
            + "variable not found.",
        catches: [
            [
                "README.md":
                    "Create a `.env` file in the root directory:\n```env\nDATABASE_URL=postgresql://a\nJWT_SECRET=b\n```\n\n```bash\ncd backend\nnpx prisma db push\n```\n",
                "backend/prisma/schema.prisma": "datasource db {\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "setup.sh":
                    "#!/bin/bash\nset -e\ncd \"$APP_DIR\"\ncat > .env <<EOF\nDATABASE_URL=file:/data/a.db\nEOF\n(cd shop/api && npx prisma migrate deploy)\n",
                "shop/api/prisma/schema.prisma": "datasource db {\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "README.md":
                    "Create a `.env` file in the root directory:\n```env\nJWT_SECRET=a\nMAIL_HOST=b\n```\n\n```bash\ncd server\nnpm run dev\n```\n",
                "server/package.json": "{\"dependencies\":{\"dotenv\":\"17\"}}",
                "server/index.js": "require('dotenv').config();\nsign(process.env.JWT_SECRET);\n",
            ],
        ],
        passes: [
            [
                "README.md":
                    "Create a `.env` file in the root directory:\n```env\nJWT_SECRET=a\nMAIL_HOST=b\n```\n\n```bash\ncd server\nnpm run dev\n```\n",
                "server/package.json": "{\"dependencies\":{\"dotenv\":\"17\"}}",
                "server/index.js":
                    "require('dotenv').config({ path: '../.env' });\nsign(process.env.JWT_SECRET);\n",
            ],
            [
                "README.md":
                    "Create a `.env` file in the `backend` directory:\n```env\nDATABASE_URL=postgresql://a\nJWT_SECRET=b\n```\n\n```bash\ncd backend\nnpx prisma db push\n```\n",
                "backend/prisma/schema.prisma": "datasource db {\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "setup.sh":
                    "#!/bin/bash\nset -e\ncat > .env <<EOF\nDATABASE_URL=file:/data/a.db\nEOF\nset -a; . ./.env; set +a\n(cd api && npx prisma migrate deploy)\n",
                "api/prisma/schema.prisma": "datasource db {\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "README.md":
                    "Create a `.env` file in the root directory:\n```env\nDATABASE_URL=postgresql://a\nJWT_SECRET=b\n```\n\n```bash\ncd backend\ncp ../.env .\nnpx prisma db push\n```\n",
                "backend/prisma/schema.prisma": "datasource db {\n  url = env(\"DATABASE_URL\")\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, repository.toldSettings.contains(where: { $0.folder == "." }) else { return [] }
        let prisma = ofPrisma(repository)
        return prisma + MisplacedDotenv.violations(in: repository, besides: Set(prisma.compactMap(\.file)))
    }

    private static func ofPrisma(_ repository: CheckedRepository) -> [Violation] {
        let settings = repository.toldSettings.filter { $0.folder == "." }
        let folders = PrismaFolder.all(in: repository)
        guard !folders.isEmpty else { return [] }
        let files = repository.documents.map(\.path) + repository.scripts.map(\.location)
        return files.flatMap { file -> [Violation] in
            guard let text = repository.tree.text(file), ByteSearch.contains("prisma", in: text),
                !PrismaFolder.loads.contains(where: text.contains)
            else { return [] }
            // A script that updates runs after the one that has set the server up.
            let own = settings.filter { $0.file == file }
            let told = own.isEmpty && !file.hasSuffix(".md") ? settings.filter { !$0.file.hasSuffix(".md") } : own
            return told.isEmpty ? [] : lost(told, in: file, folders, repository)
        }
    }

    /// Steps of one file whose Prisma does not find what was written before.
    private static func lost(
        _ told: [ToldSettings], in file: String, _ folders: [PrismaFolder], _ repository: CheckedRepository
    ) -> [Violation] {
        let isScript = !file.hasSuffix(".md") && !DevelopmentPath.isLikely(file)
        var seen: Set<String> = []
        return WalkedCommand.all(in: file, repository).compactMap { step in
            guard PrismaFolder.needsDatabase(step.command.words.map(\.text)),
                let folder = folders.first(where: { $0.path == step.folder }),
                let source = told.first(where: { $0[folder.variable] != nil }),
                source.file != file || source.line < step.line,
                !folder.isWritten(by: file, in: repository), seen.insert(folder.path).inserted
            else { return nil }
            let up = String(repeating: "../", count: folder.path.split(separator: "/").count)
            let place = source.file == file ? "line \(source.line)" : "\(source.file):\(source.line)"
            return Violation(
                file: file, line: step.line,
                "prisma finds no \(folder.variable) in \(folder.path): \(place) writes it to the root's .env; write "
                    + "before it: ln -s \(up).env .env",
                severity: isScript && !step.command.isFollowedByOr ? .error : nil)
        }
    }
}

/// A folder below the root whose Prisma takes its address from a variable.
private struct PrismaFolder {
    let path: String
    let variable: String

    /// With these words a text gives the variables in another way.
    static let loads =
        LoadedSettings.words + [
            "\n. .env", "; . .env", "& . .env", "source \"", "export DATABASE_URL", "dotenv -e", "dotenv --", "xargs",
            "setx ", "$env:DATABASE_URL",
        ]

    static func all(in repository: CheckedRepository) -> [PrismaFolder] {
        PrismaSource.all(in: repository.tree).compactMap { source in
            guard let variable = source.variable else { return nil }
            let folder = SourceTree.Entry(path: source.path).directory
            let parent = folder.hasSuffix("/prisma") ? String(folder.dropLast(7)) : folder
            guard parent != ".", parent != "prisma", !DevelopmentPath.isLikely(parent) else { return nil }
            // A configuration file may load another one.
            let configurations = ["prisma.config.ts", "prisma.config.js", "prisma.config.mjs"].compactMap {
                repository.tree.text(parent + "/" + $0)
            }
            guard !configurations.contains(where: { $0.contains("..") || $0.contains("path") && $0.contains("dotenv") })
            else { return nil }
            return PrismaFolder(path: parent, variable: variable)
        }
    }

    /// `npx prisma migrate deploy`, but not `generate`, which asks for no address.
    static func needsDatabase(_ words: [String]) -> Bool {
        guard let place = words.firstIndex(of: "prisma"), words.count > place + 1,
            place == 0
                || words[..<place].allSatisfy({
                    ["sudo", "-E", "-u", "npx", "pnpm", "yarn", "bunx", "bun", "x", "exec", "dlx", "--yes"].contains($0)
                }), !words.contains(where: { $0.hasPrefix("--schema") })
        else { return false }
        return ["migrate", "db"].contains(words[place + 1])
    }

    /// Whether the same steps, or a script, put a file there.
    func isWritten(by steps: String, in repository: CheckedRepository) -> Bool {
        let tree = repository.tree
        let places = [path + "/.env", path + "/prisma/.env"]
        if places.contains(where: { tree.contains($0) || repository.tracked?.contains($0) == true }) { return true }
        let name = SourceTree.Entry(path: path).name
        let texts = Set(repository.scripts.map(\.location) + [steps])
        if repository.toldSettings.contains(where: { texts.contains($0.file) && $0.target.map(places.contains) == true }
        ) {
            return true
        }
        return texts.contains { file in
            guard let text = tree.text(file), ByteSearch.contains(".env", in: text) else { return false }
            if text.contains(name + "/.env") || text.contains(name + "\\.env") { return true }
            let lines = text.split(separator: "\n")
            if lines.contains(where: { $0.contains(".env") && $0.contains(name) }) { return true }
            return WalkedCommand.all(in: file, repository).contains { step in
                step.folder == path
                    && (step.command.arguments.contains { $0 == ".env" || $0.hasSuffix("/.env") }
                        || step.command.redirections.contains { $0.hasSuffix(".env") })
            }
        }
    }
}
