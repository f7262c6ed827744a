// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Neither supervisord nor systemd starts a shell.
    static let shellWordInUnit = Rule(
        "AP291", .error, "a command of supervisord or systemd holds a word that only a shell understands",
        why:
            "The program gets the text $PORT, && or > as it stands: it refuses the value, or takes the rest of the line for "
            + "its own arguments.",
        catches: [
            ["supervisord.conf": "[program:web]\ncommand=gunicorn a:app --bind 0.0.0.0:$PORT\n"],
            ["deploy/supervisor.conf": "[program:web]\ncommand=cd /app && node server.js\n"],
            ["app.service": "[Service]\nExecStart=/usr/bin/node /srv/a.js > /var/log/a.log 2>&1\n"],
            ["app.service": "[Service]\nExecStart=cd /srv && /usr/bin/node a.js\n"],
        ],
        passes: [
            ["supervisord.conf": "[program:web]\ncommand=gunicorn a:app --bind 0.0.0.0:%(ENV_PORT)s\n"],
            ["supervisord.conf": "[program:web]\ncommand=sh -c \"gunicorn a:app --bind 0.0.0.0:$PORT\"\n"],
            ["app.service": "[Service]\nExecStart=/usr/bin/node /srv/a.js --port $PORT\n"],
            ["app.service": "[Service]\nExecStart=/bin/bash -c 'cd /srv && exec node a.js'\n"],
        ]
    ) { repository in
        repository.tree.entries.flatMap { entry -> [Violation] in
            let isUnit = entry.name.hasSuffix(".service")
            let isSupervisor =
                entry.path.contains("supervisor") && [".conf", ".ini"].contains(where: entry.name.hasSuffix)
            guard isUnit || isSupervisor, let text = repository.tree.text(entry.path), !TemplateText.isTemplate(text)
            else {
                return []
            }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.enumerated().compactMap { index, line in
                let key = isUnit ? "ExecStart=" : "command"
                guard line.hasPrefix(key), let equals = line.firstIndex(of: "=") else { return nil }
                let command = line[line.index(after: equals)...].trimmed
                guard let word = shellWord(in: command, isUnit: isUnit) else { return nil }
                let advice =
                    word.hasPrefix("$")
                    ? "write: %(ENV_\(word.filter { $0.isLetter || $0 == "_" || $0.isNumber }))s"
                    : "write: "
                        + (isUnit ? "/bin/sh -c '...'" : "sh -c \"exec ...\"")
                return Violation(
                    file: entry.path, line: index + 1,
                    "no shell reads this line, so the program gets \(word) as it stands; \(advice)")
            }
        }
    }

    private static func shellWord(in command: String, isUnit: Bool) -> String? {
        let words = command.split(separator: " ").map(String.init)
        let program = words.first?.split(separator: "/").last ?? ""
        guard !["sh", "bash", "ash", "env", "dash", "zsh"].contains(program) else { return nil }
        if words.first == "cd" { return "cd" }
        var isQuoted = false
        for word in words {
            let marks = word.count { $0 == "\"" || $0 == "'" }
            defer { if marks % 2 == 1 { isQuoted.toggle() } }
            if isQuoted || marks > 0 { continue }
            if ["&&", "||", "|", ">", ">>", "2>&1", "&"].contains(word) { return word }
            // systemd replaces variables, supervisord does not.
            if !isUnit, let dollar = word.firstIndex(of: "$"), word.index(after: dollar) < word.endIndex {
                let name = word[word.index(after: dollar)...].drop { $0 == "{" }.prefix {
                    $0.isLetter || $0.isNumber || $0 == "_"
                }
                if !name.isEmpty { return "$" + name }
            }
        }
        return nil
    }
}
