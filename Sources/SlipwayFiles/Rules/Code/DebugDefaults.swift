// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// On unless somebody thinks of it.
    static let debugByDefault = Rule(
        "EN245", .warning, "debug mode is on where nobody switches it off",
        why: "The code's default is for the developer, and no file that deploys says otherwise: errors show source and "
            + "settings, and the log keeps every statement with its values.",
        catches: [
            [
                "app/config.py": "class Settings(BaseSettings):\n    DEBUG: bool = True\n",
                "docker-compose.prod.yml": "services:\n  api:\n    build: .\n    environment:\n      - A=b\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            [
                "shop/settings.py": "DEBUG = os.environ.get('DEBUG', 'True') == 'True'\n",
                "Dockerfile": "FROM python:3.13\n",
                "fly.toml": "app = 'shop'\n[env]\n  PORT = '8000'\n",
            ],
            [
                "compose.yml": "services:\n  api:\n    build: .\n    command: gunicorn a.wsgi\n    env_file: .env\n",
                ".env.example": "DEBUG=True\n", "a/settings.py": "DEBUG = config('DEBUG', default=True, cast=bool)\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
        ],
        passes: [
            [
                "app/config.py": "class Settings(BaseSettings):\n    DEBUG: bool = True\n",
                "docker-compose.prod.yml": "services:\n  api:\n    build: .\n    environment:\n      - DEBUG=false\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            [
                "app/config.py": "class Settings(BaseSettings):\n    DEBUG: bool = False\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            ["shop/settings/development.py": "DEBUG = env.bool('DEBUG', True)\n", "Dockerfile": "FROM python:3.13\n"],
            ["shop/settings.py": "DEBUG = os.environ.get('DEBUG', 'True') == 'True'\n"],
        ]
    ) { repository in
        guard repository.isWhole, isDeployedSomewhere(repository) else { return [] }
        return repository.code([".py"], with: ["DEBUG", "debug"]).compactMap { code in
            let isSettings = code.path.contains("settings") || code.path.contains("config")
            guard isSettings, !code.path.contains("local"),
                let index = code.bare.indices.first(where: { isOn(code.bare[$0], code.lines[$0]) })
            else { return nil }
            let name = variable(code.bare[index])
            guard !isGiven(name, in: repository) else { return nil }
            return Violation(
                file: code.path, line: index + 1,
                "nothing that deploys gives \(name); write False as its default, or give \(name)=false in production")
        }
    }

    /// `DEBUG: bool = True`, and calls whose default is true.
    private static func isOn(_ bare: String, _ line: Substring) -> Bool {
        let lower = bare.lowercased()
        if lower.hasPrefix("debug:bool=true") || lower.hasPrefix("debug:bool=field(default=true")
            || lower.hasPrefix("debug:bool=field(true")
        {
            return true
        }
        guard bare.hasPrefix("DEBUG="), line.hasPrefix("DEBUG"), lower.contains("'debug'") || lower.contains("_debug'")
        else { return false }
        return [",'true')", ",true)", "default=true", "default='true'", ",'1')", ",1)", "'on')"].contains(
            where: lower.contains)
    }

    private static func variable(_ bare: String) -> String {
        let parts = bare.split(separator: "'")
        return parts.dropFirst().first.map(String.init).flatMap { $0.uppercased().contains("DEBUG") ? $0 : nil }
            ?? "DEBUG"
    }

    /// Whether the command is a server's for production, which no developer needs.
    private static func isServed(_ unit: DeployedUnit) -> Bool {
        guard let command = unit.service?.command?.text else { return false }
        return ["gunicorn", "uwsgi", "daphne"].contains(where: command.contains) && !command.contains("--reload")
    }

    private static func isDeployedSomewhere(_ repository: CheckedRepository) -> Bool {
        repository.deployedUnits.contains { unit in
            !unit.isForDevelopment
                && (unit.compose.map { DevelopmentPath.isProduction($0.location) } == true || isServed(unit))
        } || !repository.flyFiles.isEmpty || !repository.renderBlueprints.isEmpty || !repository.procfiles.isEmpty
            || !repository.railwayConfigs.isEmpty || !repository.manifests.isEmpty
    }

    /// Whether a template, which people copy as it is, switches it on as well.
    private static func isOnTemplate(_ line: Substring, of name: String) -> Bool {
        let value = line.split(separator: "=", maxSplits: 1).dropFirst().first?.trimmed.lowercased()
        return name.contains("env") && ["true", "1", "on"].contains(value ?? "")
    }

    /// Whether a file that deploys, or a template that people fill in, names the variable.
    private static func isGiven(_ name: String, in repository: CheckedRepository) -> Bool {
        let endings = [".yml", ".yaml", ".toml", ".service", ".conf", ".ini", ".sh", ".tf", ".json"]
        return repository.tree.entries.contains { entry in
            let isFile =
                endings.contains(where: entry.name.hasSuffix) || entry.name.contains("Dockerfile")
                || entry.name == "Procfile"
                || entry.name.contains(".env") || entry.name.hasPrefix("env.")
            guard isFile, !["dev", "local", "test"].contains(where: entry.name.contains),
                let text = repository.tree.text(entry.path),
                text.utf8.count < 100_000
            else { return false }
            return text.split(separator: "\n").contains { line in
                let bare = line.drop { " -\"'".contains($0) }
                return [name, "ENV " + name, "export " + name].contains { word in
                    bare.hasPrefix(word) && "=:\" '".contains(bare.dropFirst(word.count).first ?? "x")
                } && !isOnTemplate(line, of: entry.name) || bare.hasPrefix("key: " + name)
                    || bare.hasPrefix("name: " + name)
            }
        }
    }
}
