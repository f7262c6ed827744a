// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<SupervisorFile>> {
    /// A pipe cannot be measured.
    static let supervisorStandardOutput = Rule(
        "SV005", .warning, "a log on standard output that supervisord wants to cut",
        why: "The default cuts a log at 50 MB, which asks the file where it ends; a container's output is a pipe, and "
            + "each line is followed by an exception of its own: Illegal seek.",
        catches: ["[program:web]\ncommand=node server.js\nstdout_logfile=/dev/stdout\n"],
        passes: [
            "[program:web]\ncommand=node server.js\nstdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0\n",
            "[program:web]\ncommand=node server.js\nstdout_logfile=/var/log/web.log\n",
        ]
    ) { file in
        file.programs.flatMap { program in
            ["stdout", "stderr"].compactMap { stream -> Violation? in
                guard let log = program["\(stream)_logfile"], isStandardStream(log.value) else { return nil }
                let limit = program["\(stream)_logfile_maxbytes"]
                guard limit?.value != "0" else { return nil }
                let wanted = "\(stream)_logfile_maxbytes=0"
                return Violation(
                    line: log.line, "\(limit == nil ? "add below it" : "write"): \(wanted)",
                    fix: limit.map { Fix("Do not cut it", line: $0.line, count: 1, replacement: [wanted]) }
                        ?? Fix("Do not cut it", line: log.line + 1, count: 0, replacement: [wanted]))
            }
        }
    }

    private static func isStandardStream(_ path: String) -> Bool {
        ["/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2", "/proc/1/fd/1", "/proc/1/fd/2"].contains(path)
    }

    /// supervisord keeps what it started itself.
    static let supervisorBackground = Rule(
        "SV006", .error, "a program that goes into the background",
        why: "supervisord sees its process end, starts it again, which finds its own port taken, and gives up after "
            + "three times; nobody restarts or stops the one that runs.",
        catches: [
            "[program:nginx]\ncommand=nginx\n", "[program:web]\ncommand=gunicorn a:app --daemon\n",
            "[program:redis]\ncommand=redis-server --daemonize yes\n", "[program:cron]\ncommand=service cron start\n",
            "[program:web]\ncommand=pm2 start server.js\n",
        ],
        passes: [
            "[program:nginx]\ncommand=nginx -g \"daemon off;\"\n", "[program:web]\ncommand=gunicorn a:app\n",
            [
                "supervisord.conf": "[program:nginx]\ncommand=nginx\n",
                "nginx.conf": "daemon off;\nevents {}\nhttp { server { listen 80; } }\n",
            ], "[program:redis]\ncommand=redis-server\n", "[program:cron]\ncommand=cron -f\n",
            "[program:web]\ncommand=pm2-runtime server.js\n",
        ]
    ) { file in
        file.programs.compactMap { program in
            guard let command = program["command"],
                let advice = BackgroundProgram.advice(command.value, in: file.repository)
            else { return nil }
            return Violation(line: command.line, advice)
        }
    }

    /// For one developer.
    static let supervisorDevelopmentServer = Rule(
        "SV007", .error, "supervisord keeps a development server running",
        why: "Development servers handle few requests at a time, watch files and show source in error pages.",
        catches: ["[program:web]\ncommand=python manage.py runserver 0.0.0.0:8000\n"],
        passes: ["[program:web]\ncommand=gunicorn a.wsgi\n"]
    ) { file in
        guard !DevelopmentPath.isLikely(file.location) else { return [] }
        return file.programs.compactMap { program in
            guard let option = program["command"], let command = ServerCommandLine(option.value),
                command.isForDevelopment
            else { return nil }
            return Violation(line: option.line, "\(command.program) is for development; write: gunicorn MODULE:app")
        }
    }

    /// An expansion without a value is no empty text.
    static let supervisorVariable = Rule(
        "SV008", .error, "a variable of supervisord's file that nothing gives",
        why: "supervisord does not start: Format string contains names which cannot be expanded.",
        catches: [
            [
                "supervisord.conf": "[program:web]\ncommand=gunicorn a:app --workers %(ENV_WEB_WORKERS)s\n",
                "Dockerfile": "FROM python:3.13-slim\nCOPY . .\nCMD [\"supervisord\", \"-n\"]\n",
            ]
        ],
        passes: [
            [
                "supervisord.conf": "[program:web]\ncommand=gunicorn a:app --workers %(ENV_WEB_WORKERS)s\n",
                "Dockerfile": "FROM python:3.13-slim\nENV WEB_WORKERS=2\nCMD [\"supervisord\", \"-n\"]\n",
            ],
            "[program:web]\ncommand=gunicorn a:app --bind :%(ENV_PORT)s\n",
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return expandedOptions(of: file).compactMap { option in
            let names = SupervisorExpansions(option.value).variables
            guard
                let name = names.first(where: { name in
                    !["PORT", "PATH", "HOME", "HOSTNAME", "USER", "PWD", "LANG"].contains(name)
                        && !isNamedElsewhere(name, than: file)
                })
            else { return nil }
            return Violation(
                line: option.line, "\(name) is in no other file; give it where the container starts: ENV \(name)=...")
        }
    }

    private static func isNamedElsewhere(_ name: String, than file: CheckedFile<SupervisorFile>) -> Bool {
        file.repository.tree.entries.contains { entry in
            guard entry.path != file.location, let bytes = file.repository.tree.bytes(entry.path) else { return false }
            return ByteSearch.contains(name.utf8, in: bytes)
        }
    }

    /// What is started must be there.
    static let supervisorMissingFile = Rule(
        "SV009", .error, "supervisord starts what the repository does not have",
        why: "The process ends at once, supervisord gives up after three times, and the container goes on without it.",
        catches: [
            ["supervisord.conf": "[program:web]\ncommand=gunicorn config.wsgi:application\n", "core/wsgi.py": "\n"],
            ["deploy/supervisord.conf": "[program:bot]\ncommand=python /app/bot.py\n", "app/main.py": "\n"],
        ],
        passes: [
            ["supervisord.conf": "[program:web]\ncommand=gunicorn core.wsgi:application\n", "src/core/wsgi.py": "\n"],
            ["supervisord.conf": "[program:bot]\ncommand=python /app/bot.py\n", "bot.py": "\n"],
            ["supervisord.conf": "[program:web]\ncommand=node dist/main.js\n", "src/main.ts": "\n"],
        ]
    ) { file in
        guard file.repository.isWhole, !DevelopmentPath.isLikely(file.location) else { return [] }
        return file.programs.compactMap { program in
            guard let command = program["command"],
                let name = StartedProgram(command.value).missing(in: file.repository)
            else { return nil }
            return Violation(
                line: command.line, "\(name) is nowhere in the repository; write the file or module that is to run")
        }
    }
}

extension Rule<CheckedRepository> {
    /// A container ends with its first process.
    static let supervisorDetached = Rule(
        "AP491", .error, "the container's supervisord goes into the background",
        why: "supervisord leaves the foreground unless it is told to stay; a container ends with its first process, "
            + "and its programs with it.",
        catches: [
            [
                "Dockerfile":
                    "FROM debian:12-slim\nCOPY supervisord.conf /etc/supervisord.conf\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n",
                "supervisord.conf": "[supervisord]\nuser=root\n[program:web]\ncommand=nginx -g \"daemon off;\"\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM debian:12-slim\nCOPY supervisord.conf /etc/supervisord.conf\nCMD [\"supervisord\", \"-n\", \"-c\", \"/etc/supervisord.conf\"]\n",
                "supervisord.conf": "[supervisord]\nuser=root\n[program:web]\ncommand=nginx -g \"daemon off;\"\n",
            ],
            [
                "Dockerfile":
                    "FROM debian:12-slim\nCOPY supervisord.conf /etc/supervisord.conf\nCMD [\"supervisord\", \"-c\", \"/etc/supervisord.conf\"]\n",
                "supervisord.conf": "[supervisord]\nnodaemon=true\n[program:web]\ncommand=nginx -g \"daemon off;\"\n",
            ],
        ]
    ) { repository in
        let files = repository.supervisorFiles
        // One that is written while the image is built is not seen here.
        guard !files.isEmpty, !files.contains(where: staysInFront) else { return [] }
        return repository.images.compactMap { unit in
            guard let start = unit.start, let command = ServerCommandLine(start.text),
                command.program == "supervisord", !command.words.contains(where: isForeground),
                !unit.instructions.contains(where: { $0.text.contains("nodaemon") })
            else { return nil }
            return Violation(
                file: start.file, line: start.line,
                "the container ends at once; write: supervisord -n, or nodaemon=true below [supervisord]")
        }
    }

    private static func staysInFront(_ file: CheckedFile<SupervisorFile>) -> Bool {
        file.sections.contains {
            $0.kind == "supervisord"
                && ["true", "yes", "on", "1"].contains(($0["nodaemon"]?.value ?? "").lowercased())
        }
    }

    private static func isForeground(_ word: String) -> Bool {
        word == "--nodaemon" || word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("n")
    }
}
