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
            ["db/development.sqlite3": "", "config/routes.rb": "resources :a\n"],
            ["backups/shop-20260518-1048.sql": ""],
        ],
        passes: [
            ["manage.py": "main()\n", "tests/db.sqlite3": ""],
            ["app.py": "engine = create_engine('sqlite:///./shop.db')\n", "data/places.db": ""],
            ["app.py": "cities = open('demo/cities.db')\n", "demo/cities.db": ""],
            ["migrations/20260518_users.sql": "CREATE TABLE a (b int);\n"],
            ["backup/restore_functions.sql": "CREATE FUNCTION a() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tracked = repository.tracked
        let files = ["sqlite3", "sqlite", "db", "db3"].flatMap { repository.tree.files(ending: $0) }
        let kept = files.filter { entry in
            // development.sqlite3 is what Rails calls the one that holds whatever was typed in.
            !DevelopmentPath.isLikely(usual.contains(entry.name) ? entry.directory : entry.path)
                && (tracked?.contains(entry.path) ?? true)
                && !aside.contains(where: entry.path.lowercased().contains)
        }
        return kept.filter { usual.contains($0.name) || isNamed($0.name, in: repository) }.map { entry in
            Violation(
                file: entry.path, line: 1,
                "whoever has the repository has its data too; add it to .gitignore, and type: "
                    + "git rm --cached \(entry.path)")
        } + dumps(in: repository, tracked) + copied(in: repository)
    }

    /// Backups of a database as the programs for it write them, by their place and name.
    private static func dumps(in repository: CheckedRepository, _ tracked: Set<String>?) -> [Violation] {
        let endings = ["sql", "dump", "sql.gz", "bak", "dmp", "pgdump", "rdb"]
        return endings.flatMap { repository.tree.files(ending: $0) }.filter { entry in
            isDump(entry) && (tracked?.contains(entry.path) ?? true)
                && !aside.contains(where: entry.path.lowercased().contains)
        }.map { entry in
            Violation(
                file: entry.path, line: 1,
                "a backup holds everybody's data; add its folder to .gitignore, and type: git rm --cached \(entry.path)"
            )
        }
    }

    /// `backups/shop-20260518.sql`, `db/dump.sql`, `shop_backup_2026.sql`
    private static func isDump(_ entry: SourceTree.Entry) -> Bool {
        let name = entry.name.lowercased()
        let words = name.split { !$0.isLetter && !$0.isNumber }
        let folders = entry.directory.lowercased().split(separator: "/")
        let isInFolder = folders.last.map {
            ["backup", "backups", "dumps", "dump", "db_backup", "db_backups"].contains($0)
        }
        let isDated = words.contains { word in
            let digits = word.prefix { $0.isNumber }
            return digits.utf8.count >= 8 && digits.hasPrefix("20")
        }
        let isNamed = words.contains { ["backup", "dump", "pgdump", "mysqldump"].contains($0) }
        return isInFolder == true && (isDated || isNamed || words.count < 3) || isNamed && isDated
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
        !repository.codeFiles(with: [name], smallerThan: .max).isEmpty
    }
}
