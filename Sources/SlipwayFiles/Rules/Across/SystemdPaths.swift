// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// status=203/EXEC
    static let unitMissingProgram = Rule(
        "AP243", .error, "a unit starts a file that is elsewhere in the repository",
        why:
            "systemd ends with \"Unable to locate executable\" (203/EXEC): the service, or the backup that a timer starts, "
            + "never runs.",
        catches: [
            [
                "deploy/backup.service": "[Service]\nType=oneshot\nExecStart=/srv/shop/scripts/backup.sh\n",
                "ops/scripts/backup.sh": "#!/bin/sh\npg_dump shop\n",
                "deploy.sh": "#!/bin/sh\ncd /srv/shop\ngit pull\n",
            ],
            [
                "web.service":
                    "[Service]\nUser=a\nWorkingDirectory=/srv/shop/server\nExecStart=/usr/bin/node index.js\n",
                "README.md": "```sh\ngit clone https://a.example/shop.git /srv/shop\n```\n",
                "backend/index.js": "\n",
            ],
        ],
        passes: [
            [
                "deploy/backup.service": "[Service]\nType=oneshot\nExecStart=/srv/shop/ops/backup.sh\n",
                "ops/backup.sh": "#!/bin/sh\npg_dump shop\n", "deploy.sh": "#!/bin/sh\ncd /srv/shop\ngit pull\n",
            ],
            [
                "deploy/backup.service": "[Service]\nType=oneshot\nExecStart=/srv/shop/backup.sh\n",
                "deploy.sh": "#!/bin/sh\ncp ops/backup.sh /srv/shop/backup.sh\ncd /srv/shop\ngit pull\n",
                "ops/backup.sh": "#!/bin/sh\npg_dump shop\n",
            ],
            ["web.service": "[Service]\nUser=a\nExecStart=/usr/local/bin/shop\n"],
        ]
    ) { repository in
        guard repository.isWhole, !repository.units.isEmpty else { return [] }
        let roots = CheckoutPaths.all(in: repository)
        guard !roots.isEmpty else { return [] }
        return repository.units.flatMap { unit in
            unit.textLines.enumerated().compactMap { index, raw -> Violation? in
                let line = raw.trimmed
                guard let equals = line.firstIndex(of: "="),
                    ["ExecStart", "ExecStartPre", "WorkingDirectory"].contains(String(line[..<equals]))
                else { return nil }
                let value = line[line.index(after: equals)...].drop { "-@+!:".contains($0) }
                let words = value.split(separator: " ").map(String.init)
                for word in words {
                    guard let root = roots.first(where: { word.hasPrefix($0 + "/") }), !word.contains("%"),
                        !word.contains("$")
                    else {
                        continue
                    }
                    let rest = GoPath.clean(String(word.dropFirst(root.utf8.count + 1)))
                    guard !repository.tree.contains(rest), !repository.tree.hasDirectory(rest),
                        !CheckoutPaths.isMade(word, rest, in: repository)
                    else { continue }
                    let name = SourceTree.Entry(path: rest).name
                    let others = repository.tree.files(named: name).map(\.path)
                    // A program that a build leaves there is not in git.
                    guard line.hasPrefix("WorkingDirectory") || !others.isEmpty else { continue }
                    return Violation(
                        file: unit.location, line: index + 1,
                        "\(root) is the repository, which has no \(rest); "
                            + (others.first.map { "write: \(root)/\($0)" } ?? "write a folder that it has"))
                }
                return nil
            }
        }
    }

    /// unbound variable
    static let unitWithoutVariables = Rule(
        "AP244", .error, "a unit starts a script without the variables that it insists on",
        why:
            "systemd hands on no variables of the shell or of .env: under set -u the script ends at the first one that is "
            + "missing.",
        catches: [
            [
                "backup.service": "[Service]\nType=oneshot\nExecStart=/srv/shop/backup.sh\n",
                "backup.sh": "#!/bin/bash\nset -euo pipefail\nPGPASSWORD=\"${DATABASE_PASSWORD}\" pg_dump shop\n",
            ],
            [
                "crontab": "0 3 * * * /srv/shop/backup.sh\n",
                "backup.sh": "#!/bin/bash\nset -euo pipefail\npg_dump \"$DATABASE_URL\"\n",
            ],
        ],
        passes: [
            [
                "backup.service":
                    "[Service]\nType=oneshot\nEnvironmentFile=/srv/shop/.env\nExecStart=/srv/shop/backup.sh\n",
                "backup.sh": "#!/bin/bash\nset -euo pipefail\nPGPASSWORD=\"${DATABASE_PASSWORD}\" pg_dump shop\n",
            ],
            [
                "backup.service": "[Service]\nType=oneshot\nExecStart=/srv/shop/backup.sh\n",
                "backup.sh": "#!/bin/bash\nset -euo pipefail\nsource /srv/shop/.env\npg_dump \"$DATABASE_URL\"\n",
            ],
            [
                "backup.service": "[Service]\nType=oneshot\nExecStart=/srv/shop/backup.sh\n",
                "backup.sh":
                    "#!/bin/bash\nset -euo pipefail\nURL=${DATABASE_URL:-postgres://db}\npg_dump \"$URL\" > \"$HOME/a\"\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return starts(in: repository).compactMap { file, line, command, given in
            let name = SourceTree.Entry(path: command).name
            let found = repository.scripts.filter { SourceTree.Entry(path: $0.location).name == name }
            guard found.count == 1, let script = found.first, let missing = UnboundVariables.first(in: script),
                !given.contains(missing)
            else { return nil }
            return Violation(
                file: file, line: line,
                file.hasSuffix(".service")
                    ? "\(script.location) ends without \(missing); add: EnvironmentFile=/etc/\(name.prefix { $0 != "." }).env"
                    : "\(script.location) ends without \(missing); read it there from a file: . /etc/\(name.prefix { $0 != "." }).env"
            )
        }
    }

    private typealias Start = (file: String, line: Int, command: String, given: Set<String>)

    /// Scripts that systemd and cron start, with the variables that they get.
    private static func starts(in repository: CheckedRepository) -> [Start] {
        let units = repository.units.compactMap { unit -> Start? in
            let lines = unit.textLines.map(\.trimmed)
            guard
                !lines.contains(where: {
                    $0.hasPrefix("EnvironmentFile=") || $0.hasPrefix("PassEnvironment=")
                        || $0.hasPrefix("LoadCredential")
                }),
                let place = lines.firstIndex(where: { $0.hasPrefix("ExecStart=") }),
                let script = lines[place].dropFirst(10).split(separator: " ").first(where: { $0.hasSuffix(".sh") })
            else { return nil }
            let given = lines.filter { $0.hasPrefix("Environment=") }.flatMap { line in
                line.dropFirst(12).split { " \"".contains($0) }.map { String($0.prefix { $0 != "=" }) }
            }
            return (unit.location, place + 1, String(script), Set(given))
        }
        let tables = repository.tree.entries.filter {
            ["crontab", "cronfile"].contains($0.name) || $0.path.contains("cron.d/")
        }
        return units
            + tables.flatMap { entry -> [Start] in
                guard let text = repository.tree.text(entry.path) else { return [] }
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                let given = lines.filter { $0.contains("=") && $0.first?.isLetter == true }.map {
                    String($0.prefix { $0 != "=" })
                }
                return lines.enumerated().compactMap { index, line in
                    let words = line.split(separator: " ")
                    // In a container the image's variables may have been written somewhere.
                    guard words.count > 5, words.count < 12, words[0].first.map({ $0.isNumber || $0 == "*" }) == true,
                        !line.contains(". "),
                        !line.contains("env "), let script = words[5...].first(where: { $0.hasSuffix(".sh") })
                    else { return nil }
                    return (entry.path, index + 1, String(script), Set(given))
                }
            }
    }
}

/// Where a server keeps its checkout of the repository.
private enum CheckoutPaths {
    /// Folders that a script, a workflow or a document fetches the repository into.
    static func all(in repository: CheckedRepository) -> [String] {
        var found: Set<String> = []
        for entry in repository.tree.entries {
            guard [".sh", ".yml", ".yaml", ".md"].contains(where: entry.name.hasSuffix),
                !entry.path.contains("node_modules/"),
                let text = repository.tree.text(entry.path), text.utf8.count < 200_000,
                text.contains("git pull") || text.contains("git clone") || text.contains("git reset")
                    || text.contains("git fetch")
            else { continue }
            for line in text.split(separator: "\n") {
                let isNamed = ["cd ", "git clone", "_PATH", "_DIR", "PATH:", "DIR="].contains(where: line.contains)
                guard isNamed else { continue }
                for word in line.split(whereSeparator: { " \"'`=:;&|()".contains($0) }) {
                    let path = word.hasSuffix("/") ? word.dropLast() : word
                    let parts = path.split(separator: "/")
                    guard path.hasPrefix("/"), parts.count >= 2, ToldCommand.isPlain(String(path)),
                        !["usr", "etc", "var", "tmp", "bin", "dev", "proc"].contains(parts[0])
                            || path.hasPrefix("/var/www/")
                    else { continue }
                    found.insert(String(path))
                }
            }
        }
        // The checkout itself, not a folder in it.
        return found.filter { path in !found.contains { path.hasPrefix($0 + "/") } }.sorted()
    }

    /// Whether another file puts something at the path, or a build does.
    static func isMade(_ path: String, _ rest: String, in repository: CheckedRepository) -> Bool {
        let first = rest.split(separator: "/").first ?? ""
        if [
            "venv", ".venv", "env", "dist", "build", "target", "bin", "node_modules", "current", "shared", "releases",
            ".env",
        ].contains(first) {
            return true
        }
        return repository.tree.entries.contains { entry in
            guard !entry.name.hasSuffix(".service"),
                [".sh", ".yml", ".yaml", ".md", "Makefile"].contains(where: entry.name.hasSuffix),
                let text = repository.tree.text(entry.path), text.utf8.count < 200_000
            else { return false }
            let folder = SourceTree.Entry(path: path).directory
            return text.split(separator: "\n").contains { line in
                (line.contains(path) || line.contains(folder))
                    && ["cp ", "scp ", "rsync", "install ", "mv ", "ln ", "curl", "unzip", "tar "].contains(
                        where: line.contains)
            }
        }
    }
}

/// Variables that end a script under `set -u`.
private enum UnboundVariables {
    private static let always: Set<String> = [
        "HOME", "PATH", "USER", "PWD", "SHELL", "LANG", "LOGNAME", "OLDPWD", "IFS", "RANDOM", "SECONDS", "LINENO",
        "UID", "EUID",
        "HOSTNAME", "BASH_SOURCE", "FUNCNAME", "PIPESTATUS", "OSTYPE", "PPID", "OPTARG", "OPTIND", "BASH_VERSION",
        "REPLY",
        "INVOCATION_ID", "TMPDIR", "EDITOR", "TERM", "DEBUG",
    ]

    static func first(in script: CheckedFile<ScriptFile>) -> String? {
        let options = script.document.options
        guard !options.isDisjoint(with: ["u", "nounset"]) else { return nil }
        let readers = ["source ", "\n. ", "set -a", "set -o allexport", "eval ", "read ", "mapfile", "export $("]
        guard !readers.contains(where: script.text.contains) else { return nil }
        var given = always
        for line in script.document.lines {
            let words = line.trimmed.split { " \t;({".contains($0) }
            for word in words {
                if let equals = word.firstIndex(of: "="),
                    word[..<equals].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "+" })
                {
                    given.insert(String(word[..<equals].filter { $0 != "+" }))
                }
            }
            if let place = words.firstIndex(of: "for"), place + 1 < words.count {
                given.insert(String(words[place + 1]))
            }
            for name in words where words.contains("local") || words.contains("declare") { given.insert(String(name)) }
        }
        for line in script.document.lines where !line.trimmed.hasPrefix("#") {
            guard !line.contains("'") || line.contains("\"") else { continue }
            // What has a default, or only asks whether it is there, ends nothing.
            for name in Expansions.names(in: String(line))
            where name == name.uppercased() && name.count > 2 && !given.contains(name) {
                let open = ["${\(name):", "${\(name)-", "${\(name)+", "${\(name)=", "${\(name)?"]
                guard name.first?.isLetter == true, !open.contains(where: script.text.contains) else { continue }
                return name
            }
        }
        return nil
    }
}
