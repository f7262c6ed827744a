// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Scripts that Rails makes for a developer's machine, and that no server runs.
enum DeveloperScripts {
    static let names: Set<String> = ["setup", "dev", "ci"]
}

/// Migrations among the scripts of a package.json: a script that nothing calls is only a name.
enum PackageMigrations {
    /// What npm, a platform or an image runs without anybody naming more.
    private static let common: Set<String> = [
        "start", "prestart", "poststart", "start:prod", "start:production", "start:docker", "build", "prebuild",
        "postbuild", "install", "postinstall", "prepare", "deploy", "predeploy", "release", "heroku-postbuild",
        "vercel-build", "production", "prod", "serve",
    ]

    /// Those that npm runs only when somebody starts the program with npm.
    private static let starts: Set<String> = [
        "start", "prestart", "poststart", "start:prod", "start:production", "start:docker", "production", "prod",
        "serve",
    ]

    /// Whether a script of an image's start counts: one whose image starts the program itself runs no script.
    private static func isStarted(_ name: String, in repository: CheckedRepository) -> Bool {
        guard starts.contains(name) else { return true }
        let managers = ["npm", "yarn", "pnpm", "bun", "pm2", "turbo", "nx"]
        let images = repository.images.filter { !$0.isForDevelopment }
        let isOnItsOwn = images.allSatisfy { unit in
            unit.imageStart.map { start in
                !managers.contains(where: start.text.contains) && unit.service?.command == nil
            } ?? false
        }
        // A platform without an image runs the script start by itself.
        guard !images.isEmpty, isOnItsOwn, repository.railwayConfigs.isEmpty, repository.procfiles.isEmpty,
            repository.renderBlueprints.isEmpty, repository.appManifests.isEmpty, repository.units.isEmpty
        else { return true }
        let plain = name.split(separator: ":").first.map { $0.hasPrefix("pre") ? String($0.dropFirst(3)) : String($0) }
        return isCalled(name, in: repository) || plain.map { isCalled($0, in: repository) } == true
    }

    static func run(by manifest: String, in repository: CheckedRepository) -> Bool {
        guard MigrationRuns.runs(manifest) else { return false }
        let scripts = JSONDocument(parsing: manifest).root?["scripts"]?.mapping?.entries ?? []
        let texts = scripts.map { (key: $0.key, text: $0.value.text ?? "") }
        let migrating = texts.filter { MigrationRuns.runs($0.text) }
        return migrating.contains { script in
            common.contains(script.key) && isStarted(script.key, in: repository)
                || texts.contains { calls(script.key, in: $0.text) }
                || isCalled(script.key, in: repository)
        } || PlatformMigrations.isCalledByCode(in: repository) || makesTables(repository)
    }

    /// Whether the code makes its tables with statements of its own.
    private static func makesTables(_ repository: CheckedRepository) -> Bool {
        repository.codeFiles(with: ["CREATE TABLE IF NOT EXISTS", "create table if not exists"], smallerThan: .max)
            .contains { !$0.path.contains("migration") }
    }

    /// Whether the text has the name as a word of its own.
    private static func calls(_ name: String, in text: String) -> Bool {
        text.split { " \"'\n\t,;&|()[]".contains($0) }.dropFirst().contains { $0 == name }
    }

    /// Whether an image, a script, a pipeline or a platform's file runs it.
    private static func isCalled(_ name: String, in repository: CheckedRepository) -> Bool {
        let formats: [FileFormat] = [
            .dockerfile, .compose, .shell, .workflow, .gitlab, .procfile, .render, .railway, .fly, .yaml, .systemd,
        ]
        let others = repository.tree.entries.filter { entry in
            let lower = entry.name.lowercased()
            return lower == "makefile" || lower == "justfile" || lower == "package.json" || lower == "turbo.json"
                || lower == "vercel.json" || lower == "app.json"
                || lower.hasSuffix(".js") && lower.contains("ecosystem")
        }.map(\.path)
        return (formats.flatMap(repository.paths(of:)) + others).contains { path in
            guard !path.contains("node_modules/"), let text = repository.tree.text(path) else { return false }
            // Its own manifest names the script once more.
            if path.hasSuffix("package.json") { return text.contains("run \(name)") || text.contains("\(name) &&") }
            return calls(name, in: text)
        }
    }
}
