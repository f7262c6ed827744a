// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Commands that delete what a deployment has stored.
struct DataLoss {
    /// What is lost, and where the command must run for it to be there.
    enum Subject { case containers, tables, files }

    let subject: Subject
    /// What is wrong and what to type.
    let message: String

    /// What the command deletes; `nil` when nothing.
    static func of(_ command: ShellCommand) -> DataLoss? {
        let words = [command.name] + command.arguments
        guard !command.isCondition, !["echo", "printf"].contains(command.name) else { return nil }
        func has(_ pattern: String...) -> Bool {
            var rest = words[...]
            for word in pattern {
                guard let place = rest.firstIndex(of: word) else { return false }
                rest = rest[(place + 1)...]
            }
            return true
        }
        if has("docker", "down", "-v") || has("docker-compose", "down", "-v") || has("down", "--volumes")
            || has("docker", "compose", "rm", "-fsv")
        {
            return DataLoss(
                subject: .containers, message: "down -v deletes the volumes with the data; write it without -v")
        }
        if has("docker", "prune", "--volumes") || has("docker", "volume", "prune") {
            return DataLoss(subject: .containers, message: "prunes volumes, which hold data; leave volumes out")
        }
        if has("docker", "volume", "rm") {
            return DataLoss(subject: .containers, message: "deletes a volume with its data; delete this line")
        }
        if has("prisma", "--accept-data-loss") || has("prisma", "migrate", "reset") {
            return DataLoss(
                subject: .tables,
                message: "deletes what the new schema has no place for; write: npx prisma migrate deploy")
        }
        if has("artisan", "migrate:fresh") || has("artisan", "migrate:refresh") || has("artisan", "db:wipe") {
            return DataLoss(subject: .tables, message: "deletes every table; write: php artisan migrate --force")
        }
        if has("manage.py", "flush") || has("db:drop") || has("migrate:fresh") || has("downgrade", "base")
            || words.first == "dropdb" || has("db:reset") || has("manage.py", "reset_db") || has("schema:drop")
        {
            return DataLoss(
                subject: .tables,
                message: "deletes every row; delete this line, or keep it in a script for development")
        }
        return files(words)
    }

    /// Folders of a server that go with what was uploaded to them.
    private static func files(_ words: [String]) -> DataLoss? {
        let words = words.first == "sudo" ? Array(words.dropFirst()) : words
        if words.first == "find", words.contains("d"), words.contains("-mtime"), !words.contains("-maxdepth"),
            words.contains("-delete") || words.contains("rm"),
            let place = words.dropFirst().first, !["log", "tmp", "backup", "cache"].contains(where: place.contains)
        {
            return DataLoss(
                subject: .files,
                message:
                    "deletes folders by their age, those of the running release too; name them, or add: -maxdepth 1")
        }
        return nil
    }

    /// The `rm -rf` of a folder that is fetched anew afterwards, with a database file in it.
    static func emptiedFolder(in script: ScriptFile) -> ShellCommand? {
        let commands = script.commands
        guard let clone = commands.lastIndex(where: { $0.name == "git" && $0.arguments.first == "clone" }),
            ["file:./", "sqlite:///", ".sqlite", ".db\""].contains(where: script.text.contains)
        else { return nil }
        return commands[..<clone].last { command in
            guard command.name == "rm", command.hasFlag("r", "recursive") || command.hasFlag("R"),
                let target = command.arguments.last(where: { !$0.hasPrefix("-") }), !target.contains("tmp")
            else { return false }
            // The same folder is the clone's, or the one that the script goes to afterwards.
            let goes = commands[clone...].contains { $0.name == "cd" && $0.arguments.first == target }
            return goes || commands[clone].arguments.last == target
        }
    }

    /// The lines of a script that delete something, those of texts inside it too, which run elsewhere.
    static func lines(of text: String) -> [(loss: DataLoss, line: String)] {
        let hints = [
            "down", "prune", "volume", "prisma", "migrate:", "flush", "db:", "dropdb", "reset", "find ", "schema:",
        ]
        return text.split(whereSeparator: \.isNewline).compactMap { raw in
            let line = raw.trimmed
            guard !line.hasPrefix("#"), hints.contains(where: line.contains) else { return nil }
            return ShellProgram(parsing: line).commands.lazy.compactMap(of).first.map { ($0, line) }
        }
    }
}
