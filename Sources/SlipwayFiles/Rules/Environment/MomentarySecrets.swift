// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Everybody is logged out by every release.
    static let secretOfTheMoment = Rule(
        "EN329", .warning, "the key that signs is made anew at every start",
        why:
            "Each start and each worker process has a key of its own: sessions and tokens of the one are refused by the "
            + "other, so that visitors are logged out at random and after every release; what was encrypted stays so.",
        catches: [
            [
                "app.py":
                    "import os, secrets\napp.secret_key = os.environ.get(\"SECRET_KEY\", secrets.token_hex(32))\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"app.py\"]\n",
            ],
            [
                "settings.py": "import os\nSECRET_KEY = os.urandom(24)\n",
                "Procfile": "web: gunicorn a:app\n",
            ],
            [
                "server.js": "const secret = process.env.JWT_SECRET || crypto.randomBytes(32).toString('hex')\n",
                "Procfile": "web: node server.js\n",
            ],
            [
                "docker/entrypoint.sh":
                    "#!/bin/sh\nset -e\nif [ -z \"$APP_KEY\" ]; then\n  php artisan key:generate --force\nfi\nexec \"$@\"\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
                "Dockerfile": "FROM php:8.4\nENTRYPOINT [\"docker/entrypoint.sh\"]\nCMD [\"php-fpm\"]\n",
            ],
        ],
        passes: [
            [
                "app.py": "import os\napp.secret_key = os.environ[\"SECRET_KEY\"]\n",
                "Procfile": "web: gunicorn a:app\n",
            ],
            [
                "app.py":
                    "import os, secrets\napp.secret_key = os.environ.get(\"SECRET_KEY\", secrets.token_hex(32))\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?}\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"app.py\"]\n",
            ],
            ["app.py": "import os\nstate = os.urandom(24)\n", "Procfile": "web: gunicorn a:app\n"],
            [
                "scripts/setup.sh": "#!/bin/sh\nphp artisan key:generate\n",
                "compose.yml": "services:\n  web:\n    build: .\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let isDeployed =
            !repository.deployedUnits.isEmpty || Deployments.isOnPlatform(repository) || !repository.units.isEmpty
        guard isDeployed else { return [] }
        let given = givenNames(in: repository)
        return inCode(repository, given) + inScripts(repository)
    }

    /// Names that a file of the deployment gives or asks people for.
    private static func givenNames(in repository: CheckedRepository) -> Set<String> {
        var names: Set<String> = []
        for file in repository.composeFiles {
            for service in file.services { names.formUnion(service.environment.map(\.name)) }
        }
        for file in repository.dotenvFiles { names.formUnion(file.document.assignments.map(\.name)) }
        let others =
            repository.renderBlueprints.map(\.text) + repository.flyFiles.map(\.text)
            + repository.workflows.map(\.text) + repository.units.map(\.text) + repository.manifests.map(\.text)
        for name in secrets where others.contains(where: { $0.contains(name) }) { names.insert(name) }
        return names
    }

    private static let secrets = [
        "SECRET_KEY_BASE", "DJANGO_SECRET_KEY", "FLASK_SECRET_KEY", "SECRET_KEY", "JWT_SECRET_KEY", "JWT_SECRET",
        "SESSION_SECRET", "APP_SECRET", "APP_KEY", "AUTH_SECRET", "NEXTAUTH_SECRET", "COOKIE_SECRET",
        "ACCESS_TOKEN_SECRET", "ENCRYPTION_KEY", "FERNET_KEY",
    ]

    private static func inCode(_ repository: CheckedRepository, _ given: Set<String>) -> [Violation] {
        let makers = [
            "secrets.token_", "os.urandom(", "randomBytes(", "uuid4()", "Fernet.generate_key()", "SecureRandom.hex",
            "get_random_secret_key()", "randomUUID()",
        ]
        return repository.code(
            [".py", ".js", ".ts", ".mjs", ".cjs", ".rb"],
            with: [
                "token_", "urandom", "randomBytes", "generate_key", "SecureRandom", "random_secret", "randomUUID",
                "uuid4",
            ]
        ).flatMap { code in
            code.bare.enumerated().compactMap { index, line -> Violation? in
                guard makers.contains(where: line.contains), let name = assigned(line),
                    !isIndented(code.lines[index])
                        || line.contains("environ") || line.contains("process.env") || line.contains("getenv"),
                    !given.contains(name),
                    !["test", "seed", "generate", "script"].contains(where: code.path.lowercased().contains)
                else { return nil }
                return Violation(
                    file: code.path, line: index + 1,
                    "each start and each worker signs with another key; take it from a variable alone, and give it: \(name)"
                )
            }
        }
    }

    /// The variable, or the setting, that a line gives a key.
    private static func assigned(_ line: String) -> String? {
        if let name = secrets.first(where: { line.contains("'\($0)'") || line.contains("process.env.\($0)") }),
            line.contains("environ") || line.contains("getenv") || line.contains("process.env")
                || line.contains("config(")
        {
            return name
        }
        let left = line.prefix { $0 != "=" && $0 != ":" }
        let settings = [
            "SECRET_KEY", "app.secret_key", "JWT_SECRET", "JWT_SECRET_KEY", "app.config['SECRET_KEY']",
            "SESSION_SECRET",
            "app.config['JWT_SECRET_KEY']", "ENCRYPTION_KEY",
        ]
        let isPlain = !line.contains("environ") && !line.contains("getenv") && !line.contains("process.env")
        return isPlain && settings.contains(String(left))
            ? left.split { "'[]".contains($0) }.last.map { $0 == "app.secret_key" ? "SECRET_KEY" : String($0) } : nil
    }

    private static func isIndented(_ line: Substring) -> Bool { line.first == " " || line.first == "\t" }

    private static func inScripts(_ repository: CheckedRepository) -> [Violation] {
        // A .env of the host, or the working copy itself, keeps the key for the next start.
        let isKept = repository.deployedUnits.contains { unit in
            unit.mountsItsSource || unit.service?.environmentFiles.isEmpty == false
                || unit.service?.environment.contains { $0.name == "APP_KEY" } == true
                || unit.service?.mounts.contains { $0.target.hasSuffix("/.env") } == true
        }
        guard !isKept else { return [] }
        return repository.scripts.compactMap { script in
            guard script.isStart,
                let command = script.document.commands.first(where: {
                    $0.words.map(\.text).starts(with: ["php", "artisan", "key:generate"])
                        && !$0.hasFlag("show")
                })
            else { return nil }
            return Violation(
                file: script.location, line: script.document.line(of: command),
                "each new container has another key, and what the last one encrypted is lost; end the start without it: "
                    + ": \"${APP_KEY:?}\"")
        }
    }
}
