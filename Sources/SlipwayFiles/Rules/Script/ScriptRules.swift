// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension CheckedFile<PlainText> {
    /// Lines that run something, with one-based numbers; comments and here-documents are left out.
    fileprivate var commands: [(text: String, line: Int)] {
        var end: String?
        var found: [(String, Int)] = []
        for (index, raw) in document.lines.enumerated() {
            let line = raw.trimmed
            if let marker = end {
                if line == marker { end = nil }
                continue
            }
            if line.isEmpty || line.hasPrefix("#") { continue }
            found.append((line, index + 1))
            if let start = Self.hereDocument(line) { end = start }
        }
        return found
    }

    private static func hereDocument(_ line: String) -> String? {
        var rest = line[...]
        while let less = rest.firstIndex(of: "<") {
            rest = rest[less...]
            if rest.hasPrefix("<<"), !rest.hasPrefix("<<<") {
                let word = rest.dropFirst(2).drop { $0 == "-" || $0 == "'" || $0 == "\"" || $0 == " " }.prefix {
                    $0.isLetter || $0 == "_"
                }
                if !word.isEmpty { return String(word) }
            }
            rest = rest.dropFirst(rest.hasPrefix("<<<") ? 3 : 1)
        }
        return nil
    }

    fileprivate var shebang: String { document.lines.first.map(String.init) ?? "" }

    fileprivate var stopsOnFailure: Bool {
        EntryScript(path: location, lines: document.lines.map(String.init)).stopsOnFailure
            || commands.contains { $0.text.hasPrefix("set -o errexit") }
    }

    /// Commands whose failure matters to a deployment.
    fileprivate static func matters(_ text: String) -> Bool {
        let words = [
            "docker build", "docker compose", "docker-compose", "docker push", "docker buildx", "kubectl ", "helm ",
            "fly deploy",
            "flyctl ", "npm ci", "npm run build", "yarn build", "pnpm build", "npm install", "pip install", "migrate",
            "alembic",
            "terraform ", "git pull", "systemctl ", "rsync ", "scp ", "heroku ", "collectstatic",
        ]
        return words.contains { text.contains($0) }
    }
}

extension Rule<CheckedFile<PlainText>> {
    /// The shell goes on after a failed command.
    static let noErrexit = Rule(
        "SH001", .warning, "a script goes on after a failed command",
        why:
            "Without set -e the shell goes on: a failed build is deployed, a failed migration is followed by the start.",
        catches: ["#!/bin/sh\ngit pull\ndocker compose up -d --build\n"],
        passes: ["#!/bin/sh\nset -e\ngit pull\ndocker compose up -d --build\n", "#!/bin/sh\necho hello\n"]
    ) { file in
        guard !file.stopsOnFailure, !DevelopmentPath.isLikely(file.location) else { return [] }
        let commands = file.commands
        guard
            let first = commands.first(where: {
                CheckedFile<PlainText>.matters($0.text) && !$0.text.contains("||") && !$0.text.hasPrefix("echo")
            }),
            commands.count > 1, first.line != commands.last?.line,
            // An image's own script is looked at together with the image.
            !(MigrationRuns.runs(first.text)
                && EntryScripts.all(in: file.repository).contains { $0.path == file.location })
        else { return [] }
        let top = file.shebang.hasPrefix("#!") ? 2 : 1
        return [
            Violation(
                line: first.line, "a failure here stops nothing; add at the top: set -e",
                fix: Fix("stop at the first failure", line: top, count: 0, replacement: ["set -e"], isUnsafe: true))
        ]
    }

    /// The failure is said and forgotten.
    static let swallowedFailure = Rule(
        "SH002", .warning, "a failure is swallowed",
        why: "The script says that something failed, goes on, and takes down what still worked.",
        catches: ["#!/bin/sh\nset -e\ndocker compose build || echo 'build failed'\ndocker compose up -d\n"],
        passes: [
            "#!/bin/sh\nset -e\ndocker compose build || { echo 'build failed'; exit 1; }\n",
            "#!/bin/sh\ndocker network create a || true\n",
        ]
    ) { file in
        file.commands.compactMap { command in
            let text = command.text
            guard text.hasSuffix("|| true") || text.contains("|| echo") || text.hasSuffix("|| :"),
                !text.contains("exit 1")
            else { return nil }
            let important = [
                "docker compose build", "docker-compose", "docker build", "docker push", "migrate", "alembic upgrade",
                "npm run build", "kubectl apply", "helm upgrade", "fly deploy", "npm test", "pytest",
            ]
            let harmless = ["network create", " rm ", " stop", " down", "prune", "volume create", "logs", " kill"]
            let head = text.prefix { $0 != "|" }
            guard important.contains(where: { head.contains($0) }), !harmless.contains(where: { head.contains($0) })
            else { return nil }
            return Violation(line: command.line, "the script goes on after the failure; write: || exit 1")
        }
    }

    /// The log keeps it.
    static let printsSecret = Rule(
        "SH003", .warning, "a script prints a secret",
        why: "What a script prints stays in logs, in CI and in the terminal's history.",
        catches: [
            "#!/bin/sh\necho \"password: $DB_PASSWORD\"\n",
            "#!/bin/sh\nSECRET_KEY=$(openssl rand -hex 32)\necho $SECRET_KEY\n",
        ],
        passes: [
            "#!/bin/sh\necho \"$DB_PASSWORD\" | docker login --password-stdin\n",
            "#!/bin/sh\necho \"SECRET=$SECRET_KEY\" > .env\n",
        ]
    ) { file in
        file.commands.compactMap { command in
            let text = command.text
            guard text.hasPrefix("echo ") || text.hasPrefix("printf "), !text.contains("|"), !text.contains(">") else {
                return nil
            }
            let name = Interpolation.references(in: text).map(\.name).first { SecretText.isSecret(name: $0) }
            guard let name, !text.contains("'$") else { return nil }
            // ${NAME:+set} and ${#NAME} say nothing of the value.
            let reference = Interpolation.references(in: text).first { $0.name == name }
            guard reference?.operator != ":+", reference?.operator != "+" else { return nil }
            return Violation(
                line: command.line,
                "\(name) is shown; write it to a file that only you can read: (umask 077; printf %s \"$\(name)\" > FILE)"
            )
        }
    }

    /// Tracing shows every value.
    static let tracesSecret = Rule(
        "SH004", .warning, "set -x shows secrets",
        why: "set -x prints every command with its values, passwords and tokens among them.",
        catches: ["#!/bin/sh\nset -ex\npsql \"postgres://app:$DB_PASSWORD@db/app\" -f a.sql\n"],
        passes: [
            "#!/bin/sh\nset -e\npsql \"postgres://app:$DB_PASSWORD@db/app\" -f a.sql\n",
            "#!/bin/sh\nset -ex\nnpm start\n",
        ]
    ) { file in
        let traces = file.commands.first { command in
            command.text.hasPrefix("set -")
                && command.text.split(separator: " ").dropFirst().first?.contains("x") == true
                && !command.text.contains("exit")
        }
        guard let traces else { return [] }
        let isUsed = file.commands.contains { command in
            command.line > traces.line
                && Interpolation.references(in: command.text).contains { SecretText.isSecret(name: $0.name) }
        }
        return isUsed ? [Violation(line: traces.line, "secrets below are printed; write: set -e")] : []
    }

    /// What it starts is not there.
    static let missingScriptFile = Rule(
        "SH005", .error, "a script starts a file that does not exist",
        why: "The script ends there with: no such file or directory.",
        catches: [["deploy.sh": "#!/bin/sh\nset -e\n./scripts/build.sh\n", "src/a.py": ""]],
        passes: [
            ["deploy.sh": "#!/bin/sh\nset -e\n./scripts/build.sh\n", "scripts/build.sh": "true\n"],
            "#!/bin/sh\ncurl -o a.sh https://a\nbash a.sh\n",
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        let tree = file.repository.tree
        let moves = file.commands.contains {
            $0.text.hasPrefix("cd ") || $0.text.contains("&& cd ") || $0.text.contains("pushd ")
        }
        guard !moves else { return [] }
        return file.commands.compactMap { command in
            let words = command.text.split(separator: " ").map(String.init)
            guard let first = words.first else { return nil }
            let path =
                first.hasPrefix("./") && first.hasSuffix(".sh")
                ? first
                : ["bash", "sh", "source", "."].contains(first) && words.count > 1 && words[1].hasSuffix(".sh")
                    ? words[1] : nil
            guard let path, !path.contains("$"), !path.hasPrefix("/"), !path.hasPrefix("~") else { return nil }
            let candidates = [GoPath.clean(path), GoPath.clean(file.folder + "/" + path)]
            let name = SourceTree.Entry(path: candidates[0]).name
            guard !candidates.contains(where: tree.contains), tree.files(named: name).isEmpty,
                !file.document.lines.contains(where: {
                    $0.contains(name) && ($0.contains("curl") || $0.contains("wget") || $0.contains(">"))
                })
            else { return nil }
            return Violation(
                line: command.line, "\(candidates[0]) does not exist; write the path of the script, or delete the line")
        }
    }

    /// Whoever owns the server runs anything here.
    static let pipedDownload = Rule(
        "SH006", .warning, "a download is run unread",
        why:
            "Whoever controls the address, or the network on the way, runs commands here; half a download runs half a script.",
        catches: ["#!/bin/sh\ncurl -sSL https://example.com/install.sh | sh\n"],
        passes: [
            "#!/bin/sh\ncurl -fsSLo install.sh https://example.com/install.sh\nsha256sum -c install.sha256\nsh install.sh\n"
        ]
    ) { file in
        file.commands.compactMap { command in
            let text = command.text
            guard text.hasPrefix("curl ") || text.hasPrefix("wget ") || text.contains(" curl "),
                !text.hasPrefix("echo"),
                let bar = text.lastIndex(of: "|")
            else { return nil }
            let next =
                text[text.index(after: bar)...].trimmed.split(separator: " ").filter { $0 != "sudo" && $0 != "-E" }
                .first ?? ""
            guard ["sh", "bash", "/bin/sh", "/bin/bash"].contains(String(next)) else { return nil }
            return Violation(
                line: command.line,
                "save it, check its sum, and run it: curl -fsSLo FILE URL; sha256sum -c FILE.sha256; sh FILE")
        }
    }

    /// dash knows no bash.
    static let bashInSh = Rule(
        "SH007", .error, "bash in a script for sh",
        why:
            "In Debian's and Alpine's images sh is no bash: the script ends with a syntax error or goes the wrong way.",
        catches: [
            "#!/bin/sh\nif [[ $A == 1 ]]; then\n  echo a\nfi\n", "#!/bin/sh\nsource .env\n", "#!/bin/sh\nB=(a b)\n",
        ],
        passes: ["#!/bin/bash\nif [[ $A == 1 ]]; then\n  echo a\nfi\n", "#!/bin/sh\n. ./.env\n"]
    ) { file in
        let shebang = file.shebang.trimmed
        guard shebang == "#!/bin/sh" || shebang.hasPrefix("#!/bin/sh ") || shebang == "#!/usr/bin/env sh" else {
            return []
        }
        return file.commands.compactMap { command in
            let text = command.text
            let fault: String?
            if text.hasPrefix("[[ ") || text.contains(" [[ ") {
                fault = "[[ is bash's; write [, or make the first line: #!/bin/bash"
            } else if text.hasPrefix("source ") {
                fault = "source is bash's; write: . \(text.dropFirst(7))"
            } else if text.hasPrefix("function ") && text.contains("{") {
                fault = "function is bash's; write: NAME() {"
            } else if let equals = text.firstIndex(of: "="), text[text.index(after: equals)...].hasPrefix("("),
                text[..<equals].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
            {
                fault = "arrays are bash's; make the first line: #!/bin/bash"
            } else {
                fault = nil
            }
            return fault.map { Violation(line: command.line, $0) }
        }
    }

    /// An empty variable, and everything is gone.
    static let removesRoot = Rule(
        "SH008", .warning, "an empty variable deletes everything",
        why: "When the variable is empty the path becomes / and the machine is emptied.",
        catches: ["#!/bin/sh\nrm -rf $DEPLOY_DIR/*\n"],
        passes: ["#!/bin/sh\nrm -rf \"${DEPLOY_DIR:?}\"/*\n", "#!/bin/sh\nrm -rf build/*\n"]
    ) { file in
        file.commands.compactMap { command in
            let words = command.text.split(separator: " ").map(String.init)
            guard words.first == "rm" || words.prefix(2) == ["sudo", "rm"],
                words.contains(where: { $0.hasPrefix("-") && $0.contains("r") })
            else { return nil }
            for word in words.dropFirst() {
                let bare = word.filter { $0 != "\"" }
                guard bare.hasPrefix("$"), let reference = Interpolation.references(in: bare).first,
                    reference.offset == 0,
                    !reference.isRequired, !reference.hasDefault
                else { continue }
                let end = "${\(reference.name)}".count
                let rest = bare.hasPrefix("${") ? bare.dropFirst(end) : bare.dropFirst(reference.name.count + 1)
                guard rest == "/" || rest.hasPrefix("/*") else { continue }
                return Violation(
                    line: command.line, "\(reference.name) may be empty; write: \"${\(reference.name):?}\"\(rest)")
            }
            return nil
        }
    }

    /// The volumes go with it.
    static let removesVolumes = Rule(
        "SH009", .error, "a deployment deletes its volumes",
        why: "down -v deletes the named volumes, the database's among them, each time the script runs.",
        catches: [["deploy.sh": "#!/bin/sh\nset -e\ndocker compose down -v\ndocker compose up -d\n"]],
        passes: [
            ["deploy.sh": "#!/bin/sh\nset -e\ndocker compose down\ndocker compose up -d\n"],
            ["scripts/reset-test.sh": "docker compose down -v\n"],
        ]
    ) { file in
        let name = SourceTree.Entry(path: file.location).name.lowercased()
        let isDeployment = ["deploy", "start", "update", "release", "prod", "run", "up"].contains { name.contains($0) }
        guard isDeployment, !["test", "reset", "clean", "dev", "e2e", "local"].contains(where: { name.contains($0) })
        else { return [] }
        return file.commands.compactMap { command in
            let text = command.text
            guard text.contains("compose"), text.contains(" down"),
                text.split(separator: " ").contains(where: { $0 == "-v" || $0 == "--volumes" })
            else { return nil }
            return Violation(line: command.line, "the database is deleted here; write: docker compose down")
        }
    }

    /// The kernel looks for a program with a carriage return in its name.
    static let carriageReturns = Rule(
        "SH010", .error, "a script has Windows line ends",
        why: "Linux looks for an interpreter with a carriage return in its name: no such file or directory.",
        catches: ["#!/bin/sh\r\necho a\r\n"], passes: ["#!/bin/sh\necho a\n"]
    ) { file in
        guard file.text.utf8.first == UInt8(ascii: "#"), let end = file.text.utf8.firstIndex(of: UInt8(ascii: "\n")),
            end > file.text.utf8.startIndex, file.text.utf8[file.text.utf8.index(before: end)] == UInt8(ascii: "\r")
        else { return [] }
        return [
            Violation(line: 1, "type: sed -i 's/\\r$//' \(file.location), and add to .gitattributes: *.sh text eol=lf")
        ]
    }
}
