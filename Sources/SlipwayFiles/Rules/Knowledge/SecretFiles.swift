// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Files that are named like secrets: whether they hold any.
enum SecretFiles {
    static func holdsSecret(_ entry: SourceTree.Entry, in tree: SourceTree) -> Bool {
        let folders = entry.path.lowercased().split(separator: "/").dropLast()
        // What stands among examples and tests is there to be seen.
        if folders.contains(where: {
            ["example", "examples", "test", "tests", "fixtures", "sample", "samples"].contains($0)
        }
        ) {
            return false
        }
        guard entry.name == ".env" || entry.name.hasPrefix(".env."), let text = tree.text(entry.path) else {
            return true
        }
        // Symfony keeps defaults in .env, which belongs into git; secrets are in .env.local.
        let composer = GoPath.clean(entry.directory + "/composer.json")
        if !entry.name.hasSuffix(".local"), tree.text(composer)?.contains("\"symfony/dotenv\"") == true { return false }
        let own = Dotenv(parsing: text).assignments.filter { !BrowserVariables.contains($0.name) }
        if entry.name == ".env" { return !own.isEmpty }
        return own.contains { assignment in
            guard SecretText.isSecret(name: assignment.name), let value = assignment.value else { return false }
            return !value.isEmpty && !isPlaceholder(value)
        }
    }

    private static func isPlaceholder(_ value: String) -> Bool {
        value.hasPrefix("<") || value.hasPrefix("[") || value.contains("YOUR") || value.contains("${")
    }
}
