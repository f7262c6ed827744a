// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A console in the browser.
    static let debuggerStarted = Rule(
        "EN420", .warning, "what the deployment starts runs Flask's debugger",
        why:
            "With debug=True every error shows the code and the variables, and the debugger runs what somebody types into "
            + "the page; the reloader keeps a second process beside the server.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"wsgi.py\"]\n",
                "wsgi.py":
                    "app = create_app()\nif __name__ == '__main__':\n    socketio.run(app, host='0.0.0.0', port=5000, debug=True)\n",
            ],
            [
                "Procfile": "web: python -m shop.app\n",
                "shop/app.py":
                    "if __name__ == '__main__':\n    app.run(\n        host='0.0.0.0',\n        debug=True,\n    )\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"wsgi:app\"]\n",
                "wsgi.py": "if __name__ == '__main__':\n    app.run(debug=True)\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"wsgi.py\"]\n",
                "wsgi.py": "if __name__ == '__main__':\n    socketio.run(app, debug=app.config['DEBUG'])\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let starts = StartingText.all(in: repository).filter { $0.contains("python") }
        guard !starts.isEmpty else { return [] }
        return repository.code([".py"], with: ["debug=True", "debug = True"]).compactMap { code in
            guard let line = StartedDebugger.line(in: code),
                starts.contains(where: { StartedDebugger.names(code.path, in: $0) })
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "visitors see the code of every error, and the debugger; write: debug=False, or start it with gunicorn")
        }
    }
}

private enum StartedDebugger {
    /// The call that runs the server with the debugger.
    static func line(in code: CodeText) -> Int? {
        for opening in ["socketio.run(", "app.run(", "application.run(", "server.run(", "app.run_server("] {
            guard let call = code.body(after: opening), call.text.contains("debug=True") else { continue }
            // What only a developer's way reaches.
            guard !code.isGuarded(call.line, by: ["DEBUG", "development", "dev"], before: 2) else { continue }
            return call.line
        }
        return nil
    }

    /// Whether a command starts the file: `python backend/wsgi.py`, `python -m shop.app`.
    static func names(_ path: String, in text: String) -> Bool {
        let name = SourceTree.Entry(path: path).name
        let words = text.split { " \t\n\"',[];&|".contains($0) }
        for (index, word) in words.enumerated() where word.hasPrefix("python") || word.hasSuffix("/python") {
            let rest = words[(index + 1)...].drop { $0.hasPrefix("-") && $0 != "-m" }
            guard let first = rest.first else { continue }
            if first == "-m", let module = rest.dropFirst().first {
                let file = module.split(separator: ".").joined(separator: "/")
                if path.hasSuffix(file + ".py") || path.hasSuffix(file + "/__main__.py") { return true }
            }
            guard first.split(separator: "/").last.map(String.init) == name else { continue }
            // A bare name is that of the folder where the program is started: its outermost file.
            let isInner = path.split(separator: "/").count > 2
            if !first.contains("/") ? !isInner : first.hasPrefix("/") || path.hasSuffix(first.drop { ".".contains($0) })
            {
                return true
            }
        }
        return false
    }
}
