// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// What a script prints, the log keeps.
    static let printedSecret = Rule(
        "SH020", .error, "a secret is printed",
        why: "What a script prints stays in the logs of the container, of the machine and of the log service.",
        catches: [
            "#!/bin/sh\nset -e\necho \"token: $API_TOKEN\"\n", "#!/bin/sh\necho $DB_PASSWORD\n",
            "#!/bin/bash\nset -e\nprintf '%s\\n' \"${SECRET_KEY}\"\n",
            "#!/bin/sh\nset -e\ncat ~/.ssh/id_ed25519\n",
        ],
        passes: [
            "#!/bin/sh\nset -e\ncat ~/.ssh/id_ed25519.pub\ncat ~/.ssh/id_ed25519 | gh secret set KEY\n",
            "#!/bin/sh\nset -e\necho \"token: ${API_TOKEN:+is set}\"\n", "#!/bin/sh\nset -e\necho \"in $PWD\"\n",
            "#!/bin/sh\nset -e\necho \"$TOKEN\" | docker login -u bot --password-stdin\n",
            "#!/bin/sh\nset -e\necho \"PASSWORD=$DB_PASSWORD\" >> .env\n",
            "#!/bin/bash\nset -e\nhash=$(echo \"$DB_PASSWORD\" | sha256sum)\n",
            "#!/bin/bash\nJENKINS_PASSWORD=$(docker exec ci cat /var/jenkins_home/secrets/initialAdminPassword)\necho \"$JENKINS_PASSWORD\"\n",
            "#!/bin/sh\n{\n  echo \"KEY=$SECRET_KEY\"\n} > .env\n",
        ]
    ) { file in
        let script = file.document
        let commands = script.commands
        // A block that is redirected as a whole prints nothing.
        let isRedirectedBlock = script.lines.contains { line in
            ["} >", "}>", "done >", "done <", ") >", "} |", "done |"].contains { line.contains($0) }
        }
        return shownKeys(in: file)
            + commands.indices.compactMap { index in
                let command = commands[index]
                guard ["echo", "printf"].contains(command.name), !command.isInSubshell, !isRedirectedBlock,
                    command.redirections.allSatisfy({ $0.hasPrefix(">&") || !$0.hasPrefix(">") }),
                    !(commands.indices.contains(index + 1) && commands[index + 1].joint == .pipe)
                else { return nil }
                let rest = script.rest(after: command)
                guard !rest.contains(">") || rest.contains(">&2"), !rest.contains("|") else { return nil }
                for word in command.words.dropFirst() {
                    guard !word.source.hasPrefix("'"),
                        let name = Expansions.names(in: word.source).first(where: isSecret),
                        !script.lines.contains(where: { $0.contains("for \(name) in ") }),
                        !isShownOnce(name, in: file)
                    else { continue }
                    return file.violation(
                        at: command,
                        "prints \(name), which the logs keep; write: ${\(name):+is set}",
                        severity: file.isForDevelopment || name != name.uppercased() ? .warning : nil)
                }
                return nil
            }
    }

    /// `cat ~/.ssh/id_ed25519` to the terminal.
    private static func shownKeys(in file: CheckedFile<ScriptFile>) -> [Violation] {
        let commands = file.document.commands
        let shown = commands.indices.first { index in
            let command = commands[index]
            guard command.name == "cat", command.words.count == 2, !command.isInSubshell,
                command.redirections.allSatisfy({ !$0.contains(">") }),
                !(commands.indices.contains(index + 1) && commands[index + 1].joint == .pipe)
            else { return false }
            let path = command.words[1].text
            return path.contains(".ssh/") && !path.hasSuffix(".pub") && path.contains("id_")
        }
        return shown.map { index in
            [
                file.violation(
                    at: commands[index],
                    "prints a private key, which terminals and logs keep; write: gh secret set SSH_PRIVATE_KEY < KEYFILE",
                    severity: .warning)
            ]
        } ?? []
    }

    /// Whether a script for people shows a password that a program has made up for the first login.
    private static func isShownOnce(_ name: String, in file: CheckedFile<ScriptFile>) -> Bool {
        let isMadeUp = file.document.lines.contains { line in
            let body = line.trimmed
            guard body.hasPrefix(name + "=") || body.hasPrefix("export \(name)=") else { return false }
            let lower = body.lowercased()
            return lower.contains("$(")
                && ["initialadminpassword", "initial_admin_password", "initial-admin-secret", "initial_root_password"]
                    .contains(where: lower.contains)
        }
        let script = SourceTree.Entry(path: file.location).name
        return isMadeUp && !file.isStart
            && !(file.repository.workflows + file.repository.pipelines).contains {
                $0.text.contains(script)
            }
    }

    private static func isSecret(_ name: String) -> Bool {
        SecretText.isSecret(name: name) && !["PWD", "OLDPWD"].contains(name) && !name.uppercased().contains("PASSED")
            && !name.uppercased().hasSuffix("HASH")
            && !name.uppercased().hasPrefix("NEXT_PUBLIC")
    }

    /// Everybody on the machine can read the process list.
    static let secretInArguments = Rule(
        "SH021", .warning, "a secret stands in a command line",
        why: "Every user of the machine reads the arguments of every process, and shells and CI logs keep them.",
        catches: [
            "#!/bin/sh\nset -e\ndocker login -u bot -p \"$REGISTRY_PASSWORD\"\n",
            "#!/bin/sh\nset -e\nmysql -uroot -p$MYSQL_ROOT_PASSWORD app\n",
            "#!/bin/sh\nset -e\nsshpass -p \"$SSH_PASS\" ssh host\n",
            "#!/bin/sh\nset -e\ndocker compose exec mysql mysqladmin ping -u root -psecret12\n",
            "#!/bin/sh\nset -e\nPGPASSWORD=shop1234 psql -h db -U shop -c 'select 1'\n",
            "#!/bin/sh\nset -e\nredis-cli -a shop1234 ping\n",
        ],
        passes: [
            "#!/bin/sh\nset -e\necho \"$REGISTRY_PASSWORD\" | docker login -u bot --password-stdin\n",
            "#!/bin/sh\nset -e\nMYSQL_PWD=\"$MYSQL_ROOT_PASSWORD\" mysql -uroot app\n",
            "#!/bin/sh\nset -e\nmysql -uroot -p app\nPGPASSWORD=\"$DB_PASSWORD\" psql -p 5432 -h db\n",
        ]
    ) { file in
        file.document.commands.flatMap { command -> [Violation] in
            if let (word, advice) = WrittenPassword.word(of: command) {
                let line = file.document.line(of: word.offset)
                return [
                    Violation(
                        line: line, column: file.document.column(of: word.offset),
                        "a password stands in the repository and in the process list; \(advice)")
                ]
            }
            guard let advice = Self.stdinAdvice(command) else { return [] }
            return command.words.indices.dropFirst().compactMap { index in
                let word = command.words[index]
                let before = command.words[index - 1].text
                let isOption =
                    ["-p", "--password", "--token", "-u", "--user"].contains(before)
                    || word.text.hasPrefix("-p$") || word.text.hasPrefix("--password=") || word.text.hasPrefix("-p")
                guard isOption, let name = Expansions.names(in: word.source).first(where: isSecret) else { return nil }
                return Violation(
                    line: file.document.line(of: word.offset), column: file.document.column(of: word.offset),
                    "\(name) stands in the process list; \(advice)")
            }
        }
    }

    private static func stdinAdvice(_ command: ShellCommand) -> String? {
        switch ConsequentialCommand.program(of: command) {
        case "docker", "podman", "helm", "az", "oc":
            return command.arguments.contains("login")
                ? "write: echo \"$...\" | docker login -u NAME --password-stdin" : nil
        case "mysql", "mysqldump", "mysqladmin", "mariadb": return "give it as MYSQL_PWD, or in --defaults-extra-file"
        case "sshpass": return "write: sshpass -e, or use a key"
        case "redis-cli": return "give it as REDISCLI_AUTH"
        case "rabbitmqctl", "htpasswd", "curl": return "give it on standard input or in a file"
        default: return nil
        }
    }

    /// Code from the network runs with every right of the script.
    static let pipedInstaller = Rule(
        "SH022", .warning, "a script from the network is run unread",
        why: "Whoever controls the address, or a connection that ends early, decides what runs on the machine, and "
            + "tomorrow's version is another one.",
        catches: [
            "#!/bin/sh\nset -e\ncurl -fsSL https://example.com/install.sh | sh\n",
            "#!/bin/bash\nset -e\nwget -qO- https://example.com/install | sudo bash\n",
            "#!/bin/bash\nset -e\nbash <(curl -fsSL https://example.com/install)\n",
        ],
        passes: [
            RuleExample(
                "#!/bin/sh\nset -e\ncurl -fsSLo install.sh https://example.com/v1.2/install.sh\n"
                    + "echo \"$SUM  install.sh\" | sha256sum -c\nsh install.sh\n")
        ]
    ) { file in
        let commands = file.document.commands
        let shells: Set<String> = ["sh", "bash", "zsh", "python", "python3", "node", "php"]
        return commands.indices.compactMap { index in
            let command = commands[index]
            guard ["curl", "wget"].contains(command.name) else { return nil }
            var next = index + 1
            while commands.indices.contains(next), commands[next].joint == .pipe, commands[next].name == "tee" {
                next += 1
            }
            let line = file.document.lines[file.document.line(of: command) - 1]
            let isSubstituted =
                command.isInSubshell
                && ["bash <(", "sh <(", "eval \"$(curl", "-c \"$(curl", "-c \"$(wget"]
                    .contains { line.contains($0) }
            guard
                isSubstituted
                    || commands.indices.contains(next) && commands[next].joint == .pipe
                        && (shells.contains(ConsequentialCommand.program(of: commands[next]))
                            || shells.contains(commands[next].name))
                        && !commands[next].arguments.contains("-c") && !commands[next].arguments.contains("-m")
                        && !commands[next].arguments.contains("-r") && !commands[next].arguments.contains("-e")
            else { return nil }
            return file.violation(
                at: command, "runs whatever the address answers; download it, compare its sha256, then run it",
                severity: file.isForDevelopment ? .info : nil)
        }
    }

    /// A host key that nobody compares proves nothing.
    static let uncheckedHost = Rule(
        "SH023", .warning, "ssh accepts any host key",
        why: "Whoever answers at the address gets the files, the secrets in them and a shell's worth of trust.",
        catches: ["#!/bin/sh\nset -e\nssh -o StrictHostKeyChecking=no host ./deploy.sh\n"],
        passes: [
            "#!/bin/sh\nset -e\nssh host ./deploy.sh\n",
            "#!/bin/sh\nset -e\nssh -o StrictHostKeyChecking=accept-new host ./deploy.sh\n",
        ]
    ) { file in
        file.findings { command in
            guard command.arguments.contains(where: { $0.contains("StrictHostKeyChecking=no") }) else { return nil }
            return "accepts any host; keep the host's key in known_hosts, or write: StrictHostKeyChecking=accept-new"
        }
    }

    /// A line that turns certificates off is forgotten there.
    static let uncheckedCertificate = Rule(
        "SH024", .warning, "a download does not check its certificate",
        why: "Anybody on the way can put another file in place of the one that is installed.",
        catches: ["#!/bin/sh\nset -e\ncurl -k https://example.com/app.tgz -o app.tgz\n"],
        passes: [
            "#!/bin/sh\nset -e\ncurl -fsSL https://example.com/app.tgz -o app.tgz\n",
            "#!/bin/sh\nset -e\ncurl -k https://localhost:8443/health\n",
        ]
    ) { file in
        file.findings { command in
            let isLocal = command.arguments.contains { $0.contains("localhost") || $0.contains("127.0.0.1") }
            let isOff =
                command.name == "curl" && command.hasFlag("k", "insecure")
                || command.name == "wget" && command.hasFlag("no-check-certificate")
            guard isOff, !isLocal, !file.isForDevelopment else { return nil }
            return "takes any certificate; delete \(command.name == "curl" ? "-k" : "--no-check-certificate")"
        }
    }
}

/// The variables in a word as it is written.
enum Expansions {
    /// Names of `$NAME`, `${NAME}` and `${NAME:-x}`, without those that only ask whether a value is there.
    static func names(in source: String) -> [String] {
        var names: [String] = []
        var rest = source[...]
        while let dollar = rest.firstIndex(of: "$") {
            rest = rest[rest.index(after: dollar)...]
            let isBraced = rest.hasPrefix("{")
            if isBraced { rest.removeFirst() }
            let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
            rest = rest.dropFirst(name.count)
            let asks = isBraced && (rest.hasPrefix(":+") || rest.hasPrefix("+") || rest.hasPrefix(":0:"))
            if !name.isEmpty, !asks, dollar == source.startIndex || !source[..<dollar].hasSuffix("\\") {
                names.append(String(name))
            }
        }
        return names
    }
}
