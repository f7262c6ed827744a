// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// A shell in front of the server keeps the stop signal for itself.
    static let noExec = Rule(
        "SH030", .warning, "the server is a child of the script",
        why: "The shell is process 1 and passes no signal on: every stop waits for the grace period and then kills the "
            + "server in the middle of its requests.",
        catches: [
            ["entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\ngunicorn app.wsgi -b 0.0.0.0:8000\n"],
            ["docker-entrypoint.sh": "#!/bin/sh\nset -e\n\"$@\"\n"],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"./serve-all.sh\"]\n",
                "serve-all.sh": "#!/bin/sh\nset -e\nnode server.js\n",
            ],
        ],
        passes: [
            ["entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec gunicorn app.wsgi -b 0.0.0.0:8000\n"],
            ["entrypoint.sh": "#!/bin/sh\nset -e\nexec \"$@\"\n"],
            ["entrypoint.sh": "#!/bin/sh\nset -e\nnginx -t\nexec nginx -g 'daemon off;'\n"],
            ["start-dev.sh": "#!/bin/sh\nset -e\nuvicorn app:app --reload\n"],
        ]
    ) { file in
        guard file.isStart, isInContainer(file) else { return [] }
        let script = file.document
        let ends = ScriptEnds(of: script)
        return script.commands.compactMap { command in
            let isArguments =
                command.words.count == 1 && ["\"$@\"", "$@", "\"${@}\""].contains(command.words[0].source)
            guard isArguments || ConsequentialCommand.isServer(command), command.words.first?.text != "exec",
                !command.isInSubshell,
                command.joint != .pipe, !command.isCondition, !command.isFollowedByAnd, !command.isFollowedByOr,
                !script.isInBackground(command), !script.rest(after: command).contains("|"),
                ends.areAll(after: script.line(of: script.end(of: command))),
                let word = command.words.first
            else { return nil }
            return file.violation(
                at: command, "the shell keeps the stop signal; write: exec \(word.source) ...",
                fix: command.assignments.isEmpty
                    ? file.fix("Put the server in the shell's place", word.offset..<word.offset, with: "exec ") : nil)
        }
    }

    static func isInContainer(_ file: CheckedFile<ScriptFile>) -> Bool {
        let name = (file.location.split(separator: "/").last ?? "").lowercased()
        return name.contains("entrypoint") || name.hasPrefix("docker-") || !file.startingDockerfiles.isEmpty
    }

    /// Nobody watches what runs in the background.
    static let unwatchedProcess = Rule(
        "SH031", .warning, "a process runs in the background of the container",
        why: "When the background process ends, the container looks healthy and its work is not done: no restart, no "
            + "log line, no alarm.",
        catches: [
            [
                "entrypoint.sh":
                    "#!/bin/sh\nset -e\ncelery -A app worker &\nexec gunicorn app.wsgi -b 0.0.0.0:8000\n"
            ]
        ],
        passes: [
            ["entrypoint.sh": "#!/bin/sh\nset -e\nexec celery -A app worker\n"],
            ["entrypoint.sh": "#!/bin/bash\nset -e\ncelery -A app worker &\ngunicorn app &\nwait -n\nexit 1\n"],
        ]
    ) { file in
        guard file.isStart, isInContainer(file) else { return [] }
        let script = file.document
        let waits = script.commands.contains { $0.name == "wait" && $0.arguments.contains("-n") }
        guard !waits else { return [] }
        return script.commands.compactMap { command in
            guard script.isInBackground(command), ConsequentialCommand.isServer(command) else { return nil }
            let program = ConsequentialCommand.program(of: command)
            return file.violation(
                at: command, "nobody restarts \(program) when it ends; give it a service of its own")
        }
    }

    /// A server that its makers call one for development.
    static let developmentServer = Rule(
        "SH032", .warning, "a development server starts in production",
        why: "Development servers serve one request at a time, restart on every file, or show the code of an error to "
            + "everybody.",
        catches: [
            ["entrypoint.sh": "#!/bin/sh\nset -e\nexec python manage.py runserver 0.0.0.0:8000\n"],
            ["start.sh": "#!/bin/sh\nset -e\nexec uvicorn app:app --reload\n"],
        ],
        passes: [
            ["entrypoint.sh": "#!/bin/sh\nset -e\nexec gunicorn app.wsgi\n"],
            ["dev.sh": "#!/bin/sh\nset -e\nexec python manage.py runserver\n"],
        ]
    ) { file in
        guard file.isStart else { return [] }
        return file.findings { command in
            let words = [command.name] + command.arguments
            guard !["echo", "printf"].contains(command.name), !command.isCondition else { return nil }
            let isDjango = words.contains("runserver")
            let isFlask = words.contains("flask") && words.contains("run")
            let isReload = words.contains("--reload") && (words.contains("uvicorn") || words.contains("gunicorn"))
            let isVite = ["npm", "yarn", "pnpm"].contains(command.name) && words.last == "dev"
            guard isDjango || isFlask || isReload || isVite || words.contains("nodemon") else { return nil }
            let isGuarded =
                file.document.commands.contains { other in
                    ["[", "[[", "test"].contains(other.name)
                        && other.arguments.contains {
                            ["dev", "development", "local", "debug", "true", "1"].contains($0.lowercased())
                        }
                } || file.document.text.contains("esac")
            guard !isGuarded else { return nil }
            return isDjango
                ? "runserver is for development; write: exec gunicorn PROJECT.wsgi -b 0.0.0.0:8000"
                : isReload
                    ? "--reload is for development; delete it"
                    : "starts a development server; start the built application"
        }
    }

    /// The next start depends on what a registry answers.
    static let installsAtStart = Rule(
        "SH033", .warning, "packages are installed when the container starts",
        why: "Each start takes minutes, needs the registry, and can bring other versions than those that were tested.",
        catches: [
            ["entrypoint.sh": "#!/bin/sh\nset -e\npip install -r requirements.txt\nexec gunicorn app\n"],
            ["docker-entrypoint.sh": "#!/bin/sh\nset -e\nnpm install\nexec node server.js\n"],
        ],
        passes: [["entrypoint.sh": "#!/bin/sh\nset -e\nexec gunicorn app\n"]]
    ) { file in
        guard file.isStart, isInContainer(file),
            !file.document.lines.contains(where: { $0.contains("node_modules") && $0.contains("[ ") })
        else { return [] }
        let installs: [[String]] = [
            ["pip", "install"], ["pip3", "install"], ["npm", "install"], ["npm", "ci"], ["yarn", "install"],
            ["pnpm", "install"], ["apt-get", "install"], ["apk", "add"], ["composer", "install"],
            ["bundle", "install"], ["poetry", "install"], ["uv", "sync"],
        ]
        return file.findings { command in
            let words = ([command.name] + command.arguments).filter { $0 != "sudo" }
            guard !command.isInSubshell,
                installs.contains(where: { words.starts(with: $0) })
            else { return nil }
            return "\(words.prefix(2).joined(separator: " ")) runs at every start; move it to a RUN of the Dockerfile"
        }
    }

    /// Migration files that are written in a container are lost with it.
    static let writesMigrations = Rule(
        "SH034", .error, "migration files are made when the application starts",
        why: "The files are made in the container and lost with it: each machine has its own history, and the next "
            + "release no longer fits the database.",
        catches: [
            [
                "entrypoint.sh":
                    "#!/bin/sh\nset -e\npython manage.py makemigrations\npython manage.py migrate\nexec gunicorn app\n"
            ],
            ["start.sh": "#!/bin/sh\nset -e\nflask db migrate\nflask db upgrade\nexec gunicorn app\n"],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    command: /app/docker/app.sh\n",
                "docker/app.sh":
                    "#!/bin/bash\nalembic revision --autogenerate -m a\nalembic upgrade head\nuvicorn main:app --host 0.0.0.0\n",
            ],
        ],
        passes: [
            ["entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec gunicorn app\n"],
            [
                "entrypoint.sh":
                    "#!/bin/sh\nset -e\npython manage.py makemigrations --check --dry-run\nexec gunicorn app\n"
            ],
            ["scripts/migration.sh": "#!/bin/sh\nset -e\nalembic revision --autogenerate -m \"$1\"\n"],
        ]
    ) { file in
        guard file.isStart || file.isDeployment || file.isStartedByCompose else { return [] }
        let commands = file.document.commands
        // A script that only makes them is what developers call.
        guard
            commands.contains(where: ConsequentialCommand.isServer)
                || commands.contains(where: { $0.words.first?.text == "exec" }) || !file.startingDockerfiles.isEmpty
        else { return [] }
        return file.findings { command in
            let words = command.arguments
            guard !words.contains("--check"), !words.contains("--dry-run") else { return nil }
            let isDjango = words.contains("makemigrations")
            let isFlask =
                words.suffix(2).elementsEqual(["db", "migrate"]) && ([command.name] + words).contains("flask")
            let isAlembic = words.contains("--autogenerate")
            let isPrisma = words.starts(with: ["prisma", "migrate", "dev"])
            guard isDjango || isFlask || isAlembic || isPrisma else { return nil }
            return "makes migration files that are lost with the container; make them on your machine, commit them and "
                + "delete this line"
        }
    }

    /// The script's own host is not the database's.
    static let waitsForLocalhost = Rule(
        "SH035", .warning, "a container looks for another service on itself",
        why: "localhost inside a container is the container itself, so the script waits for a database that is never "
            + "there.",
        catches: [
            [
                "entrypoint.sh":
                    "#!/bin/sh\nset -e\nuntil pg_isready -h localhost; do sleep 1; done\nexec gunicorn app\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n  web:\n    build: .\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
            ]
        ],
        passes: [
            [
                "entrypoint.sh": "#!/bin/sh\nset -e\nuntil pg_isready -h db; do sleep 1; done\nexec gunicorn app\n",
                "compose.yml": "services:\n  db:\n    image: postgres:17\n  web:\n    build: .\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
            ]
        ]
    ) { file in
        guard !file.startingDockerfiles.isEmpty else { return [] }
        let stores = file.repository.composeFiles.flatMap { compose in
            compose.services.filter { $0.image.flatMap { KnownImage.of($0.text) }?.isStore == true }
        }
        guard let store = stores.first else { return [] }
        return file.findings { command in
            guard
                ["pg_isready", "nc", "psql", "mysqladmin", "redis-cli", "wait-for-it", "wait-for-it.sh", "wait-for"]
                    .contains(command.name.split(separator: "/").last ?? ""),
                command.arguments.contains(where: {
                    ["localhost", "127.0.0.1"].contains($0) || $0.hasPrefix("localhost:") || $0.hasPrefix("127.0.0.1:")
                })
            else { return nil }
            return "localhost is the container itself; write the service's name: \(store.name)"
        }
    }
}

/// What stands behind a command: whether nothing but the ends of blocks.
private struct ScriptEnds {
    /// Without comments and spaces.
    private let lines: [String]
    private let last: String?
    /// The last line that ends a function or a loop.
    private let lastOther: Int

    init(of script: ScriptFile) {
        lines = script.lines.map { line in GoPath.trimSpace(String(line.prefix { $0 != "#" })) }
        last = lines.last { !$0.isEmpty }
        lastOther = lines.lastIndex { $0 == "}" || $0 == "done" } ?? -1
    }

    /// - Parameter start: Index of the first line behind the command.
    func areAll(after start: Int) -> Bool {
        guard let next = lines[start...].first(where: { !$0.isEmpty }) else { return true }
        guard ["fi", "esac", "else", ";;"].contains(next) || next.hasPrefix("elif") else { return false }
        // Whatever stands in the other branches; after the last end nothing may follow.
        return (last == "fi" || last == "esac") && lastOther < start
    }
}
