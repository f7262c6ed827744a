// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Accounts, sessions and whatever else somebody typed while he tried it out.
    static let trackedDatabase = Rule(
        "EN371", .warning, "the application's database is kept in git",
        why:
            "Everybody with a copy of the repository has its accounts and their password hashes; whoever deploys the folder "
            + "starts with that data, and the next deployment puts it over what visitors have written.",
        catches: [
            ["manage.py": "main()\n", "db.sqlite3": "", ".gitignore": "*.pyc\n"],
            ["backend/app.py": "engine = create_engine('sqlite:///./shop.db')\n", "backend/shop.db": ""],
        ],
        passes: [
            ["manage.py": "main()\n", "tests/db.sqlite3": ""],
            ["app.py": "engine = create_engine('sqlite:///./shop.db')\n", "data/places.db": ""],
            ["app.py": "cities = open('demo/cities.db')\n", "demo/cities.db": ""],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tracked = repository.tracked
        let files = ["sqlite3", "sqlite", "db", "db3"].flatMap { repository.tree.files(ending: $0) }
        let kept = files.filter { entry in
            !DevelopmentPath.isLikely(entry.path) && (tracked?.contains(entry.path) ?? true)
                && !aside.contains(where: entry.path.lowercased().contains)
        }
        return kept.filter { usual.contains($0.name) || isNamed($0.name, in: repository) }.map { entry in
            Violation(
                file: entry.path, line: 1,
                "whoever has the repository has its data too; add it to .gitignore, and type: "
                    + "git rm --cached \(entry.path)")
        } + copied(in: repository)
    }

    /// In a copy without git: files that `.gitignore` names and that came along all the same.
    private static func copied(in repository: CheckedRepository) -> [Violation] {
        guard repository.tracked == nil else { return [] }
        return repository.sizes.map(\.path).filter { path in
            usual.contains(SourceTree.Entry(path: path).name) && !repository.tree.contains(path)
                && !DevelopmentPath.isLikely(path) && !aside.contains(where: path.lowercased().contains)
        }.sorted().map { path in
            Violation(
                file: path, line: 1,
                "it is in this copy of the repository, which is no clone, although .gitignore names it; in the clone type: "
                    + "git rm --cached \(path)")
        }
    }

    /// What frameworks call it when nobody says otherwise.
    private static let usual: Set<String> = [
        "db.sqlite3", "development.sqlite3", "production.sqlite3",
    ]
    /// Data that is part of the program, and copies for trying it out.
    private static let aside = [
        "demo", "sample", "example", "fixture", "seed", "test", "geo", "search", "index", "node_modules/", "docs/",
        "site-packages", "/lib/", "vendor/", ".vs/", "thumbs.db", "template",
    ]

    private static func isNamed(_ name: String, in repository: CheckedRepository) -> Bool {
        repository.codeFiles.contains { entry in
            repository.tree.bytes(entry.path).map { ByteSearch.contains(name.utf8, in: $0) } ?? false
        }
    }
}
