// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The database's first start ends with an error.
    static let seedBeforeTables = Rule(
        "CO043", .error, "the database is filled before it has tables",
        why: "The image runs what is mounted at /docker-entrypoint-initdb.d when it starts for the first time, before "
            + "any migration: an INSERT into a table that no mounted file makes ends that start, and the next one "
            + "finds a half-made database.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./seed.sql:/docker-entrypoint-initdb.d/seed.sql']\n",
                "seed.sql": "INSERT INTO users (id) VALUES (1);\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./sql:/docker-entrypoint-initdb.d']\n",
                "sql/1.sql": "CREATE TABLE IF NOT EXISTS \"users\" (id int);\n",
                "sql/2.sql": "insert into public.users values (1);\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./a.sql:/docker-entrypoint-initdb.d/a.sql']\n",
                "a.sql": "CREATE DATABASE a;\n-- insert into users\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: postgres:17\n    volumes: ['./i:/docker-entrypoint-initdb.d']\n",
                "i/1.sh": "psql -f /schema.sql\n", "i/2.sql": "INSERT INTO users VALUES (1);\n",
            ],
        ]
    ) { file in
        let tree = file.repository.tree
        return file.services.compactMap { service in
            let mounts = service.mounts.filter { $0.target.hasPrefix("/docker-entrypoint-initdb.d") }
            var files: [(mount: ComposeMount, path: String)] = []
            for mount in mounts {
                guard let source = mount.source.flatMap(file.resolve) else { return nil }
                let below = tree.contains(source) ? [source] : tree.files(under: source).map(\.path)
                files += below.map { (mount, $0) }
            }
            // A script can do anything, and so can a dump that is packed.
            guard !files.isEmpty, files.allSatisfy({ $0.path.hasSuffix(".sql") }) else { return nil }
            let texts = files.map { SeedTables(tree.text($0.path) ?? "") }
            guard !texts.contains(where: \.isOpen) else { return nil }
            let made = texts.reduce(into: Set<String>()) { $0.formUnion($1.made) }
            for (file, text) in zip(files, texts) {
                guard let table = text.filled.first(where: { !made.contains($0) }) else { continue }
                return Violation(
                    line: file.mount.position.line,
                    "\(file.path) fills \(table), which no mounted file makes; run it after the migrations instead")
            }
            return nil
        }
    }
}

/// Tables that an SQL text makes and fills, in lower case without their schema.
struct SeedTables {
    private(set) var made: Set<String> = []
    private(set) var filled: [String] = []
    /// Whether it makes tables in ways that are not read here.
    private(set) var isOpen = false

    init(_ text: String) {
        // Larger files are dumps, and bring their tables.
        guard text.utf8.count < 1 << 20 else {
            isOpen = true
            return
        }
        var words: [String] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.trimmed.hasPrefix("--") {
            if line.hasPrefix("\\i") { isOpen = true }
            words += line.lowercased().split { " \t(;,".contains($0) }.map(String.init)
        }
        for (index, word) in words.enumerated() {
            let rest = words[(index + 1)...].lazy.filter { !["if", "not", "exists", "unlogged"].contains($0) }.prefix(2)
            guard let next = rest.first else { return }
            switch word {
            case "create" where next == "table" || next == "view":
                made.formUnion(Self.after(index, in: words).map { [$0] } ?? [])
            case "create" where next == "schema" || next == "function" || next == "extension": break
            case "insert" where next == "into": filled += rest.dropFirst().first.map { [Self.name($0)] } ?? []
            case "source", "\\ir": isOpen = true
            default: break
            }
        }
    }

    private static func after(_ index: Int, in words: [String]) -> String? {
        words[(index + 2)...].first { !["if", "not", "exists"].contains($0) }.map(name)
    }

    private static func name(_ word: String) -> String {
        String((word.split(separator: ".").last ?? "").filter { !"\"`[]".contains($0) })
    }
}
