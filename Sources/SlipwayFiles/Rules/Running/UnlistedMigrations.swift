// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// drizzle-kit reads the journal, not the folder.
    static let unlistedMigration = Rule(
        "AP494", .error, "a migration stands beside Drizzle's journal and not in it",
        why:
            "Drizzle applies what meta/_journal.json lists and nothing else: on a new database the tables and columns of "
            + "the other files are missing, and nobody says so.",
        catches: [
            [
                "drizzle/0000_init.sql": "CREATE TABLE a (id int);\n",
                "drizzle/0001_names.sql": "ALTER TABLE a ADD b text;\n",
                "drizzle/meta/_journal.json": "{\"entries\":[{\"idx\":0,\"tag\":\"0000_init\"}]}",
            ]
        ],
        passes: [
            [
                "drizzle/0000_init.sql": "CREATE TABLE a (id int);\n",
                "drizzle/0001_names.sql": "ALTER TABLE a ADD b text;\n",
                "drizzle/meta/_journal.json":
                    "{\"entries\":[{\"idx\":0,\"tag\":\"0000_init\"},{\"idx\":1,\"tag\":\"0001_names\"}]}",
            ],
            [
                "drizzle/0000_init.sql": "CREATE TABLE a (id int);\n",
                "drizzle/seed.sql": "INSERT INTO a VALUES (1);\n",
                "drizzle/meta/_journal.json": "{\"entries\":[{\"idx\":0,\"tag\":\"0000_init\"}]}",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole else { return [] }
        return tree.files(named: "_journal.json").flatMap { entry -> [Violation] in
            guard !entry.path.contains("node_modules/"), let text = tree.text(entry.path),
                let root = JSONDocument(parsing: text).root, let entries = root["entries"]?.sequence
            else { return [] }
            let folder = SourceTree.Entry(path: entry.directory).directory
            let tags = Set(entries.compactMap { $0["tag"]?.text })
            let others = tree.files(under: folder).filter { file in
                file.directory == folder && file.name.hasSuffix(".sql") && isNumbered(file.name)
                    && !tags.contains(String(file.name.dropLast(4)))
                    && !isToldElsewhere(file, than: entry.path, in: repository)
            }
            guard let first = others.first, !tags.isEmpty else { return [] }
            let more = others.count > 1 ? " and \(others.count - 1) more" : ""
            return [
                Violation(
                    file: entry.path, line: root["entries"]?.line ?? 1,
                    "\(first.name)\(more) is not listed and never applied; write: drizzle-kit generate --custom, and move its "
                        + "SQL into the file that this makes")
            ]
        }
    }

    private static func isNumbered(_ name: String) -> Bool {
        name.utf8.prefix(4).allSatisfy { (0x30...0x39).contains($0) }
            && name.utf8.dropFirst(4).first == UInt8(ascii: "_")
    }

    /// Whether a script or a guide applies it by its name, or with all others of its folder.
    private static func isToldElsewhere(
        _ file: SourceTree.Entry, than journal: String, in repository: CheckedRepository
    ) -> Bool {
        let folder = SourceTree.Entry(path: file.directory).name
        // A program of the repository that names the file applies it by itself.
        let named = repository.tree.files(
            ending: [".js", ".ts", ".mjs", ".cjs", ".py", ".sh", ".json", ".yml"], holding: [file.name],
            smallerThan: 200_000)
        if named.contains(where: { $0.path != journal && $0.name != "_journal.json" }) { return true }
        return repository.toldCommands.contains { told in
            told.words.contains { $0.hasSuffix(file.name) || $0.contains(folder + "/") && $0.contains("*") }
        }
    }
}
