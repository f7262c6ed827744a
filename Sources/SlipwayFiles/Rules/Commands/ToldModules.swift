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
                let module = PythonServers.served(by: told.words)?.module,
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
