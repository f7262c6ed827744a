// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The server starts on tables that do not fit, and nobody is told.
    static let migrationFailurePassedOver = Rule(
        "AP220", .warning, "a failed migration is passed over",
        why: "What follows || or ; runs after a failure too: the release counts as good, and the server answers from "
            + "tables that do not fit its code.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22\nCOPY . .\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy || true; exec node a.js\"]\n"
            ],
            [
                "Dockerfile":
                    "FROM node:22\nRUN echo '#!/bin/sh' > /s.sh && \\\n  echo 'npx prisma migrate deploy || echo failed' >> /s.sh\nCMD [\"/s.sh\"]\n"
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c \"python manage.py migrate; gunicorn a.wsgi\"\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"npm\", \"start\"]\n",
                "package.json": "{\"scripts\":{\"start\":\"prisma migrate deploy || echo skipped && node a.js\"}}",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh": "#!/bin/sh\nset -e\nalembic upgrade head || echo 'no migration'\nexec gunicorn a:app\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22\nCOPY . .\nCMD [\"sh\", \"-c\", \"npx prisma migrate deploy && exec node a.js\"]\n"
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh":
                    "#!/bin/sh\nset -e\nalembic upgrade head || { echo failed; exit 1; }\nexec gunicorn a:app\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./start.sh\"]\n",
                "start.sh":
                    "#!/bin/sh\nuntil alembic upgrade head; do sleep 1; done\nexec gunicorn a:app\n",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nCMD [\"sh\", \"-c\", \"set -e; npx prisma migrate deploy; exec node a.js\"]\n"
            ],
            [
                "Dockerfile":
                    "FROM node:22\nCMD [\"sh\", \"-c\", \"prisma migrate deploy || prisma db push && exec node a.js\"]\n"
            ],
        ]
    ) { repository in
        var seen: Set<String> = []
        return MigrationFailures.places(in: repository).compactMap { place in
            guard let end = MigrationFailures.passedOver(place.text, isOneLine: place.isOneLine),
                seen.insert("\(place.file):\(place.line)").inserted
            else { return nil }
            return Violation(
                file: place.file, line: place.line,
                end == ";"
                    ? "what follows runs after a failed migration too; write && in the place of ;"
                    : "a failed migration is passed over; delete what follows \(end), so that the start ends with the failure"
            )
        }
    }
}

/// Migrations whose failure changes nothing.
enum MigrationFailures {
    struct Place {
        let text: String
        let file: String
        let line: Int
        /// Whether nothing stands around it that ends at a failure.
        let isOneLine: Bool
    }

    /// What deployments start, one line each.
    static func places(in repository: CheckedRepository) -> [Place] {
        var found: [Place] = []
        for unit in repository.deployedUnits where !unit.isForDevelopment {
            for instruction in unit.instructions where ["CMD", "ENTRYPOINT", "RUN"].contains(instruction.keyword) {
                let lines = instruction.text.split(separator: "\n", omittingEmptySubsequences: false)
                for (index, line) in lines.enumerated() {
                    found.append(
                        Place(
                            text: String(line), file: unit.dockerfile.location, line: instruction.line + index,
                            isOneLine: instruction.keyword != "RUN" && lines.count == 1))
                }
            }
            if let command = unit.service?.command, let compose = unit.compose {
                found.append(
                    Place(text: command.text, file: compose.location, line: command.line, isOneLine: true))
            }
        }
        for script in EntryScripts.all(in: repository) {
            for (index, line) in script.lines.enumerated() {
                found.append(Place(text: line, file: script.path, line: index + 1, isOneLine: false))
            }
        }
        for file in repository.procfiles {
            for process in file.document.processes {
                found.append(Place(text: process.command, file: file.location, line: process.line, isOneLine: true))
            }
        }
        for file in repository.flyFiles {
            if let release = file.releaseCommand {
                found.append(Place(text: release.text, file: file.location, line: release.line, isOneLine: true))
            }
        }
        for file in repository.railwayConfigs {
            for command in [file.releaseCommand, file.startCommand].compactMap({ $0 }) {
                found.append(Place(text: command.text, file: file.location, line: command.line, isOneLine: true))
            }
        }
        for file in repository.renderBlueprints {
            for service in file.services {
                for command in [service.releaseCommand, service.buildCommand, service.startCommand].compactMap({ $0 }) {
                    found.append(Place(text: command.text, file: file.location, line: command.line, isOneLine: true))
                }
            }
        }
        return found + packageScripts(in: repository)
    }

    /// Scripts of package.json that deployments run by their usual names.
    private static func packageScripts(in repository: CheckedRepository) -> [Place] {
        let usual: Set<String> = [
            "start", "prestart", "start:prod", "start:production", "postinstall", "release", "deploy", "start:migrate",
            "serve",
        ]
        return repository.tree.files(named: "package.json").filter { !$0.path.contains("node_modules/") }.flatMap {
            entry in
            let text = repository.tree.text(entry.path) ?? ""
            let scripts = JSONDocument(parsing: text).root?["scripts"]?.mapping?.entries ?? []
            return scripts.compactMap { script -> Place? in
                guard usual.contains(script.key), let text = script.value.text else { return nil }
                return Place(text: text, file: entry.path, line: script.value.line, isOneLine: true)
            }
        }
    }

    /// The operator behind a migration that lets its failure pass; `nil` where there is none.
    static func passedOver(_ text: String, isOneLine: Bool) -> String? {
        let line = text.trimmed
        guard !line.hasPrefix("#"), let command = first(in: line) else { return nil }
        let before = line[..<command.lowerBound]
        guard !["if ", "until ", "while ", "elif ", "echo \"", "echo 'echo", "! "].contains(where: before.contains)
        else { return nil }
        var rest = line[command.upperBound...]
        while let byte = rest.first {
            if rest.hasPrefix("&&") || rest.hasPrefix("|| exit") { return nil }
            if rest.hasPrefix("||") { return isHarmless(rest.dropFirst(2)) ? nil : "||" }
            if byte == ";" {
                return isOneLine && !before.contains("set -e") && !before.contains("-ec")
                    && rest.dropFirst().contains(where: \.isLetter)
                    ? ";" : nil
            }
            if byte == "'" || byte == "\"" { return nil }
            rest = rest.dropFirst()
        }
        return nil
    }

    /// Whether the other branch ends the start, or tries again.
    private static func isHarmless(_ branch: Substring) -> Bool {
        let until = branch.prefix { $0 != "\n" }
        return ["exit ", "return 1", "kill", "false", "retry"].contains(where: until.contains)
            || until.hasSuffix("exit")
            || first(in: String(until)) != nil || until.trimmed.isEmpty || until.trimmed == "\\"
            || until.trimmed.hasSuffix("{") || until.trimmed == "("
    }

    private static func first(in text: String) -> Range<String.Index>? {
        let found: [Range<String.Index>] = MigrationRuns.commands.compactMap { TextSearch.range(of: $0, in: text[...]) }
        return found.min { $0.lowerBound < $1.lowerBound }
    }
}
