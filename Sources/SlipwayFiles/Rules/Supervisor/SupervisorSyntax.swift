// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<SupervisorFile>> {
    /// Python's format strings.
    static let supervisorPercent = Rule(
        "SV001", .error, "a per cent sign that supervisord cannot read",
        why: "supervisord takes every % for the beginning of a %(NAME)s and does not start at all with another one: "
            + "Format string is badly formatted.",
        catches: [
            "[program:report]\ncommand=sh -c \"make > report-$(date +%F).txt\"\n",
            "[program:web]\ncommand=gunicorn a:app --access-logformat \"%(h)s %r\"\n",
            "[program:web]\ncommand=node server.js\nenvironment=PASSWORD=\"50%off\"\n",
        ],
        passes: [
            "[program:report]\ncommand=sh -c \"make > report-$(date +%%F).txt\"\n",
            "[program:web]\nprocess_name=%(program_name)s_%(process_num)02d\ncommand=node server.js --port 80%(process_num)02d\nnumprocs=2\n",
            "[eventlistener:a]\ncommand=date +%F\n",
        ]
    ) { file in
        expandedOptions(of: file).compactMap { option in
            guard let bad = SupervisorExpansions(option.value).broken else { return nil }
            return Violation(
                line: option.line, "write %% for \(bad)",
                fix: file.fix("Double the per cent sign", line: option.line, bad, with: "%" + bad))
        }
    }

    /// shlex splits them.
    static let supervisorEnvironment = Rule(
        "SV002", .error, "a value in environment= that needs quotes",
        why:
            "Without quotes a value ends at the first sign that is no letter, digit or one of _/.+-(): and supervisord "
            + "does not start: Unexpected end of key/value pairs.",
        catches: [
            "[program:web]\ncommand=node server.js\nenvironment=DATABASE_URL=postgresql://app:secret@db/app\n",
            "[program:web]\ncommand=node server.js\nenvironment=HOSTS=a.example,b.example\n",
            "[program:web]\ncommand=node server.js\nenvironment=TITLE=My shop,NODE_ENV=production\n",
        ],
        passes: [
            "[program:web]\ncommand=node server.js\nenvironment=DATABASE_URL=\"postgresql://app:secret@db/app\"\n",
            "[program:web]\ncommand=node server.js\nenvironment=NODE_ENV=production,HOME=/home/app,URL=\"%(ENV_URL)s\"\n",
            "[program:web]\ncommand=node server.js\nenvironment=\n    NODE_ENV=production,\n    A=%(ENV_A)s\n",
        ]
    ) { file in
        file.sections.compactMap { section in
            guard ["program", "supervisord"].contains(section.kind), let option = section["environment"],
                let name = SupervisorExpansions(option.value).unquotedName
            else { return nil }
            return Violation(line: option.line, "\(name)'s value ends too early; write: \(name)=\"...\"")
        }
    }

    /// Two processes of one name.
    static let supervisorCopies = Rule(
        "SV003", .error, "several copies of a program without a number in their name",
        why: "supervisord does not start: %(process_num) must be present within process_name when numprocs > 1.",
        catches: ["[program:worker]\ncommand=php artisan queue:work\nnumprocs=4\n"],
        passes: [
            "[program:worker]\ncommand=php artisan queue:work\nprocess_name=%(program_name)s_%(process_num)02d\nnumprocs=4\n",
            "[program:worker]\ncommand=php artisan queue:work\nnumprocs=1\n",
        ]
    ) { file in
        file.programs.compactMap { program in
            guard let count = program["numprocs"], Int(count.value) ?? 1 > 1,
                program["process_name"]?.value.contains("%(process_num)") != true
            else { return nil }
            return Violation(
                line: count.line, "add below it: process_name=%(program_name)s_%(process_num)02d",
                fix: Fix(
                    "Number the copies", line: count.line + 1, count: 0,
                    replacement: ["process_name=%(program_name)s_%(process_num)02d"]))
        }
    }

    /// A slip of the fingers is silent.
    static let supervisorUnknownOption = Rule(
        "SV004", .warning, "an option that supervisord does not know",
        why: "supervisord passes over it without a word, and the default counts.",
        catches: ["[program:web]\ncommand=node server.js\nstoud_logfile_maxbytes=0\n"],
        passes: ["[program:web]\ncommand=node server.js\nstdout_logfile_maxbytes=0\n"]
    ) { file in
        file.programs.flatMap(\.options).compactMap { option in
            guard !SupervisorOptions.ofPrograms.contains(option.name) else { return nil }
            let near = NearestWord.of(option.name, among: SupervisorOptions.ofPrograms)
            return Violation(
                line: option.line,
                near.map { "\(option.name) is not known; write: \($0)" } ?? "delete the line; it does nothing",
                fix: near.flatMap { file.fix("Write \($0)", line: option.line, option.name, with: $0, isUnsafe: true) })
        }
    }

    /// What supervisord expands when it starts.
    static func expandedOptions(of file: CheckedFile<SupervisorFile>) -> [SupervisorFile.Option] {
        file.programs.flatMap(\.options).filter {
            ["command", "environment", "directory", "process_name", "stdout_logfile", "stderr_logfile"].contains(
                $0.name)
        }
    }
}

/// Names that stand below `[program:...]` (supervisord.org/configuration.html).
enum SupervisorOptions {
    static let ofPrograms: Set<String> = {
        let streams = ["stdout", "stderr"].flatMap { stream in
            ["logfile", "logfile_maxbytes", "logfile_backups", "capture_maxbytes", "events_enabled", "syslog"].map {
                "\(stream)_\($0)"
            }
        }
        return Set(
            streams + [
                "command", "process_name", "numprocs", "numprocs_start", "priority", "autostart", "startsecs",
                "startretries", "autorestart", "exitcodes", "stopsignal", "stopwaitsecs", "stopasgroup", "killasgroup",
                "user", "redirect_stderr", "environment", "directory", "umask", "serverurl",
            ])
    }()
}

/// A value with `%(NAME)s` in it.
struct SupervisorExpansions {
    /// `NAME` of each `%(ENV_NAME)s`.
    private(set) var variables: [String] = []
    /// The first per cent sign that begins no expansion, with the letter after it.
    private(set) var broken: String?
    private let value: String

    init(_ value: String) {
        self.value = value
        var rest = value[...]
        while let percent = rest.firstIndex(of: "%") {
            let after = rest[rest.index(after: percent)...]
            if after.first == "%" {
                rest = after.dropFirst()
                continue
            }
            if after.first == "(", let close = after.firstIndex(of: ")") {
                let kind = after[after.index(after: close)...].drop(while: \.isNumber)
                let name = after[after.index(after: after.startIndex)..<close]
                if let letter = kind.first, "sdrxif".contains(letter),
                    name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
                    Self.names.contains(String(name)) || name.hasPrefix("ENV_")
                {
                    if name.hasPrefix("ENV_") { variables.append(String(name.dropFirst(4))) }
                    rest = kind.dropFirst()
                    continue
                }
            }
            if broken == nil { broken = "%" + after.prefix { !$0.isWhitespace && $0 != "\"" }.prefix(1) }
            rest = after
        }
    }

    private static let names: Set<String> = [
        "program_name", "process_num", "numprocs", "group_name", "here", "host_node_name",
    ]

    /// The name whose unquoted value holds more than shlex takes for one word.
    var unquotedName: String? {
        var rest = value[...].drop { $0.isWhitespace || $0 == "," }
        while !rest.isEmpty {
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = rest.dropFirst(name.count).drop(while: \.isWhitespace)
            guard !name.isEmpty, rest.first == "=" else { return name.isEmpty ? nil : String(name) }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            if let quote = rest.first, quote == "\"" || quote == "'" {
                guard let end = rest.dropFirst().firstIndex(of: quote) else { return String(name) }
                rest = rest[rest.index(after: end)...]
            } else {
                var word = rest.prefix { $0.isLetter || $0.isNumber || "_/.+-():%".contains($0) }
                // A lone sign is a word to shlex, too.
                if word.isEmpty, let sign = rest.first, sign != "," { word = rest.prefix(1) }
                guard !word.isEmpty else { return String(name) }
                rest = rest.dropFirst(word.count)
            }
            rest = rest.drop(while: \.isWhitespace)
            guard rest.isEmpty || rest.first == "," else { return String(name) }
            rest = rest.drop { $0 == "," || $0.isWhitespace }
        }
        return nil
    }
}
