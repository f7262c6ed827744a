// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// It succeeds and makes nothing.
    static let noPrismaMigrations = Rule(
        "AP203", .error, "prisma migrate deploy runs without any migration",
        why: "The command says that there is nothing to do and succeeds: the database stays without tables.",
        catches: [
            [
                "package.json": "{\"scripts\":{\"start\":\"prisma migrate deploy && node server.js\"}}",
                "prisma/schema.prisma": "datasource db {\n  provider = \"postgresql\"\n}\n",
            ]
        ],
        passes: [
            [
                "package.json": "{\"scripts\":{\"start\":\"prisma migrate deploy && node server.js\"}}",
                "prisma/migrations/1_a/migration.sql": "CREATE TABLE a ();\n",
                "prisma/schema.prisma": "datasource db {\n  provider = \"postgresql\"\n}\n",
            ],
            [
                "package.json": "{\"scripts\":{\"start\":\"prisma db push && node server.js\"}}",
                "prisma/schema.prisma": "datasource db {\n  provider = \"postgresql\"\n}\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, let schema = repository.tree.files(ending: "prisma").first,
            !repository.tree.entries.contains(where: { entry in
                entry.name.hasSuffix(".sql") && entry.path.contains("migration")
            }), let place = PrismaFiles.migration(in: repository)
        else { return [] }
        return [
            Violation(
                file: schema.path, line: 1,
                "no migration is in the repository, and \(place.file) applies them; type: npx prisma migrate dev --name init, "
                    + "and commit the folder")
        ]
    }

    /// Prisma 7 wants the address in prisma.config.ts.
    static let prismaAddress = Rule(
        "AP204", .error, "Prisma 7 refuses an address in the schema",
        why: "Since version 7 the datasource has no url: every prisma command ends with P1012. The address stands in "
            + "prisma.config.ts.",
        catches: [
            [
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"^7.1.0\"},\"devDependencies\":{\"prisma\":\"^7.1.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n}\n",
            ]
        ],
        passes: [
            [
                "package.json": "{\"devDependencies\":{\"prisma\":\"^6.19.0\"}}",
                "prisma/schema.prisma":
                    "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n}\n",
            ],
            [
                "package.json": "{\"devDependencies\":{\"prisma\":\"^7.1.0\"}}",
                "prisma/schema.prisma": "datasource db {\n  provider = \"postgresql\"\n}\n",
            ],
        ]
    ) { repository in
        repository.tree.files(ending: "prisma").compactMap { entry in
            guard PrismaFiles.majorVersion(for: entry, in: repository.tree) ?? 0 >= 7,
                let text = repository.tree.text(entry.path)
            else { return nil }
            var isInside = false
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let words = line.trimmed.split { $0 == " " || $0 == "=" || $0 == "\t" }
                if words.first == "datasource" { isInside = true }
                if line.trimmed == "}" { isInside = false }
                if isInside, words.first == "url", line.contains("=") {
                    return Violation(
                        file: entry.path, line: index + 1,
                        "prisma 7 ends with P1012 here; delete the line, and write in prisma.config.ts: "
                            + "datasource: { url: env(\"DATABASE_URL\") }")
                }
            }
            return nil
        }
    }

    /// The constructor throws.
    static let prismaAdapter = Rule(
        "AP205", .error, "Prisma 7 needs a driver adapter",
        why:
            "Since version 7 the client has no engine of its own: new PrismaClient() without an adapter throws, and the "
            + "application does not start.",
        catches: [
            [
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^7.1.0\",\"prisma\":\"^7.1.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
                "src/db.ts": "export const prisma = new PrismaClient()\n",
                "src/main.ts": "import { prisma } from './db'\n",
            ]
        ],
        passes: [
            [
                "package.json":
                    "{\"dependencies\":{\"@prisma/client\":\"^7.1.0\",\"prisma\":\"^7.1.0\"},\"scripts\":{\"start\":\"node dist/main.js\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
                "src/index.ts": "const prisma = new PrismaClient()\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^7.1.0\",\"prisma\":\"^7.1.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
                "src/db.ts": "export const prisma = new PrismaClient({ adapter })\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^7.1.0\",\"prisma\":\"^7.1.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
                "src/db.ts":
                    "function make() {\n  if (!databaseUrl) {\n    return new PrismaClient()\n  }\n  return new PrismaClient({ adapter })\n}\n",
            ],
            [
                "package.json": "{\"dependencies\":{\"@prisma/client\":\"^6.1.0\",\"prisma\":\"^6.1.0\"}}",
                "prisma/schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\n",
                "src/db.ts": "export const prisma = new PrismaClient()\n",
            ],
        ]
    ) { repository in
        let schemas = repository.tree.files(ending: "prisma")
        guard !schemas.isEmpty,
            schemas.allSatisfy({ PrismaFiles.majorVersion(for: $0, in: repository.tree) ?? 0 >= 7 })
        else { return [] }
        return repository.codeFiles(with: ["new PrismaClient()"]).compactMap { entry in
            guard let text = repository.tree.text(entry.path),
                let line = bareClient(in: text)
            else { return nil }
            guard PrismaFiles.isReached(entry, in: repository) else { return nil }
            return Violation(
                file: entry.path, line: line + 1,
                "throws without a driver adapter; write: new PrismaClient({ adapter }), for PostgreSQL with @prisma/adapter-pg"
            )
        }
    }
}

extension Rule<CheckedRepository> {
    /// The place of a client without an adapter; one for builds, which have no address and ask nothing, is left out.
    fileprivate static func bareClient(in text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.first { index in
            let line = lines[index]
            guard line.contains("new PrismaClient()"), !line.trimmed.hasPrefix("//"), !line.trimmed.hasPrefix("*")
            else {
                return false
            }
            return !lines[max(0, index - 3)..<index].contains {
                $0.contains("if (!") && $0.lowercased().contains("url")
            }
        }
    }
}

/// What a repository says of Prisma.
private enum PrismaFiles {
    /// Of the package that the schema belongs to; `nil` when nothing says it.
    static func majorVersion(for entry: SourceTree.Entry, in tree: SourceTree) -> Int? {
        var folder = entry.directory
        while true {
            if let text = tree.text(GoPath.clean(folder + "/package.json")), let root = JSONDocument(parsing: text).root
            {
                let names = ["prisma", "@prisma/client"]
                for group in ["dependencies", "devDependencies"] {
                    if let version = names.lazy.compactMap({ root[group]?[$0]?.text }).first {
                        return Int(version.drop { !$0.isNumber }.prefix { $0.isNumber })
                    }
                }
            }
            guard folder != "." else { return nil }
            folder = SourceTree.Entry(path: folder).directory
        }
    }

    /// Whether an import, a package script, an image or a script names the file: a leftover that nothing starts throws at
    /// nobody.
    static func isReached(_ entry: SourceTree.Entry, in repository: CheckedRepository) -> Bool {
        let stem = entry.name.split(separator: ".").first.map(String.init) ?? entry.name
        let isIndex = stem == "index"
        let folder = SourceTree.Entry(path: entry.directory).name
        let imports = isIndex ? ["/index'", "/index\"", "/index.", "/\(folder)'", "/\(folder)\""] : ["/" + stem]
        let short = isIndex ? ["'.'", "\".\"", "'./'", "\"./\"", "'..'", "\"..\"", "'../'", "\"../\""] : []
        let starts = ["/" + stem, stem + ".", " " + stem + "\""]
        return repository.tree.entries.contains { other in
            guard other.path != entry.path, !other.path.contains("node_modules/") else { return false }
            // Tests that reach it show that it can be reached, and no more.
            let isCode =
                !DevelopmentPath.isLikely(other.path)
                && [".ts", ".js", ".tsx", ".jsx", ".mjs", ".cjs", ".mts"].contains(where: other.name.hasSuffix)
            let isStart =
                other.name == "package.json" || other.name == "Procfile" || other.name.contains("Dockerfile")
                || [".sh", ".yml", ".yaml", ".toml"].contains(where: other.name.hasSuffix)
            guard isCode || isStart, let bytes = repository.tree.bytes(other.path), bytes.count < 300_000 else {
                return false
            }
            return (isStart ? starts : imports + short).contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }

    /// The first place that runs `prisma migrate deploy`.
    static func migration(in repository: CheckedRepository) -> (file: String, line: Int)? {
        let command = "prisma migrate deploy"
        let endings = [".sh", ".yml", ".yaml", ".toml", ".json"]
        for entry in repository.tree.entries {
            let isPlace =
                endings.contains(where: entry.name.hasSuffix) || entry.name.contains("Dockerfile")
                || entry.name == "Procfile"
            guard isPlace, !entry.path.contains("node_modules/"), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 500_000, ByteSearch.contains(command.utf8, in: bytes),
                let text = repository.tree.text(entry.path)
            else { continue }
            let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                $0.contains(command) && !$0.trimmed.hasPrefix("#")
            }
            if let line { return (entry.path, line + 1) }
        }
        return nil
    }
}
