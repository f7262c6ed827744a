// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// sed is content when it replaces nothing.
    static let replacesNothing = Rule(
        "SH085", .error, "sed replaces a text that the file does not have",
        why:
            "sed ends well although it has changed nothing: what the script fills in, an image or a host, stays as it was.",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/sh\nset -e\nsed -i \"s|your-registry|$REGISTRY|g\" k8s/app.yaml\nkubectl apply -f k8s\n",
                "k8s/app.yaml": "spec:\n  image: someone/app:v3\n",
            ],
            [
                "deploy.sh": "#!/bin/sh\nset -e\nsed 's/IMAGE_TAG/1.2/' app.yaml | kubectl apply -f -\n",
                "app.yaml": "spec:\n  image: someone/app:v3\n",
            ],
        ],
        passes: [
            [
                "deploy.sh": "#!/bin/sh\nset -e\nsed -i \"s|your-registry|$REGISTRY|g\" k8s/app.yaml\n",
                "k8s/app.yaml": "spec:\n  image: your-registry/app:v3\n",
            ],
            ["deploy.sh": "#!/bin/sh\nset -e\nsed -i 's/^#Port 22/Port 2222/' /etc/ssh/sshd_config\n"],
            [
                "deploy.sh": "#!/bin/sh\nset -e\ncp a.yaml app.yaml\nsed -i 's/IMAGE_TAG/1.2/' app.yaml\n",
                "app.yaml": "spec: {}\n", "a.yaml": "IMAGE_TAG\n",
            ],
        ]
    ) { file in
        guard file.repository.isWhole, !file.isForDevelopment else { return [] }
        return file.document.commands.compactMap { command in
            guard command.name == "sed", let words = SedReplacement.of(command),
                !words.files.isEmpty, !isWritten(words.files, in: file, before: command)
            else { return nil }
            var holders: [String] = []
            for name in words.files {
                let paths = [GoPath.clean(name), GoPath.clean(file.folder + "/" + name)]
                let matches = file.repository.tree.entries.filter { entry in
                    paths.contains { path in
                        path == entry.path
                            || path.hasSuffix("/*.yaml") && entry.path.hasSuffix(".yaml")
                                && entry.directory == path.dropLast(7)
                    }
                }
                guard !matches.isEmpty else { return nil }
                holders += matches.map(\.path)
            }
            guard !holders.contains(where: { file.repository.tree.text($0)?.contains(words.pattern) != false }) else {
                return nil
            }
            return file.violation(
                at: command,
                "\(words.pattern) stands nowhere in \(words.files.joined(separator: ", ")); write it there, or "
                    + "replace what stands there", severity: file.isDeployment ? nil : .warning)
        }
    }

    private static func isWritten(_ files: [String], in file: CheckedFile<ScriptFile>, before command: ShellCommand)
        -> Bool
    {
        var depth = 0
        for other in file.document.commands {
            if other == command { return depth != 0 }
            if other.name == "cd", let folder = other.arguments.first, !folder.hasPrefix("/"), !folder.hasPrefix("$") {
                // There and back again.
                let steps = folder.split(separator: "/").filter { $0 != "." }
                depth += steps.reduce(0) { $1 == ".." ? $0 - 1 : $0 + 1 }
                continue
            }
            let isMaking = ["cp", "mv", "tee", "curl", "wget", "envsubst", "cat", "git", "cd"].contains(other.name)
            guard isMaking else { continue }
            if other.name == "cd" || other.name == "git" && other.arguments.first == "clone" { return true }
            let rest = file.document.rest(after: other)
            if files.contains(where: { name in other.arguments.contains(name) || rest.contains(name) }) { return true }
        }
        return false
    }
}

/// `sed -i 's|TEXT|...|' FILES` with a pattern that is a plain text.
private enum SedReplacement {
    static func of(_ command: ShellCommand) -> (pattern: String, files: [String])? {
        var words = command.arguments
        var program: String?
        while let first = words.first {
            if first == "-e" || first == "--expression" {
                // Several expressions are not followed.
                return nil
            }
            guard first == "-i" || first == "-i.bak" || first == "-E" || first == "-r" || first == "-n" || first.isEmpty
            else {
                break
            }
            words.removeFirst()
        }
        program = words.first
        guard let program, program.hasPrefix("s"), let mark = program.dropFirst().first, !mark.isLetter else {
            return nil
        }
        let pattern = String(program.dropFirst(2).prefix { $0 != mark })
        let special = "^$.*[]\\+?(){}"
        guard pattern.utf8.count >= 4, !pattern.contains(where: special.contains), !words.dropFirst().contains("-e")
        else {
            return nil
        }
        let files = words.dropFirst().filter { !$0.hasPrefix("-") }
        guard files.allSatisfy({ !$0.contains("$") && !$0.hasPrefix("/") }) else { return nil }
        return (pattern, Array(files))
    }
}

extension Rule<CheckedFile<ScriptFile>> {
    /// npm's folder for all belongs to root.
    static let globalInstallWithoutRight = Rule(
        "SH086", .error, "a script installs for all users without the right to",
        why:
            "Node.js from apt keeps global packages below /usr, which root alone may write: npm install -g ends with EACCES.",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\nsudo apt-get install -y nodejs\nsudo npm install -g pm2\nnpm install -g serve\n"
            ],
            ["setup.sh": "#!/bin/bash\nset -e\nsudo apt install -y nodejs npm nginx\nnpm i -g pm2\n"],
        ],
        passes: [
            ["deploy.sh": "#!/bin/bash\nset -e\nsudo apt-get install -y nodejs\nsudo npm install -g pm2\n"],
            ["deploy.sh": "#!/bin/bash\nset -e\napt-get install -y nodejs\nnpm install -g pm2\n"],
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\nsudo apt-get install -y nginx\n. ~/.nvm/nvm.sh\nnvm install 22\nnpm install -g pm2\n"
            ],
        ]
    ) { file in
        let commands = file.document.commands
        let isNodeFromSystem = commands.contains { command in
            command.name == "sudo" && command.arguments.contains("install")
                && (command.arguments.contains("nodejs") || command.arguments.contains("npm"))
                && command.arguments.contains { ["apt", "apt-get", "yum", "dnf", "npm"].contains($0) }
        }
        guard isNodeFromSystem, !file.document.text.contains("nvm"), !file.document.text.contains("NPM_CONFIG_PREFIX"),
            !file.document.text.contains("config set prefix"), !file.document.text.contains("EUID")
        else { return [] }
        return file.findings { command in
            guard command.name == "npm", let verb = command.arguments.first, ["install", "i", "add"].contains(verb),
                command.arguments.contains(where: { $0 == "-g" || $0 == "--global" }), !command.isFollowedByOr
            else { return nil }
            return "root alone may write there; write: sudo npm \(command.arguments.joined(separator: " "))"
        }
    }
}
