// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A link in a mail then leads where the sender of the request wants.
    static let anyHost = Rule(
        "EN271", .warning, "Django answers to every host name",
        why:
            "ALLOWED_HOSTS keeps strangers from choosing the address that stands in links, in mails for a new password and "
            + "in caches; with an asterisk a request's Host header decides.",
        catches: [
            ["Procfile": "web: gunicorn shop.wsgi\n", "shop/settings.py": "DEBUG = False\nALLOWED_HOSTS = [\"*\"]\n"],
            [
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "shop/settings.py": "ALLOWED_HOSTS = os.environ.get('ALLOWED_HOSTS', '*').split(',')\n",
            ],
        ],
        passes: [
            [
                "Procfile": "web: gunicorn shop.wsgi\n",
                "shop/settings.py": "ALLOWED_HOSTS = os.environ['ALLOWED_HOSTS'].split(',')\n",
            ],
            ["Procfile": "web: gunicorn shop.wsgi\n", "shop/settings/dev.py": "ALLOWED_HOSTS = ['*']\n"],
            [
                "Procfile": "web: gunicorn shop.wsgi\n",
                "shop/settings.py": "if DEBUG:\n    ALLOWED_HOSTS = ['*']\n",
            ],
            ["shop/settings.py": "ALLOWED_HOSTS = ['*']\n"],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) else { return [] }
        let settings = PythonSettings.all(in: repository)
        // A file for production says it again.
        let isSaidAgain = settings.contains { path, lines in
            path.lowercased().contains("prod") && lines.contains { $0.hasPrefix("ALLOWED_HOSTS") && !$0.contains("*") }
        }
        guard !isSaidAgain else { return [] }
        return settings.compactMap { path, lines in
            guard !path.contains("test"), !DevelopmentPath.isLikely(path),
                let index = lines.lastIndex(where: { $0.hasPrefix("ALLOWED_HOSTS") && !$0.contains("+=") })
            else { return nil }
            let bare = lines[index].prefix { $0 != "#" }.filter { !$0.isWhitespace }
            guard ["\"*\"", "'*'"].contains(where: bare.contains), !bare.contains("ifDEBUG") else { return nil }
            return Violation(
                file: path, line: index + 1,
                "any Host header is accepted; write: ALLOWED_HOSTS = os.environ[\"ALLOWED_HOSTS\"].split(\",\")")
        }
    }

    /// People copy the template as it is.
    static let debugInTemplate = Rule(
        "EN272", .warning, "the template of the settings switches debug mode on, and what is deployed takes it",
        why:
            "Whoever deploys copies the template and fills in what is empty: debug mode stays on, which shows settings, "
            + "source and documentation of the API to every visitor.",
        catches: [
            [
                ".env.example": "SECRET_KEY=\nDEBUG=True\n",
                "docker-compose.yml":
                    "services:\n  api:\n    build: .\n    restart: always\n    environment:\n      DEBUG: ${DEBUG:-False}\n",
                "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"a.wsgi\"]\n",
            ],
            [
                ".env.example": "DEBUG=true\n",
                "docker-compose.prod.yml": "services:\n  api:\n    build: .\n    env_file: .env\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            [
                ".env.example": "APP_NAME=a\nAPP_DEBUG=true\n",
                "docker-compose.yml":
                    "services:\n  app:\n    build: .\n    restart: unless-stopped\n    env_file:\n      - .env\n",
                "Dockerfile": "FROM php:8.3\n",
            ],
        ],
        passes: [
            [
                ".env.example": "SECRET_KEY=\nDEBUG=False\n",
                "docker-compose.yml": "services:\n  api:\n    build: .\n    restart: always\n    env_file: .env\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            [
                ".env.example": "DEBUG=true\n",
                "docker-compose.prod.yml":
                    "services:\n  api:\n    build: .\n    env_file: .env\n    environment:\n      DEBUG: \"false\"\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            [
                ".env.example": "DEBUG=true\n",
                "docker-compose.dev.yml": "services:\n  api:\n    build: .\n    env_file: .env\n",
                "Dockerfile": "FROM python:3.13\n",
            ],
            [".env.example": "DEBUG=true\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.dotenvFiles.flatMap { file -> [Violation] in
            let name = SourceTree.Entry(path: file.location).name
            guard ["example", "sample", "template", "dist"].contains(where: name.contains),
                !DevelopmentPath.isLikely(file.location)
            else { return [] }
            return file.document.assignments.compactMap { assignment in
                guard ["DEBUG", "APP_DEBUG", "DJANGO_DEBUG", "FLASK_DEBUG"].contains(assignment.name),
                    ["true", "1", "on", "yes"].contains(assignment.value?.lowercased() ?? ""),
                    let service = DebugTakers.first(of: assignment.name, from: file.folder, in: repository)
                else { return nil }
                return Violation(
                    file: file.location, line: assignment.line,
                    "\(service) takes it as it stands here; write: \(assignment.name)=false, and say in a comment when to "
                        + "switch it on")
            }
        }
    }
}

/// Services of Compose that get a variable from `.env`.
private enum DebugTakers {
    static func first(of name: String, from folder: String, in repository: CheckedRepository) -> String? {
        for file in repository.composeFiles where !file.isForDevelopment && file.folder == folder {
            let isForProduction =
                DevelopmentPath.isProduction(file.location)
                || file.services.contains { file.text.contains("restart:") && $0.build != nil }
            guard isForProduction else { continue }
            for service in file.services where service.build != nil {
                if let own = service.environment.last(where: { $0.name == name }) {
                    // A value of the file itself wins.
                    let lines = file.textLines
                    if lines.indices.contains(own.line - 1), lines[own.line - 1].contains("${") { return service.name }
                    continue
                }
                if file.text.contains("env_file"),
                    service.environmentFiles.contains(where: { $0.path.hasSuffix(".env") })
                {
                    return service.name
                }
            }
        }
        return nil
    }
}
