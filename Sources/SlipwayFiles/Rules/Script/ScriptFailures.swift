// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// A deployment that goes on after its build failed puts the ruins online.
    static let goesOn = Rule(
        "SH001", .warning, "the script goes on after a failure",
        why: "Without set -e the shell ignores that a command failed: a deployment goes on without its build, a "
            + "container starts its server without the migration.",
        catches: [
            ["deploy.sh": "#!/bin/sh\nnpm ci\nnpm run build\nrsync -a dist/ host:/srv/app\n"],
            ["entrypoint.sh": "#!/bin/bash\npython manage.py migrate\nexec gunicorn app.wsgi\n"],
        ],
        passes: [
            ["deploy.sh": "#!/bin/sh\nset -e\nnpm ci\nnpm run build\nrsync -a dist/ host:/srv/app\n"],
            ["deploy.sh": "#!/bin/bash -eu\nnpm ci\nnpm run build\n"],
            ["entrypoint.sh": "#!/bin/sh\npython manage.py migrate && exec gunicorn app.wsgi\n"],
            ["entrypoint.sh": "#!/bin/sh\necho starting\nexec gunicorn app.wsgi\n"],
            ["scripts/lint.sh": "#!/bin/sh\nruff check\nmypy .\n"],
        ]
    ) { file in
        guard file.isDeployment || file.isStart, !file.document.stopsAtFailure else { return [] }
        let steps = file.document.commands.filter(ConsequentialCommand.matters)
        // Each step but the last must be followed by `&&`, `||` or be a condition.
        guard
            let ignored = steps.dropLast().first(where: {
                !$0.isFollowedByAnd && !$0.isFollowedByOr && $0.words.first?.text != "exec"
            }),
            ConsequentialCommand.isMigration(ignored) || steps.count > 2 || file.isDeployment
        else { return [] }
        let hasFirstLine = file.document.lines.first?.hasPrefix("#!") == true
        let name = ignored.words.prefix(3).map(\.source).joined(separator: " ")
        return [
            file.violation(
                at: ignored, "when \(name) fails, the script goes on; write as the second line: set -e",
                fix: Fix(
                    "Stop at the first failure", line: hasFirstLine ? 2 : 1, count: 0, replacement: ["set -e"],
                    isUnsafe: true))
        ]
    }

    /// A migration's failure must reach whoever deploys.
    static let swallowedMigration = Rule(
        "SH002", .error, "a failed migration is passed over",
        why:
            "The new code starts with the old tables and answers with errors, while the deployment is reported as good.",
        catches: [
            "#!/bin/sh\nset -e\nalembic upgrade head || true\nexec uvicorn app:app\n",
            "#!/bin/sh\npython manage.py migrate || echo 'migration failed'\nexec gunicorn app\n",
        ],
        passes: [
            "#!/bin/sh\nset -e\nalembic upgrade head\nexec uvicorn app:app\n",
            "#!/bin/sh\nalembic upgrade head || exit 1\nexec uvicorn app:app\n",
        ]
    ) { file in
        let commands = file.document.commands
        return commands.indices.dropLast().compactMap { index in
            let next = commands[index + 1]
            guard commands[index].isFollowedByOr, !commands[index].isCondition, !file.isForDevelopment,
                next.joint == .or, ConsequentialCommand.isMigration(commands[index]),
                isSilent(commands, from: index + 1)
            else { return nil }
            return file.violation(
                at: commands[index],
                "a failed migration is passed over by || \(next.name); delete that part, so that the start fails too",
                severity: isRepetition(commands[index], in: file.repository) ? .info : nil)
        }
    }

    /// Whether the container that the command enters has migrated when it started, and ends when that fails.
    private static func isRepetition(_ command: ShellCommand, in repository: CheckedRepository) -> Bool {
        let words = command.words.map(\.text)
        guard let place = words.firstIndex(of: "exec"), words.first?.hasPrefix("docker") == true else { return false }
        let after = words[(place + 1)...].drop { $0.hasPrefix("-") }
        guard let name = after.first else { return false }
        return repository.deployedUnits.contains { unit in
            guard unit.service?.name == name,
                let entry = unit.instructions.last(where: { $0.keyword == "ENTRYPOINT" }),
                let script = unit.script(of: entry.arguments), script.stopsOnFailure
            else { return false }
            return ShellProgram(parsing: script.lines.joined(separator: "\n")).commands.contains {
                ConsequentialCommand.isMigration($0) && !$0.isFollowedByOr
            }
        }
    }

    /// Whether what follows an `||` lets the script go on.
    private static func isSilent(_ commands: [ShellCommand], from start: Int) -> Bool {
        let first = commands[start]
        if ["true", ":"].contains(first.name) { return true }
        guard first.name == "echo" || first.name == "printf" else { return false }
        // `|| { echo ...; exit 1; }` and `|| (echo ... && exit 1)` end it.
        let next = commands.indices.contains(start + 1) ? commands[start + 1] : nil
        return !["exit", "return", "false", "kill"].contains(next?.name ?? "")
    }

    /// Only the last program of a pipe counts.
    static let lostPipeFailure = Rule(
        "SH003", .warning, "the failure of a pipe's first command is lost", alias: ["SC2312"],
        why: "A pipe succeeds when its last command does: an empty dump is compressed, uploaded and called a backup.",
        catches: [
            "#!/bin/bash\nset -e\npg_dump app | gzip > backup.sql.gz\n",
            "#!/bin/sh\nset -e\ncurl -fsSL https://example.com/app.tgz | tar xz\n",
        ],
        passes: [
            "#!/bin/bash\nset -euo pipefail\npg_dump app | gzip > backup.sql.gz\n",
            "#!/bin/sh\nset -e\npg_dump app > backup.sql\ngzip backup.sql\n",
            "#!/bin/sh\nset -e\nps aux | grep app\n",
        ]
    ) { file in
        let script = file.document
        guard !script.options.contains("pipefail") else { return [] }
        let isRich = if case .rich = script.interpreter { true } else { false }
        let sources: Set<String> = ["pg_dump", "pg_dumpall", "mysqldump", "mongodump", "mariadb-dump"]
        let commands = script.commands
        return commands.indices.dropFirst().compactMap { index in
            let (left, right) = (commands[index - 1], commands[index])
            guard right.joint == .pipe, !right.isCondition else { return nil }
            let isDump = sources.contains(ConsequentialCommand.program(of: left)) || isDumpInContainer(left, sources)
            let isDownload =
                ["curl", "wget"].contains(left.name) && ["tar", "unzip", "gunzip", "psql"].contains(right.name)
            guard isDump || isDownload else { return nil }
            return file.violation(
                at: left,
                "when \(left.name) fails, \(right.name) still succeeds; "
                    + (isRich ? "write: set -o pipefail" : "write into a file first, or use bash and set -o pipefail"))
        }
    }

    private static func isDumpInContainer(_ command: ShellCommand, _ sources: Set<String>) -> Bool {
        ["docker", "kubectl", "ssh", "docker-compose", "podman"].contains(command.name)
            && command.arguments.contains { sources.contains($0) }
    }

    /// What follows a cd that failed happens in the wrong folder.
    static let uncheckedFolder = Rule(
        "SH004", .warning, "cd can fail and the script goes on", alias: ["SC2164"],
        why: "When the folder is missing, everything that follows happens where the script was called: files are "
            + "deleted or built in the wrong place.",
        catches: ["#!/bin/sh\ncd /srv/app\nrm -rf build\n"],
        passes: [
            "#!/bin/sh\ncd /srv/app || exit 1\nrm -rf build\n", "#!/bin/sh\nset -e\ncd /srv/app\nrm -rf build\n",
            "#!/bin/sh\ncd /srv/app && rm -rf build\n", "#!/bin/sh\ncd /srv/app\n",
        ]
    ) { file in
        let script = file.document
        guard !script.stopsAtFailure, !file.isForDevelopment else { return [] }
        return script.commands.indices.compactMap { index in
            let command = script.commands[index]
            guard command.name == "cd", !command.isFollowedByAnd, !command.isFollowedByOr, !command.isCondition,
                !command.isInSubshell, let folder = command.words.dropFirst().first, folder.text != "..",
                folder.text != "-", folder.text != "~", !folder.text.hasPrefix("$"), !folder.text.hasPrefix("../"),
                script.commands[(index + 1)...].contains(where: ConsequentialCommand.matters)
            else { return nil }
            let end = script.end(of: command)
            let isLast = GoPath.trimSpace(String(script.rest(after: command))).isEmpty
            return file.violation(
                at: command,
                "the script goes on when \(folder.source) is missing; write: cd \(folder.source) || exit 1",
                fix: isLast ? file.fix("Stop when the folder is missing", end..<end, with: " || exit 1") : nil)
        }
    }

    /// A loop that waits forever hides what it waits for.
    static let endlessWait = Rule(
        "SH005", .info, "waits for another service without an end",
        why: "When the database never comes, the container neither starts nor fails, and nobody is told.",
        catches: ["#!/bin/sh\nwhile ! nc -z db 5432; do\n  sleep 1\ndone\nexec gunicorn app\n"],
        passes: [
            RuleExample(
                "#!/bin/sh\ntries=0\nuntil nc -z db 5432; do\n  tries=$((tries+1))\n  [ $tries -gt 60 ] && exit 1\n"
                    + "  sleep 1\ndone\nexec gunicorn app\n"),
            "#!/bin/sh\ntimeout 60 sh -c 'until nc -z db 5432; do sleep 1; done'\nexec gunicorn app\n",
        ]
    ) { file in
        let probes: Set<String> = ["nc", "pg_isready", "mysqladmin", "redis-cli", "curl", "wget", "psql"]
        let commands = file.document.commands
        guard !commands.contains(where: { $0.name == "timeout" }), !file.isForDevelopment else { return [] }
        return commands.indices.compactMap { index in
            let command = commands[index]
            guard command.isCondition, probes.contains(command.name) else { return nil }
            let line = file.document.line(of: command)
            let head = file.document.lines[line - 1]
            guard head.contains("while ") || head.contains("until ") else { return nil }
            let body = commands[(index + 1)...].prefix { $0.name != "done" }.prefix(8)
            guard let pause = body.firstIndex(where: { $0.name == "sleep" }) else { return nil }
            let counts = body.prefix(through: pause).contains {
                ["[", "[[", "test", "exit", "break", "return", "let", "expr"].contains($0.name)
            }
            guard !counts, file.document.lines[(line - 1)...].prefix(8).allSatisfy({ !$0.contains("((") }) else {
                return nil
            }
            return file.violation(
                at: command,
                "waits forever for \(command.name) to succeed; count the tries, or write: timeout 60 sh -c 'until ...'")
        }
    }
}
