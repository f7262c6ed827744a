// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// The build or the start needs them: without the lock file other versions are installed, without migrations the schema stays old.
    static let neededExcluded = Rule(
        "DI004", .warning, "a lock file or migrations are excluded",
        why:
            "The build or the start needs them: without the lock file other versions are installed, without migrations the schema stays old.",
        catches: [
            [".dockerignore": "package-lock.json\n", "package-lock.json": "{}"],
            [".dockerignore": "**/migrations\n", "app/migrations/0001_initial.py": ""],
        ],
        passes: [[".dockerignore": "node_modules\n", "package-lock.json": "{}"]]
    ) { file in
        let locks: Set<String> = [
            "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "Cargo.lock", "go.sum",
            "Gemfile.lock", "composer.lock", "Pipfile.lock",
        ]
        var seen: Set<Int> = []
        return file.repository.tree.entries.compactMap { entry in
            let isMigration = entry.path.contains("migrations/") || entry.path.contains("alembic/versions/")
            guard locks.contains(entry.name) || isMigration, let path = IgnoredPaths.inContext(entry.path, of: file),
                let rule = file.document.decidingRule(for: path), !rule.isException,
                seen.insert(rule.position.line).inserted
            else { return nil }
            // A rule that throws out whole folders means them.
            guard
                locks.contains(rule.pattern) || rule.pattern.contains("migrations") || rule.pattern.contains("alembic")
                    || rule.pattern.hasPrefix("*.")
            else { return nil }
            return Violation(
                line: rule.position.line, "\(rule.pattern) keeps \(path) out of the image; remove this line")
        }
    }
}
