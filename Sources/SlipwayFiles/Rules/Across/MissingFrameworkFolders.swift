// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// git keeps no empty folder, and Composer's own script stops without this one.
    static let missingFrameworkFolder = Rule(
        "AP227", .error, "a folder that Laravel writes to is in no clone",
        why:
            "composer install runs artisan package:discover, which stops with \"bootstrap/cache directory must be present "
            + "and writable\"; without storage/framework/views every page fails.",
        catches: [
            [
                ".gitignore": "/vendor\n/bootstrap/cache\n", "artisan": "#!/usr/bin/env php\n", "bootstrap/app.php": "",
                "storage/framework/views/.gitignore": "*\n",
                "composer.json": "{\"require\": {\"laravel/framework\": \"^12.0\"}}",
            ]
        ],
        passes: [
            [
                ".gitignore": "/vendor\n", "artisan": "#!/usr/bin/env php\n", "bootstrap/app.php": "",
                "bootstrap/cache/.gitignore": "*\n!.gitignore\n", "storage/framework/views/.gitignore": "*\n",
                "composer.json": "{\"require\": {\"laravel/framework\": \"^12.0\"}}",
            ],
            [
                ".gitignore": "/vendor\n/bootstrap/cache\n", "artisan": "#!/usr/bin/env php\n", "bootstrap/app.php": "",
                "storage/framework/views/.gitignore": "*\n",
                "composer.json": "{\"require\": {\"laravel/framework\": \"^12.0\"}}",
                "entrypoint.sh": "#!/bin/sh\nset -e\nmkdir -p bootstrap/cache\nexec php-fpm\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        return tree.files(named: "artisan").flatMap { entry -> [Violation] in
            let prefix = entry.directory == "." ? "" : entry.directory + "/"
            guard tree.text(prefix + "composer.json")?.contains("\"laravel/framework\"") == true,
                tree.hasDirectory(prefix + "bootstrap")
            else { return [] }
            return ["bootstrap/cache", "storage/framework/views"].compactMap { folder in
                guard !tree.hasDirectory(prefix + folder), !isMade(folder, repository) else { return nil }
                let place = ignored(folder, prefix, tree)
                return Violation(
                    file: place?.file ?? prefix + "composer.json", line: place?.line ?? 1,
                    "git has no \(prefix)\(folder), and nothing makes it; "
                        + (place == nil ? "" : "delete this line and ")
                        + "type: mkdir -p \(prefix)\(folder) && printf '*\\n!.gitignore\\n' > \(prefix)\(folder)/.gitignore"
                )
            }
        }
    }

    /// Whether a file that people or containers run makes the folder.
    private static func isMade(_ folder: String, _ repository: CheckedRepository) -> Bool {
        let last = String(folder.split(separator: "/").last ?? "")
        let endings = [".sh", ".yml", ".yaml", ".md", "Makefile", "composer.json", "Justfile", "Taskfile"]
        return repository.tree.entries.contains { entry in
            let isPlace =
                endings.contains(where: entry.name.hasSuffix) || FileFormat(path: entry.path) == .dockerfile
                || FileFormat(path: entry.path) == .shell
            guard isPlace, !entry.path.contains("node_modules/"), let text = repository.tree.text(entry.path),
                text.contains("mkdir") || text.contains("install -d")
            else { return false }
            return text.split(separator: "\n").contains { line in
                (line.contains("mkdir") || line.contains("install -d") || line.contains(folder)) && line.contains(last)
                    && !line.contains("chmod") && !line.contains("chown")
                    || line.contains("mkdir") && line.contains(last)
            }
        }
    }

    private static func ignored(_ folder: String, _ prefix: String, _ tree: SourceTree) -> (file: String, line: Int)? {
        guard let text = tree.text(prefix + ".gitignore") else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let parents = ["/" + folder, "/" + (folder.split(separator: "/").dropLast().joined(separator: "/"))]
        let found = lines.firstIndex { line in
            let pattern = line.trimmed
            let full = pattern.hasPrefix("/") ? pattern : "/" + pattern
            return parents.contains { full == $0 || full == $0 + "/" || full == $0 + "/*" }
        }
        return found.map { (prefix + ".gitignore", $0 + 1) }
    }
}
