// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Flask's own server says so itself when it starts.
    static let moduleRunsDevelopmentServer = Rule(
        "AP190", .warning, "the started module runs Flask's development server",
        why: "app.run() answers with a server that Flask itself forbids for production: one process, no limits, and a "
            + "debugger when DEBUG is set.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"-m\", \"shop.app\"]\n",
                "shop/__init__.py": "", "shop/app/__init__.py": "from flask import Flask\napp = Flask(__name__)\n",
                "shop/app/__main__.py": "from . import app\nif __name__ == '__main__':\n    app.run(host='0.0.0.0')\n",
                "requirements.txt": "flask\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"-m\", \"shop.app\"]\n",
                "shop/app.py":
                    "from waitress import serve\nfrom flask import Flask\napp = Flask(__name__)\nserve(app)\n",
                "requirements.txt": "flask\nwaitress\n",
            ]
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard !unit.isForDevelopment, !unit.mountsItsSource, let start = unit.start,
                repository.pythonRequirements.contains(where: { $0.contains("flask") })
            else { return nil }
            let words = start.text.split { " \",[]".contains($0) }.map(String.init)
            guard let flag = words.firstIndex(of: "-m"), flag + 1 < words.count,
                words.first.map({ $0.contains("python") }) == true
            else { return nil }
            let place = words[flag + 1].split(separator: ".").joined(separator: "/")
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            for home in [unit.context, folder, "."].compactMap({ $0 }) {
                for name in [place + "/__main__.py", place + ".py"] {
                    let path = GoPath.clean(home + "/" + name)
                    guard let text = repository.tree.text(path) else { continue }
                    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                    guard let index = lines.lastIndex(where: { $0.trimmed.hasPrefix("app.run(") }),
                        !text.contains("waitress"), !text.contains("gevent"), !text.contains("socketio")
                    else { return nil }
                    return Violation(
                        file: path, line: index + 1,
                        "Flask's development server answers; write: gunicorn --bind 0.0.0.0:PORT \(words[flag + 1]):app"
                    )
                }
            }
            return nil
        }
    }
}
