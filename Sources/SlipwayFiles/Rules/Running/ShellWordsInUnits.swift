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
        let ofUnits = repository.units.flatMap { file -> [Violation] in
            guard !TemplateText.isTemplate(file.text) else { return [] }
            return file.lines.enumerated().compactMap {
                index, line in
                guard line.hasPrefix("ExecStart="),
                    let word = shellWord(in: line.dropFirst("ExecStart=".count).trimmed, expands: true)
                else { return nil }
                return violation(word, file: file.location, line: index + 1, advice: "/bin/sh -c '...'")
            }
        }
        let ofSupervisor = repository.supervisorFiles.flatMap { file in
            file.document.sections.compactMap { section -> Violation? in
                guard let command = section["command"], let word = shellWord(in: command.value, expands: false) else {
                    return nil
                }
                let name = word.filter { $0.isLetter || $0 == "_" || $0.isNumber }
                return violation(
                    word, file: file.location, line: command.line,
                    advice: word.hasPrefix("$") ? "%(ENV_\(name))s" : "sh -c \"exec ...\"")
            }
        }
        return ofUnits + ofSupervisor
    }

    private static func violation(_ word: String, file: String, line: Int, advice: String) -> Violation {
        Violation(
            file: file, line: line,
            "no shell reads this line, so the program gets \(word) as it stands; write: \(advice)")
    }

    /// The first word that asks for a shell.
    /// - Parameter expands: systemd replaces variables by itself, supervisord does not.
    private static func shellWord(in command: String, expands: Bool) -> String? {
        let words = command.split(whereSeparator: \.isWhitespace).map(String.init)
        let program = words.first?.split(separator: "/").last ?? ""
        guard !["sh", "bash", "ash", "env", "dash", "zsh"].contains(program) else { return nil }
        if words.first == "cd" { return "cd" }
        var isQuoted = false
        for word in words {
            let marks = word.count { $0 == "\"" || $0 == "'" }
            defer { if marks % 2 == 1 { isQuoted.toggle() } }
            if isQuoted || marks > 0 { continue }
            if ["&&", "||", "|", ">", ">>", "2>&1", "&"].contains(word) { return word }
            if !expands, let dollar = word.firstIndex(of: "$"), word.index(after: dollar) < word.endIndex {
                let name = word[word.index(after: dollar)...].drop { $0 == "{" }.prefix {
                    $0.isLetter || $0.isNumber || $0 == "_"
                }
                if !name.isEmpty { return "$" + name }
            }
        }
        return nil
    }
}
