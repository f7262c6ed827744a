// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Written, and forgotten.
    static let entryNeverStarted = Rule(
        "AP351", .error, "an entry script migrates or installs, and nothing starts it",
        why: "The image starts its own command instead: packages are not installed, tables are not made, and the first "
            + "request fails.",
        catches: [
            [
                "Dockerfile": "FROM php:8.4-fpm\nWORKDIR /var/www\n",
                "docker-compose.yml": "services:\n  app:\n    build: .\n",
                "docker-entrypoint.sh":
                    "#!/bin/sh\nset -e\ncomposer install\nphp artisan migrate --force\nexec php-fpm\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n",
            ],
            [
                "Dockerfile": "FROM ruby:3.4\nCOPY . .\nCMD [\"bundle\", \"exec\", \"rails\", \"server\"]\n",
                "bin/docker-entrypoint": "#!/bin/bash -e\n./bin/rails db:prepare\nexec \"${@}\"\n",
            ],
            [
                "Dockerfile":
                    "# ENTRYPOINT [\"/rails/bin/docker-entrypoint\"]\nFROM ruby:3.4\nCOPY . .\nCMD [\"bundle\", \"exec\", \"rails\", \"server\"]\n",
                "bin/docker-entrypoint": "#!/bin/bash -e\n./bin/rails db:prepare\nexec \"${@}\"\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM ruby:3.4\nCOPY . .\nENTRYPOINT [\"/rails/bin/docker-entrypoint\"]\n",
                "bin/docker-entrypoint": "#!/bin/bash -e\n./bin/rails db:prepare\nexec \"${@}\"\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\n",
                "compose.yml": "services:\n  a:\n    build: .\n    command: sh entrypoint.sh\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD python manage.py migrate && gunicorn shop.wsgi\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec gunicorn shop.wsgi\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.dockerfiles.isEmpty else { return [] }
        return repository.scripts.compactMap { script -> Violation? in
            let name = SourceTree.Entry(path: script.location).name
            guard name.contains("entrypoint"), name.hasSuffix(".sh") || !name.contains("."), !script.isForDevelopment,
                let work = StartedScript.work(of: script),
                !StartedScript.isNamed(name, apartFrom: script.location, repository),
                let file = StartedScript.image(for: script, repository)
            else { return nil }
            let folder = SourceTree.Entry(path: file).directory
            let source = folder == "." ? script.location : String(script.location.dropFirst(folder.utf8.count + 1))
            return Violation(
                file: script.location, line: script.document.line(of: work),
                "nothing starts it, so this never runs; write in \(file): COPY \(source) /\(name) and ENTRYPOINT "
                    + "[\"\(name.hasSuffix(".sh") ? "sh" : "bash")\", \"/\(name)\"]")
        }
    }
}

private enum StartedScript {
    /// The command whose lack breaks the application.
    static func work(of script: CheckedFile<ScriptFile>) -> ShellCommand? {
        script.document.commands.first { command in
            let words = command.words.map(\.text)
            let steps: Set<String> = ["upgrade", "db:prepare"]
            return words.contains { $0.hasPrefix("migrate") || $0.hasSuffix(":migrate") || steps.contains($0) }
                && !words.contains("echo") || words.starts(with: ["composer", "install"])
                || words.starts(with: ["prisma", "db"]) || words.starts(with: ["npx", "prisma"])
        }
    }

    /// Whether any other file speaks of it: a Dockerfile, a manifest, a unit, a script or a guide.
    static func isNamed(_ name: String, apartFrom path: String, _ repository: CheckedRepository) -> Bool {
        let tree = repository.tree
        func holds(_ entry: SourceTree.Entry) -> Bool {
            guard entry.path != path, let bytes = tree.bytes(entry.path), bytes.count < 500_000 else { return false }
            guard ByteSearch.contains(name.utf8, in: bytes) else { return false }
            // A line that is commented out starts nothing.
            guard let text = tree.text(entry.path), !entry.name.hasSuffix(".md") else { return true }
            return text.split(separator: "\n").contains { $0.contains(name) && !$0.trimmed.hasPrefix("#") }
        }
        return tree.otherEntries.contains(where: holds) || repository.documents.contains(where: holds)
            || tree.files(named: "package.json").contains(where: holds)
            || tree.files(ending: "json").contains { $0.name.contains("task") && holds($0) }
    }

    /// The Dockerfile that could start it, unless an image or a service does the work by itself.
    static func image(for script: CheckedFile<ScriptFile>, _ repository: CheckedRepository) -> String? {
        let signs = ["migrate", "composer install", "db push", "upgrade"]
        let isDone =
            repository.dockerfiles.contains { file in
                file.stages.last.map { stage in
                    file.lineage(of: stage).contains { instruction in
                        ["CMD", "ENTRYPOINT"].contains(instruction.keyword)
                            && signs.contains(where: instruction.text.contains)
                    }
                } ?? false
            } || repository.composeFiles.contains { file in ByteSearch.contains("migrate".utf8, in: file.text.utf8) }
        guard !isDone else { return nil }
        return repository.dockerfiles.map(\.location).filter { location in
            let folder = SourceTree.Entry(path: location).directory
            return !DevelopmentPath.isLikely(location)
                && (folder == "." || script.folder == folder || script.folder.hasPrefix(folder + "/"))
        }.max { $0.utf8.count < $1.utf8.count }
    }
}
