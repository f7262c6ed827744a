// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Celery ends: the module has no such attribute.
    static let missingCelery = Rule(
        "AP198", .error, "a Celery command names what its module does not have",
        why: "Celery ends at once: the module has no attribute of that name, so no job is ever done.",
        catches: [
            [
                "compose.yml": "services:\n  work:\n    build: .\n    command: celery -A app.celery worker\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
                "app.py": "from flask import Flask\napp = Flask(__name__)\n",
                "celery_app.py": "from celery import Celery\ncelery = Celery('a')\n",
            ],
            [
                "compose.yml": "services:\n  work:\n    build: ./api\n    command: celery -A app.celery worker\n",
                "api/Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"wsgi.py\"]\n",
                "api/app/__init__.py": "def create_app():\n    app.celery = make_celery(app)\n",
                "api/app/celery_worker.py": "celery = make_celery(create_app())\n",
            ],
            ["Procfile": "worker: celery -A shop.tasks.jobs worker\n", "shop/tasks.py": "import celery\n"],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"./worker.sh\"]\n",
                "worker.sh":
                    "#!/bin/sh\nset -e\nif [ \"$BEAT\" ]; then\n  exec celery -A app.celery beat\nfi\nexec celery -A app.celery worker\n",
                "app.py": "from flask import Flask\napp = Flask(__name__)\n",
            ],
        ],
        passes: [
            ["Procfile": "worker: celery -A shop worker\n", "shop/celery.py": "app = 1\n", "shop/__init__.py": ""],
            ["Procfile": "worker: celery -A shop.tasks:app worker\n", "shop/tasks.py": "app = Celery('a')\n"],
            [
                "compose.yml": "services:\n  work:\n    build: .\n    command: celery -A app.celery worker\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
                "app.py": "from celery import Celery\ncelery = Celery('a')\n",
            ],
            [
                "compose.yml": "services:\n  work:\n    build: .\n    command: celery -A app.celery worker\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
                "app/__init__.py": "", "app/celery.py": "app = 1\n",
            ],
        ]
    ) { repository in
        CeleryStarts.all(in: repository).compactMap { start in
            guard let target = CeleryStarts.target(of: start.text),
                let missing = CeleryStarts.missing(target, in: start.homes, repository.tree)
            else { return nil }
            return Violation(
                file: start.file, line: start.line,
                "\(missing.owner) has no \(missing.name); "
                    + (CeleryStarts.other(in: missing.home, repository.tree).map { "write: -A \($0)" }
                        ?? "write the module that makes the application"))
        }
    }
}

/// Commands that start workers and timetables of Celery.
private enum CeleryStarts {
    struct Start {
        let text: String
        let file: String
        let line: Int
        /// Folders that the module can be below.
        let homes: [String]
    }

    static func all(in repository: CheckedRepository) -> [Start] {
        var seen: Set<String> = []
        let units = repository.deployedUnits.flatMap { unit -> [Start] in
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            let homes = [unit.context, folder].compactMap { $0 }
            // Several services may start one script.
            return unit.startedCommands.filter { $0.text.contains("celery") }.compactMap { start in
                guard seen.insert("\(start.file):\(start.line)").inserted else { return nil }
                return Start(text: start.text, file: start.file, line: start.line, homes: homes)
            }
        }
        let processes = repository.procfiles.flatMap { file in
            file.document.processes.map {
                Start(text: $0.command, file: file.location, line: $0.line, homes: [file.folder])
            }
        }
        return units + processes.filter { !$0.text.contains("cd ") }
    }

    /// The parts of `app.celery`, whether a dot or a colon stands before the last one.
    static func target(of text: String) -> [String]? {
        let words = text.split { $0 == " " || $0 == "\"" || $0 == "," || $0 == "[" }.map(String.init)
        guard words.contains(where: { $0 == "celery" || $0.hasSuffix("/celery") }),
            !words.contains(where: { $0.hasPrefix("--workdir") }),
            let place = words.firstIndex(where: { $0 == "-A" || $0 == "--app" }), place + 1 < words.count,
            !words[place + 1].contains("$")
        else { return nil }
        let parts = words[place + 1].split { $0 == "." || $0 == ":" }.map(String.init)
        return parts.count > 1 ? parts : nil
    }

    /// What the module lacks; `nil` when all is there, or when no folder has the module.
    static func missing(
        _ parts: [String], in homes: [String], _ tree: SourceTree
    ) -> (owner: String, name: String, home: String)? {
        func path(_ home: String, _ parts: some Collection<String>) -> String {
            GoPath.clean(home + "/" + parts.joined(separator: "/"))
        }
        for home in homes {
            let whole = path(home, parts)
            if tree.contains(whole + ".py") || tree.hasDirectory(whole) { return nil }
        }
        for home in homes {
            let owner = path(home, parts.dropLast())
            guard let file = [owner + ".py", owner + "/__init__.py"].first(where: tree.contains),
                let text = tree.text(file), let name = parts.last
            else { continue }
            guard !text.contains("import *"), !text.contains("__getattr__"), !names(name, in: text) else { return nil }
            let shown = home == "." ? file : String(file.dropFirst(home.utf8.count + 1))
            return (shown, name, home)
        }
        return nil
    }

    /// Whether a line of the module's own level has the word.
    private static func names(_ name: String, in text: String) -> Bool {
        var isOpen = false
        return text.split(whereSeparator: \.isNewline).contains { line in
            // The names of an import can stand in brackets, one below the other.
            let isOwn = line.first?.isWhitespace != true || isOpen
            if isOwn, line.contains("import ("), !line.contains(")") { isOpen = true }
            if line.contains(")") { isOpen = false }
            return isOwn && line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == name }
        }
    }

    /// The module that looks like the application of Celery.
    static func other(in home: String, _ tree: SourceTree) -> String? {
        let entry = tree.entries.first { entry in
            entry.name.hasSuffix(".py") && entry.name.contains("celery") && !DevelopmentPath.isLikely(entry.path)
                && (home == "." || entry.path.hasPrefix(home + "/"))
        }
        guard let entry else { return nil }
        let path = home == "." ? entry.path : String(entry.path.dropFirst(home.utf8.count + 1))
        return path.dropLast(3).split(separator: "/").joined(separator: ".")
    }
}
