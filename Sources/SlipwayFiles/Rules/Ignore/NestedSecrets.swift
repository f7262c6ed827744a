// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// Docker anchors patterns to the root of the context: .env there leaves server/.env in the image, with its secrets.
    static let nestedSecrets = Rule(
        "DI001", .warning, "a pattern reaches the top folder only",
        why:
            "Docker anchors patterns to the root of the context: .env there leaves server/.env in the image, with its secrets.",
        catches: [[".dockerignore": ".env\n", "server/.env": "A=1\n"]],
        passes: [
            [".dockerignore": "**/.env\n", "server/.env": "A=1\n"],
            [".dockerignore": ".env\nserver\n", "server/.env": "A=1\n"], [".dockerignore": ".env\n", ".env": "A=1\n"],
        ]
    ) { file in
        let wanted: Set<String> = [
            ".env", "node_modules", ".git", "__pycache__", ".venv", ".next", "dist", ".DS_Store", ".env.local",
        ]
        return file.rules.compactMap { rule in
            guard !rule.isException, wanted.contains(rule.pattern) else { return nil }
            let nested = file.repository.tree.entries.first { entry in
                guard let path = IgnoredPaths.inContext(entry.path, of: file) else { return false }
                let isBelow = path.hasSuffix("/" + rule.pattern) || path.contains("/" + rule.pattern + "/")
                return isBelow && file.document.decidingRule(for: path) == nil
            }
            // Of folders that git ignores too, nothing is in the tree, so a name that is always nested counts as well.
            let isAlwaysNested = rule.pattern == "__pycache__" || rule.pattern == ".DS_Store"
            guard nested != nil || isAlwaysNested && !file.rules.contains(where: { $0.pattern == "**/" + rule.pattern })
            else { return nil }
            let fix = Fix(
                "Write **/\(rule.pattern)", line: rule.position.line, count: 1, replacement: ["**/" + rule.pattern])
            let example = nested.map { "leaves \($0.path) in" } ?? "excludes it in the top folder only"
            return Violation(
                line: rule.position.line, "\(rule.pattern) \(example); write: **/\(rule.pattern)", fix: fix)
        }
    }
}
