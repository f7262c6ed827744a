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
            ]
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
            let parts = words[place + 1].split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init)
            guard parts.count == 2 else { return nil }
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            let homes = [unit.context, folder].compactMap { $0 }
            let tree = repository.tree
            guard let home = homes.first(where: { tree.contains(GoPath.clean($0 + "/" + parts[0] + ".py")) }),
                !tree.hasDirectory(GoPath.clean(home + "/" + parts[0])),
                let text = tree.text(GoPath.clean(home + "/" + parts[0] + ".py")),
                !text.split(whereSeparator: \.isNewline).contains(where: { line in
                    line.first?.isWhitespace != true
                        && line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains {
                            $0 == parts[1]
                        }
                })
            else { return nil }
            let other = tree.entries.first { entry in
                entry.name.hasSuffix(".py") && entry.name.contains("celery") && !DevelopmentPath.isLikely(entry.path)
            }
            return Violation(
                file: start.file, line: start.line,
                "\(parts[0]).py has no \(parts[1]); "
                    + (other.map { "write: -A \($0.name.dropLast(3))" } ?? "write the module that makes the application")
            )
        }
    }
}
