// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Procfiles: a person's own words about processes and commands.
struct ProcfileDetector: Detector {
    let name = "procfile"
    let account = DetectorAccount(
        recognises:
            "Processes and their commands in a person's own words.",
        reads: ["Procfile"],
        confidence: "95 %")

    /// Programs that certainly answer HTTP under the process type `web`.
    private static let servers: Set<String> = [
        "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "uwsgi", "flask", "fastapi",
        "python",
        "python3", "node", "bundle", "puma", "rails", "rackup", "thin", "unicorn", "java", "deno", "bun", "streamlit",
    ]

    /// Programs beside the application, not parts of it: web servers, databases and what stands for them while
    /// developing.
    private static let others: Set<String> = [
        "nginx", "php-fpm", "caddy", "httpd", "apache2", "traefik", "redis-server", "valkey-server", "postgres",
        "mysqld", "mongod", "memcached", "mailhog", "mailpit", "mailcatcher", "minio", "elasticsearch", "docker",
        "docker-compose", "ngrok", "stripe", "maildev", "rabbitmq-server", "cron", "crond", "supervisord",
    ]

    /// What builds again whenever a file changes, or serves a front end while somebody works on it.
    private static func isWatcher(_ command: String) -> Bool {
        let words = ServerCommand.split(command)
        return words.contains { word in
            let name = word.lastPathComponent
            return name == "--watch" || name == "watch" || name.hasPrefix("watch:") || name.hasSuffix(":watch")
                || watchers.contains(name) || name.hasPrefix("tailwindcss:watch")
        }
    }

    private static let watchers: Set<String> = [
        "webpack-dev-server", "shakapacker-dev-server", "guard", "watchexec", "watchman", "livereload", "browser-sync",
        "nodemon", "entr", "reflex", "air", "cargo-watch",
    ]

    func detect(in repository: Repository) -> [Evidence] {
        repository.procfiles.flatMap { path, file in
            file.processes.flatMap { evidence($0, path, repository) }
        }
    }

    private func evidence(_ process: Procfile.Process, _ path: String, _ repository: Repository) -> [Evidence] {
        var directory = path.parentDirectory
        var parts = ServerCommand.commands(in: process.command)
        if let first = parts.first.map(ServerCommand.split), first.count == 2, first[0] == "cd", parts.count > 1,
            let inner = PathText.normalized(directory.appending(path: first[1].trimmingQuotes))
        {
            directory = inner
            parts.removeFirst()
        }
        guard let last = parts.last else { return [] }
        let whole =
            parts.count == 1 || directory == path.parentDirectory && parts.count == 1
            ? last : parts.joined(separator: " && ")
        func claim(_ claim: Claim, _ kind: String, _ confidence: Double = Confidence.stated) -> Evidence {
            .claim(
                claim, for: Subject(directory, kind), file: path, line: process.line,
                why: "\(process.name): \(process.command)", confidence: confidence)
        }
        let program = ServerCommand.split(last).first { !$0.contains("=") } ?? ""
        if process.name != Subject.web, Self.others.contains(program.lastPathComponent) || Self.isWatcher(last) {
            return []
        }
        if process.name == "release" { return [claim(.release(whole), Subject.web)] }
        let command = ServerCommand(last)
        let isWeb = process.name == Subject.web || command?.target != nil && command?.port != nil
        let before = parts.dropLast()
        let migrations = before.filter(Migrations.isMigration)
        let start = migrations.count == before.count ? last : whole
        var found: [Evidence] =
            migrations.isEmpty ? [] : [claim(.release(migrations.joined(separator: " && ")), Subject.web, 0.9)]
        if isWeb {
            let kind =
                process.name == "web"
                    || !["web"].contains(where: { name in
                        repository.procfiles.contains { $0.path == path && $0.file[name] != nil }
                    }) ? Subject.web : process.name
            if let command, Self.servers.contains(command.program) { found.append(claim(.role(.backend), kind, 0.6)) }
            found.append(claim(.start(Self.listening(start, command)), kind))
        } else {
            let kind = WorkerProcess.name(of: start, given: process.name)
            found.append(claim(.role(.worker), kind))
            found.append(claim(.start(StartCommand(start)), kind))
        }
        return found
    }

    /// The command with the port it will listen on, made movable where a flag says it.
    private static func listening(_ text: String, _ command: ServerCommand?) -> StartCommand {
        guard let command, text == command.words.joined(separator: " ") else { return StartCommand(text) }
        return command.listening(usualPort: nil)
    }
}
