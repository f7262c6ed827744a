// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ScriptFile>> {
    /// It is there on the machine of whoever wrote the script.
    static let readsIgnoredFile = Rule(
        "SH150", .error, "a script reads a file that git ignores and nothing makes",
        why:
            "The file is on the author's machine alone: in a clone the command finds nothing, and the deployment stops.",
        catches: [
            [
                "deploy.sh":
                    "#!/bin/bash\nset -e\nDIR=$(pwd)\ndocker load < \"$DIR/images/web.tar\"\ndocker compose up -d\n",
                ".gitignore": "images/\n",
            ],
            [
                "deploy.sh": "#!/bin/sh\nset -e\nsudo cp nginx-shop.conf /etc/nginx/conf.d/\n",
                ".gitignore": "nginx-shop.conf\n",
            ],
        ],
        passes: [
            [
                "deploy.sh": "#!/bin/bash\nset -e\ndocker load < images/web.tar\n", ".gitignore": "images/\n",
                "build.sh": "#!/bin/sh\nset -e\ndocker save web > images/web.tar\n",
            ],
            [
                "deploy.sh": "#!/bin/sh\nset -e\nsudo cp nginx-shop.conf /etc/nginx/conf.d/\n",
                "nginx-shop.conf": "events {}\n",
            ],
            ["deploy.sh": "#!/bin/sh\nset -e\ncp .env.production .env\n", ".gitignore": ".env*\n"],
            [
                "deploy.sh": "#!/bin/sh\nset -e\nif [ -f site.conf ]; then\n  cp site.conf /etc/nginx/\nfi\n",
                ".gitignore": "site.conf\n",
            ],
        ]
    ) { file in
        guard file.repository.isWhole, !file.isForDevelopment else { return [] }
        return file.document.commands.compactMap { command in
            guard !command.isFollowedByOr, !command.isCondition, let path = ReadFiles.path(of: command),
                ScriptPaths.isIgnored(path, in: file.repository.tree)
                    || isFolderIgnored(path, in: file.repository.tree),
                file.repository.tree.files(named: SourceTree.Entry(path: path).name).isEmpty,
                !isNamedTwice(path, in: file)
            else { return nil }
            return file.violation(
                at: command,
                "\(path) is in no clone: .gitignore names it, and nothing makes it; make it in a step before, or keep it in git",
                severity: file.document.stopsAtFailure ? nil : .warning)
        }
    }

    private static func isFolderIgnored(_ path: String, in tree: SourceTree) -> Bool {
        guard let first = path.split(separator: "/").first, path.contains("/") else { return false }
        return tree.files(named: ".gitignore").contains { entry in
            tree.text(entry.path)?.split(separator: "\n").contains { line in
                let text = line.trimmed
                return text == first + "/" || text == "/" + first + "/" || text == first
            } == true
        }
    }

    /// Whether the script, or another text of the repository, speaks of the file in another place.
    private static func isNamedTwice(_ path: String, in file: CheckedFile<ScriptFile>) -> Bool {
        let name = SourceTree.Entry(path: path).name
        if file.textLines.count(where: { line in
            line.contains(name) && !["log ", "echo ", "printf ", "#"].contains(where: line.trimmed.hasPrefix)
        }) > 1 {
            return true
        }
        let readers = [".md", ".sh", ".yml", ".yaml", "Makefile", ".txt", ".json", ".toml", ".ps1", ".py", "justfile"]
        return file.repository.tree.entries.contains { entry in
            guard entry.path != file.location, readers.contains(where: entry.name.hasSuffix),
                let bytes = file.repository.tree.bytes(entry.path), bytes.count < 300_000
            else { return false }
            return ByteSearch.contains(name.utf8, in: bytes)
        }
    }
}

/// Files of the repository that a command cannot do without.
private enum ReadFiles {
    private static let endings = [
        ".tar", ".tar.gz", ".tgz", ".zip", ".conf", ".service", ".sql", ".whl", ".jar", ".war",
    ]

    /// Relative to the repository; without a variable before it, which holds the script's own folder.
    static func path(of command: ShellCommand) -> String? {
        var words = command.words.map(\.text)[...]
        if words.first == "sudo" { words = words.dropFirst() }
        var raw: String?
        switch words.first {
        case "docker", "podman":
            guard words.dropFirst().first == "load" else { return nil }
            raw = command.redirections.first { $0.hasPrefix("<") && !$0.hasPrefix("<<") }.map { String($0.dropFirst()) }
            if let place = words.firstIndex(where: { $0 == "-i" || $0 == "--input" }), words.indices.contains(place + 1)
            {
                raw = words[place + 1]
            }
        case "cp", "scp", "install", "mv":
            let operands = words.dropFirst().filter { !$0.hasPrefix("-") }
            raw = operands.count == 2 ? operands.first : nil
        default: return nil
        }
        guard var path = raw?.trimmed else { return nil }
        if path.hasPrefix("${"), let end = path.firstIndex(of: "}") {
            path = String(path[path.index(after: end)...])
            guard path.hasPrefix("/") else { return nil }
            path = String(path.dropFirst())
        }
        path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        guard ToldCommand.isPlain(path), !path.hasPrefix("/"), !path.hasPrefix("..") else { return nil }
        return endings.contains(where: path.hasSuffix) ? path : nil
    }
}
