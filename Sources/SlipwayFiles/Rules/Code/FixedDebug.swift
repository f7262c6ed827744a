// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// django-admin writes it, and nobody takes it away.
    static let fixedDebug = Rule(
        "EN359", .warning, "debug mode is a constant of the settings, and a production server serves them",
        why:
            "DEBUG = True shows source, settings and SQL on every error page, and keeps every statement in memory; as a "
            + "constant it cannot be switched off where the application is deployed.",
        catches: [
            [
                "shop/settings.py": "SECRET_KEY = read()\nDEBUG = True\nINSTALLED_APPS = []\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
            ],
            [
                "shop/settings.py": "DEBUG=True\nINSTALLED_APPS = []\n", "Procfile": "web: gunicorn shop.wsgi\n",
            ],
            [
                "shop/settings/base.py": "DEBUG = True\nINSTALLED_APPS = []\n",
                "vercel.json": "{\"builds\": [{\"src\": \"api/index.py\", \"use\": \"@vercel/python\"}]}\n",
            ],
            ["gunicorn.conf.py": "bind = '0.0.0.0:8000'\nreload = True\n"],
            [
                "shop/settings.py": "DEBUG = True\nINSTALLED_APPS = []\n",
                "entrypoint.sh": "#!/bin/sh\nset -e\nexec gunicorn shop.wsgi\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/entrypoint.sh\"]\n",
            ],
            [
                "shop/settings.py": "DEBUG = True\nINSTALLED_APPS = []\n",
                "run.sh": "#!/bin/sh\nset -e\nif [ -n \"$WAIT\" ]; then sleep 5; fi\nexec gunicorn \\\n  shop.wsgi\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"python\"]\n",
                "compose.yml": "services:\n  web:\n    build: .\n    command: sh -c './run.sh'\n",
            ],
        ],
        passes: [
            [
                "shop/settings.py": "DEBUG = os.environ.get(\"DEBUG\") == \"True\"\nINSTALLED_APPS = []\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
            ],
            [
                "shop/settings/base.py": "DEBUG = True\nINSTALLED_APPS = []\n",
                "shop/settings/production.py": "from .base import *\nDEBUG = False\n",
                "Procfile": "web: gunicorn shop.wsgi\n",
            ],
            [
                "shop/settings.py": "DEBUG = True\nINSTALLED_APPS = []\nfrom .local_settings import *\n",
                "Procfile": "web: gunicorn shop.wsgi\n",
            ],
            [
                "shop/settings.py": "DEBUG = True\nINSTALLED_APPS = []\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"manage.py\", \"runserver\"]\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let watching = reloading(in: repository)
        let settings = repository.code([".py"], with: ["INSTALLED_APPS", "DEBUG"]).filter {
            $0.path.contains("settings")
        }
        let fixed = settings.filter { code in
            code.bare.contains { $0.contains("INSTALLED_APPS") } && place(in: code) != nil
                // Somebody else has the last word.
                && !code.bare.contains { $0.hasPrefix("from.") || $0.contains("local_settings") }
                && !DevelopmentPath.isLikely(code.path)
        }
        guard !fixed.isEmpty, isServed(in: repository),
            // Settings of production stand beside those that they begin with.
            !settings.contains(where: { code in
                code.bare.contains { $0.hasPrefix("DEBUG=") && !$0.hasPrefix("DEBUG=True") || $0.hasPrefix("DEBUG:") }
            })
        else { return watching }
        return watching
            + fixed.compactMap { code in
                place(in: code).map {
                    Violation(
                        file: code.path, line: $0,
                        "every visitor sees the error pages of developers; write: DEBUG = os.environ.get(\"DEBUG\") == \"True\""
                    )
                }
            }
    }

    /// gunicorn's own file, which every start reads.
    private static func reloading(in repository: CheckedRepository) -> [Violation] {
        ["gunicorn.conf.py", "gunicorn_config.py", "gunicorn_conf.py"].flatMap { repository.tree.files(named: $0) }
            .filter { !DevelopmentPath.isLikely($0.path) }
            .compactMap { entry in
                let text = repository.tree.text(entry.path) ?? ""
                guard let line = CodeText(path: entry.path, text: text).bare.firstIndex(of: "reload=True") else {
                    return nil
                }
                return Violation(
                    file: entry.path, line: line + 1,
                    "gunicorn watches every file and starts anew when one changes, and refuses preload_app; delete this line"
                )
            }
    }

    private static func place(in code: CodeText) -> Int? {
        guard code.bare.count(where: { $0.hasPrefix("DEBUG=") }) == 1,
            let index = code.bare.firstIndex(where: { $0 == "DEBUG=True" || $0.hasPrefix("DEBUG=True#") }),
            code.lines[index].hasPrefix("DEBUG")
        else { return nil }
        return index + 1
    }

    /// Whether a server that no developer needs starts the application.
    private static func isServed(in repository: CheckedRepository) -> Bool {
        let servers = ["gunicorn", "uwsgi", "daphne", "uvicorn"]
        func names(_ text: String) -> Bool {
            servers.contains(where: text.contains) && !text.contains("--reload")
        }
        if repository.procfiles.contains(where: { names($0.text) }) { return true }
        if repository.renderBlueprints.contains(where: { names($0.text) }) { return true }
        if repository.railwayConfigs.contains(where: { names($0.text) }) { return true }
        // App Engine starts gunicorn by itself, and Vercel calls the application's own object.
        let hosts = [("app.yaml", "runtime: python"), ("vercel.json", "@vercel/python")]
        if hosts.contains(where: { name, sign in
            repository.tree.files(named: name).contains { repository.tree.text($0.path)?.contains(sign) == true }
        }) {
            return true
        }
        if repository.units.contains(where: { names($0.text) }) { return true }
        return repository.deployedUnits.contains { unit in
            !unit.isForDevelopment && unit.startedCommands.contains { names($0.text) }
        }
    }
}
