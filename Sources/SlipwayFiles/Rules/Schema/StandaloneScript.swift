// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A file with a task of its own: `init_db.py`, `run-migrations.ts`. It makes tables only when somebody starts it.
enum StandaloneScript {
    private static let signs = [
        "migrat", "init_db", "init-db", "initdb", "setup_db", "create_db", "create_tables", "createtables", "manage",
    ]
    private static let places: [FileFormat] = [
        .dockerfile, .compose, .shell, .workflow, .gitlab, .procfile, .render, .railway, .fly, .yaml, .systemd,
        .supervisor,
    ]

    /// Whether its name says that it is one, and neither code, package.json nor a file that deploys names it.
    static func isUnstarted(_ path: String, in repository: CheckedRepository) -> Bool {
        let name = SourceTree.Entry(path: path).name
        let stem = String(name.prefix { $0 != "." })
        guard signs.contains(where: stem.lowercased().contains), stem != "migrations" else { return false }
        let tree = repository.tree
        func names(_ path: String) -> Bool {
            tree.bytes(path).map { $0.count < 500_000 && ByteSearch.contains(stem.utf8, in: $0) } ?? false
        }
        let files =
            places.flatMap(repository.paths(of:)) + tree.files(named: "package.json").map(\.path)
            + tree.files(named: "Makefile").map(\.path) + tree.files(named: "justfile").map(\.path)
        guard !files.contains(where: names) else { return false }
        return !repository.programFiles.contains { entry in
            guard entry.path != path, names(entry.path), let text = tree.text(entry.path) else { return false }
            return text.split(separator: "\n").contains { line in
                line.contains(stem) && ["import", "require", "exec", "spawn", "run"].contains(where: line.contains)
            }
        }
    }
}
