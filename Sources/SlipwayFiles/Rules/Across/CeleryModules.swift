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
                "compose.yml": "services:\n  work:\n    build: .\n    command: celery -A src.main.celery beat\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"src/main.py\"]\n",
                "src/main.py": "from flask import Flask\napp = Flask(__name__)\n",
            ],
        ],
        passes: [
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
        repository.deployedUnits.compactMap { unit in
            guard let start = unit.start else { return nil }
            let words = start.text.split { $0 == " " || $0 == "\"" || $0 == "," || $0 == "[" }.map(String.init)
            guard words.contains(where: { $0 == "celery" || $0.hasSuffix("/celery") }),
                let place = words.firstIndex(where: { $0 == "-A" || $0 == "--app" }), place + 1 < words.count
            else { return nil }
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            let tree = repository.tree
            guard let named = CeleryName(words[place + 1], below: [unit.context, folder].compactMap { $0 }, in: tree),
                !named.isThere(in: tree)
            else { return nil }
            let other = tree.entries.first { entry in
                entry.name.hasSuffix(".py") && entry.name.contains("celery") && !DevelopmentPath.isLikely(entry.path)
            }
            return Violation(
                file: start.file, line: start.line,
                "\(named.file) has no \(named.attribute); "
                    + (other.map { "write: -A \($0.name.dropLast(3))" } ?? "write the module that makes the application")
            )
        }
    }
}

/// What `-A app.celery` names when it is no module: an attribute of one.
private struct CeleryName {
    /// The module's file.
    let file: String
    let attribute: String

    init?(_ word: String, below homes: [String], in tree: SourceTree) {
        var parts = word.split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init)
        guard parts.count > 1, let last = parts.popLast() else { return nil }
        let module = parts.joined(separator: "/")
        attribute = last
        guard
            let home = homes.first(where: { tree.contains(GoPath.clean($0 + "/" + module + ".py")) }),
            !tree.hasDirectory(GoPath.clean(home + "/" + module))
        else { return nil }
        file = GoPath.clean(home + "/" + module + ".py")
    }

    /// Whether a line at the margin has the word, or makes whatever names it has.
    func isThere(in tree: SourceTree) -> Bool {
        (tree.text(file) ?? "").split(whereSeparator: \.isNewline).contains { line in
            line.first?.isWhitespace != true
                && (line.contains("import *")
                    || line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == attribute })
        }
    }
}
