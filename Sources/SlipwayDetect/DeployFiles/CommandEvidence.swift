// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a command of a Dockerfile or Compose file says about the code in a folder, as far as it would work outside
/// that image.
struct CommandEvidence {
    private let repository: Repository

    private static let workers: Set<String> = [
        "celery", "rq", "dramatiq", "arq", "huey_consumer", "huey_consumer.py", "sidekiq", "rqworker", "taskiq",
        "faust", "procrastinate",
    ]
    private static let servers: Set<String> = [
        "uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress-serve", "fastapi", "flask", "streamlit",
        "manage.py", "litestar", "sanic",
    ]

    init(_ repository: Repository) { self.repository = repository }

    /// - Parameters:
    ///   - worker: The process type to use for commands that do not listen.
    ///   - entrypoint: The script of the repository that is given the command.
    func claims(
        _ text: String, folder: String, file: String, line: Int, confidence: Double, worker: String?,
        entrypoint: String? = nil
    ) -> [Evidence] {
        var text = Self.withoutShell(text)
        var line = line
        var file = file
        if let recipe = IndirectCommand.recipe(of: text, in: folder, repository.tree) {
            (text, file, line) = (recipe.text, recipe.file, recipe.line)
        } else if let entrypoint, let word = ServerCommand.split(text).first?.trimmingQuotes,
            let arm = IndirectCommand.arm(word, of: entrypoint, repository.tree), let last = serverLine(among: arm)
        {
            (text, file, line) = (last.text, entrypoint, last.line)
        }
        // A start script of the repository speaks for itself.
        var migrations: [Evidence] = []
        if let script = script(in: text, folder) {
            migrations = migrationLines(of: script, folder, confidence)
            // The word after it may choose one of several things that it does.
            let words = ServerCommand.split(text).map(\.trimmingQuotes)
            let place = words.firstIndex { $0.lastPathComponent == script.lastPathComponent }
            let word = place.flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
            let arm = word.flatMap { IndirectCommand.arm($0, of: script, repository.tree) }.flatMap(serverLine)
            if let last = arm ?? serverLine(of: script) { (text, file, line) = (last.text, script, last.line) }
        }
        let parts = ServerCommand.commands(in: text)
        var found = migrations
        func claim(_ claim: Claim, _ process: String, _ confidence: Double) {
            found.append(
                .claim(claim, for: Subject(folder, process), file: file, line: line, why: text, confidence: confidence))
        }
        // What stands before a server in one command line prepares its start.
        let servers = parts.count { ServerCommand($0).map { Self.servers.contains($0.program) } == true }
        for part in parts {
            guard let command = ServerCommand(part) else { continue }
            if Migrations.isMigration(part) {
                if Self.isPortable(part, folder, repository.tree) {
                    claim(.release(part), Subject.web, confidence * 0.95)
                }
                continue
            }
            if Self.workers.contains(command.program) {
                // A page about the queues does none of their work.
                guard !command.words.contains("flower") else { continue }
                let process = WorkerProcess.name(of: part, given: worker ?? "worker")
                claim(.role(.worker), process, confidence)
                claim(.start(StartCommand(part)), process, confidence)
                continue
            }
            guard
                Self.servers.contains(command.program) || command.program == "node"
                    || command.program.hasPrefix("python")
            else {
                if let worker, command.program.hasSuffix(".worker") || part.contains(" -m ") || part.contains("worker"),
                    command.programIndex < command.words.count, parts.count == 1, part.hasPrefix("python")
                {
                    claim(.role(.worker), worker, confidence)
                    claim(.start(StartCommand(part)), worker, confidence)
                }
                continue
            }
            if let port = command.port {
                claim(.port(port), Subject.web, confidence)
            } else if let variable = command.portVariable,
                let given = ConfiguredPort.given(variable, in: [folder, "."], repository.tree, isRead: { _ in true })
            {
                claim(.port(given.number), Subject.web, confidence * 0.95)
            }
            if let worker, command.target == nil, command.port == nil, !Self.servers.contains(command.program) {
                if servers > 0 { continue }
                guard Self.isPortable(part, folder, repository.tree) else { continue }
                let process = WorkerProcess.name(of: part, given: worker)
                claim(.role(.worker), process, confidence)
                claim(.start(StartCommand(part)), process, confidence)
                continue
            }
            // Only a command whose object is the one found in the code is sure to work from the same folder.
            guard let target = command.target,
                repository.targets(in: folder).contains(where: { target == $0 || target == "\($0)()" }),
                !command.isDevelopment
            else { continue }
            claim(.start(command.listening(usualPort: nil)), Subject.web, confidence)
        }
        return found
    }

    /// `uvicorn app:app` of `bash -c "uvicorn app:app"`.
    private static func withoutShell(_ text: String) -> String {
        let words = ServerCommand.split(text)
        guard words.count == 3, ["sh", "bash", "ash"].contains(words[0].lastPathComponent), words[1].hasPrefix("-"),
            words[1].hasSuffix("c"), let quote = words[2].first, quote == "\"" || quote == "'",
            words[2].last == quote, words[2].count > 2
        else { return text }
        return String(words[2].dropFirst().dropLast())
    }

    /// Whether the files that a command names are there when it runs in the folder.
    private static func isPortable(_ command: String, _ folder: String, _ tree: SourceTree) -> Bool {
        ServerCommand.split(command).allSatisfy { word in
            guard !word.hasPrefix("-"),
                word.hasSuffix(".py") || word.hasSuffix(".sh") || word.hasSuffix(".js") || word.hasSuffix(".ini")
            else { return true }
            return !word.hasPrefix("/")
                && tree.contains(folder.appending(path: word.hasPrefix("./") ? String(word.dropFirst(2)) : word))
        }
    }

    func script(in text: String, _ folder: String) -> String? {
        for word in ServerCommand.split(text) where word.hasSuffix(".sh") {
            let name = word.trimmingQuotes
            let choices = [
                name, name.lastPathComponent, "scripts/" + name.lastPathComponent, "docker/" + name.lastPathComponent,
            ].map { folder.appending(path: $0.hasPrefix("/") ? String($0.dropFirst()) : $0) }
            if let found = choices.compactMap({ PathText.normalized($0) }).first(where: repository.tree.contains) {
                return found
            }
        }
        return nil
    }

    /// What a start script does to the database before it starts the server.
    private func migrationLines(of script: String, _ folder: String, _ confidence: Double) -> [Evidence] {
        guard let text = repository.tree.text(script) else { return [] }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            guard !trimmed.hasPrefix("#"), !trimmed.hasPrefix("echo") else { continue }
            for part in ServerCommand.commands(in: String(trimmed)) where Migrations.isMigration(part) {
                let words = ServerCommand.split(part)
                guard let first = words.first, !["if", "while", "until", "!", "then", "do", "for"].contains(first),
                    !part.contains("$("), !part.contains("`"), Self.isPortable(part, folder, repository.tree)
                else { continue }
                let plain = words.prefix { !$0.hasPrefix(">") && !$0.hasPrefix("2>") }.joined(separator: " ")
                return [
                    .claim(
                        .release(plain), for: Subject(folder, Subject.web), file: script, line: index + 1, why: part,
                        confidence: confidence * 0.85)
                ]
            }
        }
        return []
    }

    /// The line of a script that starts a server or a worker.
    private func serverLine(of script: String) -> (text: String, line: Int)? {
        guard let text = repository.tree.text(script) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return serverLine(among: lines.enumerated().map { (String($1), $0 + 1) })
    }

    private func serverLine(among lines: [(text: String, line: Int)]) -> (text: String, line: Int)? {
        var found: (String, Int)?
        var pending = ""
        for (line, number) in lines {
            let trimmed = String(line.drop { $0 == " " || $0 == "\t" })
            if trimmed.hasPrefix("#") { continue }
            let whole = pending + trimmed
            if whole.hasSuffix("\\") {
                pending = String(whole.dropLast()) + " "
                continue
            }
            pending = ""
            for part in ServerCommand.commands(in: whole) {
                guard let command = ServerCommand(part),
                    Self.servers.contains(command.program) || Self.workers.contains(command.program)
                else { continue }
                if command.program == "manage.py", !part.contains("runserver") { continue }
                found = (part, number)
            }
        }
        return found
    }
}
