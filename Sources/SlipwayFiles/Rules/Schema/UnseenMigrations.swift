// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Django takes an app for one without migrations when their folder is a namespace package
    /// (django/db/migrations/loader.py: "Empty directories are namespaces").
    static let migrationsWithoutPackage = Rule(
        "AP584", .error, "a folder of migrations is no package",
        why:
            "Without __init__.py Django takes the app for one that has no migrations: migrate makes none of its tables, and "
            + "another app's migration that refers to them ends with \"relation does not exist\".",
        catches: [
            [
                ".gitignore": "__pycache__/\n__init__.py\n", "manage.py": "",
                "orders/migrations/0001_initial.py": "", "orders/models.py": "", "shop/settings.py": "",
            ]
        ],
        passes: [
            [
                "manage.py": "", "orders/migrations/0001_initial.py": "", "orders/migrations/__init__.py": "",
                "orders/models.py": "", "shop/settings.py": "",
            ],
            ["alembic/migrations/0001_initial.py": "", "orders/models.py": ""],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole, !tree.files(named: "manage.py").isEmpty else { return [] }
        let folders = Set(
            tree.files(ending: "py").filter { entry in
                entry.name.hasPrefix("0001_") && entry.directory.hasSuffix("/migrations")
                    && CodeText.mayRun(entry.path)
            }.map(\.directory))
        let unseen = folders.sorted().filter { folder in
            let app = String(folder.dropLast("/migrations".count))
            return !tree.contains(folder + "/__init__.py")
                && ["models.py", "apps.py", "models/__init__.py", "views.py"].contains { tree.contains(app + "/" + $0) }
        }
        guard let first = unseen.first else { return [] }
        let others = unseen.count > 1 ? " and \(unseen.count - 1) more" : ""
        let advice = "add an empty \(first)/__init__.py\(others)"
        guard let line = ignoring(first, tree) else {
            let file = tree.files(under: first).first { $0.name.hasPrefix("0001_") }?.path ?? first
            return [Violation(file: file, line: 1, "migrate passes the app over; \(advice)")]
        }
        return [
            Violation(
                file: line.file, line: line.number,
                "git leaves out \(first)/__init__.py\(others), so migrate passes the app over; delete the line, and add "
                    + "the empty files")
        ]
    }

    /// The line by which git leaves out the files.
    private static func ignoring(_ folder: String, _ tree: SourceTree) -> (file: String, number: Int)? {
        for path in [".gitignore", folder + "/.gitignore"] + tree.files(named: ".gitignore").map(\.path) {
            let lines = tree.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
            if let index = lines.firstIndex(where: {
                $0.trimmed.hasSuffix("__init__.py") && !$0.hasPrefix("#") && !$0.hasPrefix("!")
            }) {
                return (path, index + 1)
            }
        }
        return nil
    }
}
