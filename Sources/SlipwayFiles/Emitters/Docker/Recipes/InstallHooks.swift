// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The scripts that a package manager runs when it installs a package.
struct InstallHooks {
    private static let hooks = ["preinstall", "install", "postinstall", "prepare"]
    private static let managers: Set<String> = ["npm", "yarn", "pnpm", "bun"]
    /// What reads the sources of the package, or of others.
    private static let builders: Set<String> = [
        "tsc", "tsup", "turbo", "nx", "lerna", "vite", "rollup", "esbuild", "webpack", "unbuild", "nest",
        "preconstruct",
    ]
    /// Options that lead to another package.
    private static let elsewhere: Set<String> = [
        "-w", "--workspace", "-ws", "--workspaces", "-r", "--recursive", "--filter", "--prefix", "-C", "workspaces",
        "workspace",
    ]

    let scripts: DataNode

    /// Whether they build something: the manifests alone are not enough to install the package.
    var build: Bool { Self.hooks.contains { scripts[$0]?.string.map { builds($0, steps: 0) } ?? false } }

    private func builds(_ text: String, steps: Int) -> Bool {
        guard steps < 4 else { return false }
        return text.split(whereSeparator: { "&|;".contains($0) }).contains { command in
            var words = command.split(separator: " ").map(String.init)
            if words.first == "npx" { words.removeFirst() }
            guard let first = words.first else { return false }
            if Self.builders.contains(first) { return true }
            guard Self.managers.contains(first) else { return false }
            if words.contains(where: { Self.elsewhere.contains(String($0.prefix { $0 != "=" })) }) { return true }
            guard let name = words.dropFirst().first(where: { $0 != "run" && !$0.hasPrefix("-") }),
                let inner = scripts[name]?.string
            else { return false }
            return builds(inner, steps: steps + 1)
        }
    }
}
