// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost

/// Keys of build stages: equal input, equal key; any change that may matter, another key.
package enum Fingerprint {
    /// Files that decide which dependencies are installed, by name.
    private static let manifests: Set<String> = [
        "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock",
        ".python-version", "package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml",
        "pnpm-workspace.yaml", "yarn.lock", "bun.lock", "bun.lockb", ".npmrc", ".yarnrc", ".yarnrc.yml", "Gemfile",
        "Gemfile.lock", "composer.json", "composer.lock", "go.mod", "go.sum", "Cargo.toml", "Cargo.lock",
        "Package.swift", "Package.resolved", "mix.exs", "mix.lock",
    ]

    /// Of the dependency manifests that belong to a service: those below its folder and in the folders above it.
    package static func dependencies(_ input: BuildInput, also parts: [String]) -> String {
        let above = ancestors(of: input.service.directory)
        let paths = input.tree.entries.filter { entry in
            guard isManifest(entry) else { return false }
            return above.contains(entry.directory) || belongs(entry.path, to: input)
        }
        return key(input.tree, paths.map(\.path), parts)
    }

    /// Of every source file that the service's build may read: all but those below another service's folder.
    package static func source(_ input: BuildInput, also parts: [String]) -> String {
        let paths = input.tree.entries.map(\.path).filter { !isForeign($0, to: input) }
        let variables = input.variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return key(input.tree, paths, parts + variables)
    }

    /// Whether the path is below the folder of another service and not below this one's own.
    package static func isForeign(_ path: String, to input: BuildInput) -> Bool {
        let own = input.service.directory
        for other in input.application.services where other.directory != own && other.directory != "." {
            let isInside = path.hasPrefix(other.directory + "/")
            let ownIsDeeper = own != "." && own.hasPrefix(other.directory + "/") && path.hasPrefix(own + "/")
            if isInside, !ownIsDeeper { return true }
        }
        return false
    }

    private static func isManifest(_ entry: SourceTree.Entry) -> Bool {
        if manifests.contains(entry.name) { return true }
        guard entry.name.hasSuffix(".txt") || entry.name.hasSuffix(".in") else { return false }
        return entry.name.contains("require") || entry.name.contains("constraint")
            || entry.directory.hasSuffix("requirements")
    }

    private static func belongs(_ path: String, to input: BuildInput) -> Bool {
        let own = input.service.directory
        return (own == "." || path.hasPrefix(own + "/")) && !isForeign(path, to: input)
    }

    private static func ancestors(of directory: String) -> Set<String> {
        var found: Set<String> = ["."]
        var components = directory.split(separator: "/")
        while !components.isEmpty {
            found.insert(components.joined(separator: "/"))
            components.removeLast()
        }
        return found
    }

    private static func key(_ tree: SourceTree, _ paths: [String], _ parts: [String]) -> String {
        let files = paths.sorted().flatMap { [Array($0.utf8), tree.contents($0) ?? []] }
        return String(Digest.sha256(parts: parts.map { Array($0.utf8) } + files).prefix(16))
    }
}
