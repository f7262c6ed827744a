// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The reader stops at this step.
    static let toldMissingFile = Rule(
        "AP233", .warning, "a command reads a file that does not exist",
        why: "Whoever follows the guide, and make and the pipeline too, stop at this step.",
        catches: [
            ["README.md": "```sh\ncp .env.example .env\nnpm ci\n```\n", "package.json": "{}"],
            ["README.md": "```sh\nchmod +x scripts/setup.sh\n```\n", "scripts/setup-dev.sh": "\n"],
            ["README.md": "`docker compose -f docker-compose.prod.yml up -d`\n", "compose.yml": "services:\n"],
            ["Makefile": "run:\n\tpython scripts/seed.py\n", "main.py": "\n"],
            ["docs/setup.md": "```bash\nkubectl apply -f k8s/app.yaml\n```\n", "deploy/app.yaml": "a: b\n"],
            [".gitlab-ci.yml": "test:\n  script:\n    - pip install -r requirements/test.txt\n", "main.py": "\n"],
        ],
        passes: [
            ["README.md": "```sh\ncp .env.example .env\n```\n", ".env.example": "A=1\n"],
            ["README.md": "```sh\ncd api\ncp .env.example .env\n```\n", "api/.env.example": "A=1\n"],
            ["README.md": "```sh\ntouch seed.py\npython seed.py\nbash path/to/x.sh\n```\n", "main.py": "\n"],
            ["README.md": "```sh\ncurl -O https://a.example/compose.yml\ndocker compose -f compose.yml up\n```\n"],
            ["README.md": "```sh\nbash tools/run.sh\n```\n", ".gitignore": "tools/run.sh\n"],
            [
                "GUIDE.md": "`slipway write --target kubernetes`\n\n```sh\nkubectl apply -f k8s/a.yaml\n```\n",
                "b.py": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let told = repository.toldCommands
        return told.compactMap { told -> Violation? in
            // Scripts and the calls of workflows have rules of their own.
            guard told.teller != .script, told.teller != .remote, told.teller != .package,
                let path = ToldPaths.read(by: told), !told.command.isCondition, !told.command.isFollowedByOr,
                ToldCommand.isPlain(path), !path.hasPrefix("/"), !ToldPaths.isThere(path, in: repository.tree),
                !ToldPaths.isMade(path, for: told, in: repository)
            else { return nil }
            let name = SourceTree.Entry(path: path).name
            // A document is no script, however alike their names are.
            let ending = name.split(separator: ".").last ?? ""
            let alike = repository.tree.entries.map(\.name).filter { $0.split(separator: ".").last == ending }
            let near = NearestWord.of(name, among: Set(name.contains(".") ? alike : []))
            return Violation(
                file: told.file, line: told.line,
                "\(path) is nowhere in the repository; "
                    + (near.map { "write: \($0)" } ?? "add it, or delete the step"),
                severity: told.severity)
        }
    }
}

/// Paths that commands read, and where they can come from.
enum ToldPaths {
    static func read(by told: ToldCommand) -> String? {
        let words = told.words
        guard let first = words.first else { return nil }
        func after(_ options: String...) -> String? {
            guard let place = words.firstIndex(where: options.contains), words.indices.contains(place + 1) else {
                return nil
            }
            return words[place + 1]
        }
        switch first {
        case "cp", "copy":
            let operands = words.dropFirst().filter { !$0.hasPrefix("-") }
            guard operands.count == 2 else { return nil }
            let name = SourceTree.Entry(path: operands[0]).name.lowercased()
            let isTemplate = ["example", "sample", "template", "dist", ".env"].contains { name.contains($0) }
            return isTemplate && name != ".env" && !name.hasSuffix(".local") ? operands[0] : nil
        case "docker-compose": return ComposeCall(words)?.files.first
        case "docker":
            if let call = ComposeCall(words) { return call.files.first }
            guard words.contains("build") else { return nil }
            return told.teller == .workflow ? nil : after("-f", "--file")
        case "bash", "sh", "python", "python3":
            guard words.count > 1, words[1].contains("."), !words[1].hasPrefix("-"),
                words[1].hasSuffix(".sh") || words[1].hasSuffix(".py"), told.teller != .workflow
            else { return nil }
            return words[1]
        case "pip", "pip3": return words.contains("install") ? after("-r", "--requirement") : nil
        case "kubectl":
            guard words.contains("apply") || words.contains("create") else { return nil }
            return after("-f", "--filename", "-k")
        case "psql": return after("-f", "--file")
        case "chmod":
            // A guide that has its reader write a script names no folder of the repository.
            return words.dropFirst(2).first { $0.hasSuffix(".sh") && $0.contains("/") && !$0.hasPrefix("./") }
        default:
            return first.hasPrefix("./") && first.hasSuffix(".sh") && told.teller != .workflow ? first : nil
        }
    }

    /// Whether any folder has such a path, as a file or a folder.
    static func isThere(_ path: String, in tree: SourceTree) -> Bool {
        var clean = GoPath.clean(path)
        while clean.hasPrefix("../") { clean.removeFirst(3) }
        return clean == "." || clean == ".." || tree.contains(clean) || tree.hasDirectory(clean)
            || ScriptPaths.exists(clean, in: tree)
            || tree.entries.contains { ("/" + $0.path).contains("/" + clean + "/") }
    }

    /// Whether something else than reading it names the file: another command, `.gitignore`, a link in the same text.
    static func isMade(_ path: String, for told: ToldCommand, in repository: CheckedRepository) -> Bool {
        let name = SourceTree.Entry(path: path).name
        if path.split(separator: "/").contains(where: {
            ["dist", "build", "out", "target", "node_modules", "tmp", "venv", ".venv", "bin"].contains($0)
        }) {
            return true
        }
        let isTemplate = ["example", "sample", "template"].contains { name.contains($0) }
        if !isTemplate, ScriptPaths.isIgnored(path, in: repository.tree) { return true }
        return repository.toldCommands.contains { other in
            guard other.file == told.file else { return false }
            if other.command.redirections.contains(where: { $0.hasPrefix(">") && $0.contains(name) }) { return true }
            // `slipway write --target kubernetes` is said before what it writes is used.
            if other.line < told.line, other.words.starts(with: ["slipway", "write"]) { return true }
            // A folder of the machine, and what lies there.
            if path.hasPrefix("./"), other.line < told.line, other.words.first == "cd",
                other.words.last?.hasPrefix("/") == true
            {
                return true
            }
            // What an archive holds is not known.
            if ["tar", "unzip"].contains(other.words.first) { return true }
            let makers: Set<String> = [
                "touch", "curl", "wget", "mv", "cp", "nano", "vim", "vi", "cat", "tee", "ln", "unzip", "tar", "scp",
                "rsync", "helm", "kustomize", "kubectl", "code", "chmod", "django-admin",
            ]
            let isReading = other.line == told.line && other.command == told.command
            return !isReading && makers.contains(other.words.first ?? "")
                && other.words.dropFirst().contains { $0.hasSuffix(name) && read(by: other) != $0 }
        }
    }
}
