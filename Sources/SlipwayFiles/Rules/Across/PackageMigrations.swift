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

    static func run(by manifest: String, in repository: CheckedRepository) -> Bool {
        guard MigrationRuns.runs(manifest) else { return false }
        let scripts = JSONDocument(parsing: manifest).root?["scripts"]?.mapping?.entries ?? []
        let texts = scripts.map { (key: $0.key, text: $0.value.text ?? "") }
        let migrating = texts.filter { MigrationRuns.runs($0.text) }
        return migrating.contains { script in
            common.contains(script.key) || texts.contains { calls(script.key, in: $0.text) }
                || isCalled(script.key, in: repository)
        } || PlatformMigrations.isCalledByCode(in: repository) || makesTables(repository)
    }

    /// Whether the code makes its tables with statements of its own.
    private static func makesTables(_ repository: CheckedRepository) -> Bool {
        let signs = ["CREATE TABLE IF NOT EXISTS", "create table if not exists"].map { Array($0.utf8) }
        return repository.codeFiles.contains { entry in
            guard !entry.path.contains("migration"), let bytes = repository.tree.bytes(entry.path) else { return false }
            return signs.contains { ByteSearch.contains($0, in: bytes) }
        }
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
