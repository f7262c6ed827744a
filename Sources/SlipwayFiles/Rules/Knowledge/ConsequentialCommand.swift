// SPDX-License-Identifier: Apache-2.0

/// Tells commands whose failure matters to a deployment from those that only talk.
enum ConsequentialCommand {
    /// Words behind which the real command stands.
    private static let wrappers: Set<String> = [
        "exec", "sudo", "gosu", "su-exec", "tini", "dumb-init", "nohup", "time", "env", "poetry", "uv", "pipenv", "pdm",
        "npx", "pnpx", "bunx", "bundle", "yarn", "pnpm", "npm", "bun", "python", "python3", "php", "command", "doppler",
    ]

    private static let migrations: [[String]] = [
        ["migrate"], ["alembic", "upgrade"], ["prisma", "migrate"], ["prisma", "db", "push"], ["db:migrate"],
        ["flask", "db", "upgrade"], ["migration:run"], ["migrate:latest"], ["db:deploy"], ["migrate:deploy"],
        ["migrate", "up"], ["goose", "up"], ["sqlx", "migrate"], ["diesel", "migration"], ["aerich", "upgrade"],
        ["drizzle-kit", "migrate"], ["drizzle-kit", "push"], ["artisan", "migrate"], ["db:prepare"],
        ["doctrine:migrations:migrate"], ["ecto.migrate"], ["mikro-orm", "migration:up"], ["dbmate", "up"],
    ]

    private static let servers: Set<String> = [
        "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "uwsgi", "node", "puma", "unicorn",
        "nginx", "caddy", "apache2-foreground", "php-fpm", "java", "supervisord", "celery", "pm2-runtime", "thin",
        "dotnet", "haproxy", "redis-server", "postgres", "litestar", "rq", "streamlit",
    ]

    /// Whether the command changes the database's tables.
    static func isMigration(_ command: ShellCommand) -> Bool {
        let words = [command.name] + command.arguments
        guard !["echo", "printf", "log"].contains(command.name), !words.contains("--help") else { return false }
        return migrations.contains { pattern in
            guard pattern.count > 1 else {
                return command.arguments.contains(pattern[0]) || command.name == pattern[0]
            }
            return words.count >= pattern.count
                && (0...(words.count - pattern.count)).contains { start in
                    words[start..<start + pattern.count].elementsEqual(pattern)
                }
        }
    }

    /// The program that runs in the end, for `poetry run gunicorn` gunicorn.
    static func program(of command: ShellCommand) -> String {
        var words = ([command.name] + command.arguments)[...]
        while let word = words.first, wrappers.contains(base(word)) || word == "run" || word.hasPrefix("-") {
            let isModule = word == "-m"
            words.removeFirst()
            if isModule { break }
        }
        return words.first.map(base) ?? command.name
    }

    private static func base(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? word }

    /// Whether the command runs for as long as the application does.
    static func isServer(_ command: ShellCommand) -> Bool {
        let program = program(of: command)
        let arguments = command.arguments
        if ["--version", "-v", "-V", "--help", "-t", "-e", "-c", "status", "inspect", "stop", "-s", "-p", "call"]
            .contains(where: arguments.contains), !arguments.contains("-b"), program != "gunicorn"
        {
            guard program == "nginx", arguments.contains(where: { $0.contains("daemon off") }) else { return false }
        }
        if program == "celery" { return arguments.contains("worker") || arguments.contains("beat") }
        if program == "rq" { return arguments.contains("worker") }
        if program == "java" { return arguments.contains("-jar") }
        if program == "litestar" || program == "streamlit" { return arguments.contains("run") }
        if program == "node" {
            return arguments.contains {
                $0.hasSuffix("server.js") || $0.hasSuffix("main.js") || $0.hasSuffix("index.js")
            }
        }
        if program == "dotnet" { return arguments.contains { $0.hasSuffix(".dll") } }
        if servers.contains(program) { return true }
        if command.name == "npm" || command.name == "yarn" || command.name == "pnpm" {
            return arguments.first == "start" || arguments.starts(with: ["run", "start"])
                || arguments.starts(with: ["run", "start:prod"])
        }
        return program == "fastapi" && arguments.contains("run")
    }

    private static let silent: Set<String> = [
        "echo", "printf", "set", "shopt", "export", "cd", "source", ".", "true", "false", "exit", "return", "test", "[",
        "[[", "sleep", "trap", "read", "local", "declare", "unset", "shift", "wait", ":", "clear", "cat", "date", "pwd",
        "which", "command", "type", "umask", "readonly", "case", "tput", "kill", "pkill", "log", "basename", "dirname",
        "let", "eval", "usage", "hash", "id", "whoami", "ls", "grep", "uname", "break", "continue", "getopts",
    ]

    /// Whether what follows builds on the command's success.
    static func matters(_ command: ShellCommand) -> Bool {
        !command.name.isEmpty && !silent.contains(command.name) && !command.isCondition && !command.isInSubshell
    }
}
