// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// A call of a file that is nowhere.
    static let missingScript = Rule(
        "SH050", .error, "a script calls a file that does not exist",
        why: "The script stops, or without set -e goes on without what the file would have done.",
        catches: [
            ["deploy.sh": "#!/bin/sh\nset -e\n./scripts/migrate.sh\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\nbash ./scripts/backup.sh\n", "scripts/back-up.sh": "#!/bin/sh\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker compose -f compose.prod.yml up -d\n"],
        ],
        passes: [
            ["deploy.sh": "#!/bin/sh\nset -e\n./scripts/migrate.sh\n", "scripts/migrate.sh": "#!/bin/sh\n"],
            ["a/deploy.sh": "#!/bin/sh\nset -e\ncd ..\n./b/migrate.sh\n", "b/migrate.sh": "#!/bin/sh\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\ncurl -o get.sh https://example.com/get\nsh ./get.sh\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\n./wait.sh || true\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\nif [ -f ./local.sh ]; then . ./local.sh; fi\n"],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        let script = file.document
        return script.commands.compactMap { command in
            guard let path = ScriptPaths.called(by: command), !command.isCondition, !command.isFollowedByOr,
                !ScriptPaths.isMade(path, in: script, except: command),
                !ScriptPaths.exists(path, in: file.repository.tree),
                !ScriptPaths.isIgnored(path, in: file.repository.tree)
            else { return nil }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let names = Set(
                file.repository.tree.entries.lazy.map(\.name).filter { $0.hasSuffix(".sh") || $0.hasSuffix(".yml") })
            let near = NearestWord.of(name, among: names).map { "; write: \($0)" } ?? "; add it, or delete the line"
            return file.violation(
                at: command, "\(path) is nowhere in the repository\(near)",
                severity: file.isForDevelopment ? .warning : nil)
        }
    }

    /// A deployment that begins with an empty database.
    static let losesData = Rule(
        "SH051", .error, "a deployment deletes data",
        why: "The command removes volumes, tables or rows; in a script that deploys, that is the production data.",
        catches: [
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker compose down -v\ndocker compose up -d --build\n"],
            ["entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py flush --no-input\nexec gunicorn app\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\nnpx prisma db push --accept-data-loss\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker system prune -af --volumes\n"],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\nAPP=/srv/app\nrm -rf \"$APP\"\ngit clone https://a.example/app \"$APP\"\ncd \"$APP\"\n"
                    + "echo 'DATABASE_URL=file:./prod.db' > .env\n"
            ],
        ],
        passes: [
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker compose down\ndocker compose up -d --build\n"],
            ["reset-dev.sh": "#!/bin/sh\nset -e\ndocker compose down -v\n"],
            ["scripts/test.sh": "#!/bin/sh\nset -e\ndocker compose down -v --remove-orphans\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker system prune -f\n"],
        ]
    ) { file in
        guard file.isDeployment || file.isStart, !file.isForDevelopment else { return [] }
        let emptied = DataLoss.emptiedFolder(in: file.document)
        return file.findings { command in
            if command == emptied {
                return "deletes the folder in which the database file lies; write: git pull, and keep the file outside"
            }
            guard let loss = DataLoss.of(command), loss.subject != .files else { return nil }
            return loss.message
        }
    }

    /// A user that anybody can log in as.
    static let constantSecret = Rule(
        "SH052", .warning, "a secret is written in the script",
        why: "Everybody who can read the repository, or its history, has the secret.",
        catches: [
            ["deploy.sh": "#!/bin/sh\nset -e\nexport SECRET_KEY=9f8a7b6c5d4e3f2a1b0c\nmake deploy\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\nDB_PASSWORD='hunter2hunter2'\nmake deploy\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\nDB_PASSWORD=\"hunter2hunter2$\"\nmake deploy\n"],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ncat > /etc/systemd/system/a.service << 'EOF'\nEnvironment=\"DB_PASSWORD=hunter2hunter2\"\nEOF\nmake\n"
            ],
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\ncat > .env << 'EOF'\nAUTH_SECRET=\"shop-key-of-2024\"\nEOF\nmake deploy\n"
            ],
        ],
        passes: [
            ["deploy.sh": "#!/bin/sh\nset -e\nexport SECRET_KEY=\"${SECRET_KEY:?}\"\nmake deploy\n"],
            ["deploy.sh": "#!/bin/sh\nset -e\nexport SECRET_KEY=$(cat /run/secrets/key)\nmake deploy\n"],
            ["test.sh": "#!/bin/sh\nset -e\nexport SECRET_KEY=test\npytest\n"],
            ["build.sh": "#!/bin/sh\nset -e\nSECRET_KEY=build python manage.py collectstatic\n"],
        ]
    ) { file in
        guard !file.isForDevelopment else { return [] }
        var found: [Violation] = []
        for command in file.document.commands {
            let words =
                command.words.isEmpty || command.name == "export"
                ? command.assignments + command.words.dropFirst() : []
            for word in words {
                guard let equals = word.text.firstIndex(of: "=") else { continue }
                let (name, value) = (String(word.text[..<equals]), String(word.text[word.text.index(after: equals)...]))
                guard SecretText.isSecret(name: name), value.utf8.count >= 8, !isExpanded(value),
                    !SecretText.isPlaceholder(value), !value.hasPrefix("/"), !value.contains(" ")
                else { continue }
                found.append(
                    Violation(
                        line: file.document.line(of: word.offset), column: file.document.column(of: word.offset),
                        "\(name) stands in the repository; write: \(name)=\"${\(name):?}\" and give it from outside"))
            }
        }
        return found + heredocs(in: file)
    }

    /// Settings that a script writes into a file.
    /// Whether the shell puts something else there; a dollar before nothing that can be a name stands for itself.
    private static func isExpanded(_ value: String) -> Bool {
        zip(value, value.dropFirst()).contains { $0 == "$" && ($1.isLetter || $1.isNumber || "_{(@*#?".contains($1)) }
            || value.contains("`")
    }

    private static func heredocs(in file: CheckedFile<ScriptFile>) -> [Violation] {
        var found: [Violation] = []
        var end: String?
        for (index, line) in file.document.lines.enumerated() {
            if let mark = end {
                if line.trimmed == mark { end = nil }
                // A unit file that is written on the server.
                let isUnit = line.trimmed.hasPrefix("Environment=")
                let body = isUnit ? line.trimmed.dropFirst(12).drop { "\"'".contains($0) } : line.trimmed[...]
                guard end != nil, let equals = body.firstIndex(of: "=") else { continue }
                let name = String(body[..<equals])
                let value = body[body.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
                guard !name.isEmpty, name.allSatisfy({ $0.isUppercase || $0.isNumber || $0 == "_" }),
                    SecretText.isSecret(name: name), value.utf8.count >= 8, !isExpanded(value), !value.contains(" "),
                    !SecretText.isPlaceholder(value), !value.hasPrefix("/"),
                    !["your", "change", "example", "replace", "generate"].contains(where: value.lowercased().contains)
                else { continue }
                found.append(
                    Violation(
                        line: index + 1,
                        "\(name) stands in the repository; write: \(name)=${\(name):?} and give it from outside"))
            } else if let mark = TextSearch.range(of: "<<", in: line), !line.trimmed.hasPrefix("#") {
                let word = line[mark.upperBound...].drop { $0 == "-" || $0 == " " }.prefix { !$0.isWhitespace }
                let name = word.filter { !"'\"\\".contains($0) }
                if let first = name.first, first.isLetter || first == "_" { end = name }
            }
        }
        return found
    }

    /// A script that is called by its name must be executable.
    static let notExecutable = Rule(
        "SH053", .error, "the script is not executable",
        why: "The container ends at once with: permission denied. COPY keeps the mode that git has.",
        catches: [
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                    "entrypoint.sh": "#!/bin/sh\nexec \"$@\"\n",
                ], executables: [])
        ],
        passes: [
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCOPY . .\nENTRYPOINT [\"./entrypoint.sh\"]\n",
                    "entrypoint.sh": "#!/bin/sh\nexec \"$@\"\n",
                ], executables: ["entrypoint.sh"]),
            RuleExample(
                [
                    "Dockerfile": "FROM node:22\nCOPY . .\nENTRYPOINT [\"sh\", \"./entrypoint.sh\"]\n",
                    "entrypoint.sh": "#!/bin/sh\nexec \"$@\"\n",
                ], executables: []),
        ]
    ) { file in
        guard let executables = file.repository.executables, !executables.contains(file.location),
            file.repository.tracked?.contains(file.location) ?? true
        else { return [] }
        let name = String(file.location.split(separator: "/").last ?? "")
        for dockerfile in file.startingDockerfiles {
            let starts =
                dockerfile.finalStage.last { $0.keyword == "ENTRYPOINT" }
                ?? dockerfile.finalStage.last { $0.keyword == "CMD" }
            guard let start = starts, start.isJSON, let word = start.command.first,
                word.hasSuffix("/" + name) || word == name
            else { continue }
            let isMended = dockerfile.reading.file.instructions.contains {
                $0.joinedLine.contains("chmod") || $0.joinedLine.contains("install -m") || $0.keyword == "VOLUME"
            }
            guard !isMended else { continue }
            return [
                Violation(
                    line: 1,
                    "\(dockerfile.location) starts it, but git keeps it without the right to run; write: "
                        + "git update-index --chmod=+x \(file.location)")
            ]
        }
        return []
    }
}

/// Paths that scripts call, and where they can lead.
enum ScriptPaths {
    /// A path in the repository that the command runs or reads.
    static func called(by command: ShellCommand) -> String? {
        let words = command.words.map(\.text)
        guard let first = words.first else { return nil }
        if first.hasPrefix("./"), first.hasSuffix(".sh") { return plain(first) }
        if ["sh", "bash", "source", "."].contains(first), words.count > 1,
            words[1].hasPrefix("./") || words[1].contains("/"), words[1].hasSuffix(".sh")
        {
            return plain(words[1])
        }
        let isCompose = first == "docker-compose" || words.starts(with: ["docker", "compose"])
        if isCompose, let flag = words.firstIndex(of: "-f"), words.indices.contains(flag + 1),
            words[flag + 1].hasSuffix(".yml") || words[flag + 1].hasSuffix(".yaml")
        {
            return plain(words[flag + 1])
        }
        return nil
    }

    private static func plain(_ path: String) -> String? {
        guard !path.contains("$"), !path.contains("*"), !path.hasPrefix("/"), !path.hasPrefix("~") else { return nil }
        return path
    }

    /// Whether any folder of the repository has such a path below it: a script can be called from each.
    static func exists(_ path: String, in tree: SourceTree) -> Bool {
        var clean = GoPath.clean(path)
        while clean.hasPrefix("../") { clean.removeFirst(3) }
        let name = clean.split(separator: "/").last.map(String.init) ?? clean
        return tree.files(named: name).contains { $0.path == clean || $0.path.hasSuffix("/" + clean) }
    }

    /// Whether the script itself writes or looks for the file.
    static func isMade(_ path: String, in script: ScriptFile, except command: ShellCommand) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return script.commands.contains { other in
            other != command
                && (other.arguments.contains { $0.contains(name) } && !["echo", "chmod", "printf"].contains(other.name)
                    && called(by: other) == nil
                    || other.redirections.contains { $0.hasPrefix(">") && $0.contains(name) })
        }
            || script.commands.contains {
                $0.name == "git" && $0.arguments.contains("clone")
                    || ["tar", "unzip", "cookiecutter"].contains($0.name)
            }
    }

    /// Whether git keeps it away on purpose.
    static func isIgnored(_ path: String, in tree: SourceTree) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return tree.files(named: ".gitignore").contains { tree.text($0.path)?.contains(name) == true }
    }
}
