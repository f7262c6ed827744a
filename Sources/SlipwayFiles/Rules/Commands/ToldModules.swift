// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ModuleNotFoundError, before the server listens.
    static let toldMissingModule = Rule(
        "AP440", .warning, "a guide starts a Python module that the repository does not have",
        why: "The server ends at once: no folder of the repository has a module of this name.",
        catches: [
            [
                "README.md": "```sh\npip install -r requirements.txt\nuvicorn app.main:app --port 8000\n```\n",
                "backend/app/models.py": "\n", "backend/main.py": "app = 1\n",
                "backend/requirements.txt": "uvicorn==0.30.0\n",
            ],
            [
                "Makefile": "run:\n\tpython -m gunicorn wsgi:app\n", "main.py": "app = 1\n",
                "requirements.txt": "gunicorn==22.0.0\n",
            ],
            [
                "package.json": "{\"scripts\":{\"api\":\"cd api && uvicorn app.main:app\"}}", "api/shop/wsgi.py": "\n",
                "api/requirements.txt": "uvicorn==0.30.0\n",
            ],
        ],
        passes: [
            [
                "README.md": "```sh\ncd backend\nuvicorn app.main:app --port 8000\n```\n",
                "backend/app/main.py": "app = 1\n", "backend/requirements.txt": "uvicorn==0.30.0\n",
            ],
            [
                "README.md": "```sh\nuvicorn app:app\n```\n", "app/__init__.py": "app = 1\n",
                "requirements.txt": "uvicorn==0.30.0\n",
            ],
            [
                "README.md": "```sh\nuvicorn your_app.main:app\n```\n", "lib/a.py": "\n",
                "requirements.txt": "uvicorn\n",
            ],
            ["docs/guide.md": "```sh\nuvicorn main:app\n```\n", "lib/a.py": "\n", "pyproject.toml": "[project]\n"],
        ]
    ) { repository in
        guard repository.isWhole,
            repository.pythonRequirements.contains(where: { text in PythonServers.names.contains(where: text.contains) }
            )
        else { return [] }
        return repository.toldCommands.compactMap { told in
            guard [.document, .makefile, .package].contains(told.teller),
                let module = PythonServers.module(in: told.words),
                !told.command.isFollowedByOr, !PythonServers.has(module, in: repository.tree)
            else { return nil }
            let last = module.split(separator: ".").last.map(String.init) ?? module
            let near =
                ["main", "app", "wsgi", "asgi", "run"].contains(last) ? repository.tree.files(named: last + ".py") : []
            let advice = near.first.map { "\($0.path) is there; write its module" } ?? "write the module that is there"
            return Violation(file: told.file, line: told.line, "no folder has the module \(module); \(advice)")
        }
    }
}

/// Servers of Python that are told the module to serve.
private enum PythonServers {
    static let names = ["uvicorn", "gunicorn", "hypercorn", "daphne", "granian"]

    /// `app.main` of `python -m uvicorn app.main:app --reload`
    static func module(in words: [String]) -> String? {
        guard let place = words.prefix(4).firstIndex(where: { names.contains($0) }),
            words[..<place].allSatisfy({ ["python", "python3", "-m", "poetry", "uv", "pipenv", "run"].contains($0) }),
            !words.contains(where: { word in ["app-dir", "chdir", "pythonpath"].contains(where: word.contains) })
        else { return nil }
        let target = words[(place + 1)...].first { word in
            !word.hasPrefix("-") && word.contains(":") && word.first?.isNumber == false
        }
        guard let target, case let parts = target.split(separator: ":"), parts.count == 2,
            ToldCommand.isPlain(String(parts[0])), !parts[0].contains("/"), !parts[0].contains("-"),
            parts[1].allSatisfy({ $0.isLetter || $0.isNumber || "_().".contains($0) })
        else { return nil }
        let module = String(parts[0])
        return ["myapp", "my_app", "mymodule", "module", "example", "project", "yourproject", "package"].contains {
            module == $0 || module.hasPrefix($0 + ".")
        } ? nil : module
    }

    /// Whether a file or a package of any folder answers to the name.
    static func has(_ module: String, in tree: SourceTree) -> Bool {
        let path = module.split(separator: ".").joined(separator: "/")
        return ScriptPaths.exists(path + ".py", in: tree) || ScriptPaths.exists(path + "/__init__.py", in: tree)
    }
}
