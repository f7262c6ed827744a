// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<DockerIgnore>> {
    /// A pattern without `**/` is anchored to the context's root.
    static let nestedSecrets = Rule(
        "DI001", .warning, "a pattern reaches the top folder only",
        why: "Docker anchors patterns to the context's root, so .env there leaves server/.env in the image.",
        catches: [[".dockerignore": ".env\n", "server/.env": "A=1\n"]],
        passes: [[".dockerignore": "**/.env\n", "server/.env": "A=1\n"]]
    ) { file in
        file.rules.compactMap { rule in
            guard !rule.isException, !rule.pattern.contains("/"), !rule.pattern.contains("*") else { return nil }
            let name = rule.pattern
            let nested = file.repository.tree.entries.first {
                $0.path.hasSuffix("/" + name) && file.document.decidingRule(for: $0.path) == nil
            }
            guard [".env", "node_modules", ".git"].contains(name), let nested else { return nil }
            return Violation(
                line: rule.position.line, "\(name) does not exclude \(nested.path); write: **/\(name)")
        }
    }
}
