// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A package that a manifest asks for.
struct AskedPackage {
    let name: String
    /// As it is written; empty when only the name counts.
    var range = ""
    /// One-based.
    let line: Int

    var text: String { range.isEmpty ? name : "\(name) \(range)" }
}

/// A package manager that installs what a lock file says, and refuses when that does not fit the manifest beside it.
struct LockedInstall: Sendable {
    let manifest: String
    let lock: String
    /// What refuses, as it is typed.
    let command: String
    /// What brings the lock file up to date.
    let remedy: String
    /// Whether a text, of an image or of a command, holds an installation that refuses.
    let isRefused: @Sendable (String) -> Bool
    let asked: @Sendable (String) -> [AskedPackage]
    /// Whether a lock file has a package; `nil` for a lock file of a form that is not known.
    let holding: @Sendable (String) -> ((AskedPackage) -> Bool)?

    static let all = [npm, yarn, pnpm, poetry, uv, pipenv, composer, bundler, cargo, go]

    private static func has(_ text: String, _ all: String..., oneOf any: [String] = []) -> Bool {
        all.allSatisfy { text.contains($0) } && (any.isEmpty || any.contains { text.contains($0) })
    }

    // MARK: Node

    private static let npm = LockedInstall(
        manifest: "package.json", lock: "package-lock.json", command: "npm ci", remedy: "npm install",
        isRefused: { has($0, "npm", oneOf: ["npm ci", "npm clean-install"]) },
        asked: { AskedPackages.node($0) },
        holding: { text in
            let names = LockedNames.npm(text)
            return names.isEmpty ? nil : { names.contains($0.name) }
        })

    private static let yarn = LockedInstall(
        manifest: "package.json", lock: "yarn.lock", command: "yarn install --frozen-lockfile", remedy: "yarn install",
        isRefused: { has($0, "yarn", oneOf: ["--frozen-lockfile", "--immutable"]) },
        asked: { text in
            // Resolutions write other ranges into the lock file.
            text.contains("\"resolutions\"") ? [] : AskedPackages.node(text).filter { !$0.range.contains(":") }
        },
        holding: { text in
            let patterns = LockedNames.yarn(text)
            guard !patterns.isEmpty else { return nil }
            return { patterns.contains("\($0.name)@\($0.range)") || patterns.contains("\($0.name)@npm:\($0.range)") }
        })

    private static let pnpm = LockedInstall(
        manifest: "package.json", lock: "pnpm-lock.yaml", command: "pnpm install --frozen-lockfile",
        remedy: "pnpm install", isRefused: { has($0, "pnpm", "--frozen-lockfile") && !$0.contains("--no-frozen") },
        asked: { text in
            text.contains("\"overrides\"") ? [] : AskedPackages.node(text).filter { !$0.range.contains(":") }
        },
        holding: { text in
            let ranges = LockedNames.pnpm(text)
            guard !ranges.isEmpty else { return nil }
            return { package in ranges[package.name]?.contains { $0.isEmpty || $0 == package.range } ?? false }
        })

    // MARK: Python

    private static let poetry = LockedInstall(
        manifest: "pyproject.toml", lock: "poetry.lock", command: "poetry install", remedy: "poetry lock",
        isRefused: { has($0, "poetry install") && !$0.contains("poetry lock") }, asked: { AskedPackages.python($0) },
        holding: { LockedNames.tables(in: $0) })

    private static let uv = LockedInstall(
        manifest: "pyproject.toml", lock: "uv.lock", command: "uv sync --locked", remedy: "uv lock",
        isRefused: { has($0, oneOf: ["uv sync", "uv run", "uv export"]) && has($0, oneOf: ["--locked", "--frozen"]) },
        asked: { AskedPackages.python($0) }, holding: { LockedNames.tables(in: $0) })

    private static let pipenv = LockedInstall(
        manifest: "Pipfile", lock: "Pipfile.lock", command: "pipenv install --deploy", remedy: "pipenv lock",
        isRefused: { has($0, "pipenv", oneOf: ["--deploy", "pipenv sync"]) }, asked: { AskedPackages.pipfile($0) },
        holding: { text in
            let names = Set(LockedNames.keys(in: text).map(AskedPackages.normalized))
            return names.isEmpty ? nil : { names.contains($0.name) }
        })

    // MARK: Others

    private static let composer = LockedInstall(
        manifest: "composer.json", lock: "composer.lock", command: "composer install",
        remedy: "composer update --lock", isRefused: { $0.contains("composer install") },
        asked: { AskedPackages.composer($0) },
        holding: { text in
            guard text.contains("\"packages\"") else { return nil }
            // Also where another package takes its place.
            let lower = text.lowercased()
            return { lower.contains("\"\($0.name)\"") }
        })

    private static let bundler = LockedInstall(
        manifest: "Gemfile", lock: "Gemfile.lock", command: "bundle install", remedy: "bundle lock",
        isRefused: { text in
            has(
                text, "bundle install",
                oneOf: [
                    "BUNDLE_DEPLOYMENT", "BUNDLE_FROZEN", "--deployment", "--frozen", "deployment true", "frozen true",
                    "deployment 'true'", "frozen 'true'",
                ])
        }, asked: { AskedPackages.gems($0) },
        holding: { text in
            let names = LockedNames.gems(text)
            return names.isEmpty ? nil : { names.contains($0.name) }
        })

    private static let cargo = LockedInstall(
        manifest: "Cargo.toml", lock: "Cargo.lock", command: "cargo build --locked", remedy: "cargo update --workspace",
        isRefused: { has($0, "cargo", oneOf: ["--locked", "--frozen"]) }, asked: { AskedPackages.crates($0) },
        holding: { text in
            let names = LockedNames.tableNames(in: text)
            return names.isEmpty ? nil : { names.contains($0.name) }
        })

    private static let go = LockedInstall(
        manifest: "go.mod", lock: "go.sum", command: "go build", remedy: "go mod tidy",
        isRefused: { text in
            has(text, oneOf: ["go build", "go install ./", "go test", "go run ."])
                && !has(text, oneOf: ["go mod tidy", "-mod=mod", "-mod=vendor", "go get"])
        }, asked: { AskedPackages.modules($0) },
        holding: { text in
            let lines = Set(text.split(separator: "\n").compactMap { LockedNames.sum($0) })
            return lines.isEmpty ? nil : { lines.contains("\($0.name) \($0.range)") }
        })
}
