// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Skaffold stops before it builds.
    static let missingManifest = Rule(
        "AP197", .error, "skaffold.yaml names a file that does not exist",
        why: "Skaffold stops: what it should build or apply is not there.",
        catches: [
            [
                "skaffold.yaml":
                    "apiVersion: skaffold/v4beta13\nkind: Config\nmanifests:\n  rawYaml:\n    - k8s/app.yaml\n    - k8s/hpa.yaml\n",
                "k8s/app.yaml": "kind: Service\n",
            ]
        ],
        passes: [
            [
                "skaffold.yaml":
                    "apiVersion: skaffold/v4beta13\nkind: Config\nmanifests:\n  rawYaml:\n    - k8s/*.yaml\n",
                "k8s/app.yaml": "kind: Service\n",
            ]
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let files = repository.tree.files(named: "skaffold.yaml") + repository.tree.files(named: "skaffold.yml")
        return files.flatMap { entry -> [Violation] in
            guard let text = repository.tree.text(entry.path), let root = YAMLDocument(parsing: text).root else {
                return []
            }
            let lists =
                (root.at("manifests", "rawYaml")?.sequence ?? [])
                + (root.at("deploy", "kubectl", "manifests")?.sequence ?? [])
            return lists.compactMap { node in
                guard let path = node.text, !path.contains("*"), !path.contains("{"), !path.contains("://") else {
                    return nil
                }
                let place = GoPath.clean(entry.directory + "/" + path)
                guard !place.hasPrefix(".."), !repository.tree.contains(place), !repository.tree.hasDirectory(place)
                else {
                    return nil
                }
                return Violation(
                    file: entry.path, line: node.line, "\(path) does not exist; add it, or delete the line")
            }
        }
    }

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

    /// Inside the container localhost is the container.
    static let localhostInTemplate = Rule(
        "AP199", .warning, "the template's database is localhost, and Compose runs it in a container of its own",
        why: "The application reads the copied template inside its container, where localhost is the container itself: "
            + "the connection is refused.",
        catches: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n  php:\n    build: docker/php\n    volumes: ['./:/var/www/app']\n",
                "docker/php/Dockerfile": "FROM php:8.4-fpm\n", ".env.example": "APP_ENV=local\nDB_HOST=localhost\n",
            ]
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n  php:\n    build: docker/php\n    volumes: ['./:/var/www/app']\n",
                "docker/php/Dockerfile": "FROM php:8.4-fpm\n", ".env.example": "APP_ENV=local\nDB_HOST=db\n",
            ],
            [
                "compose.yml":
                    "services:\n  db:\n    image: mysql:8.4\n  php:\n    build: docker/php\n    environment: {DB_HOST: db}\n    volumes: ['./:/var/www/app']\n",
                "docker/php/Dockerfile": "FROM php:8.4-fpm\n", ".env.example": "APP_ENV=local\nDB_HOST=localhost\n",
            ],
            ["compose.yml": "services:\n  db:\n    image: mysql:8.4\n", ".env.example": "DB_HOST=localhost\n"],
        ]
    ) { repository in
        repository.composeFiles.flatMap { file -> [Violation] in
            guard let store = file.services.first(where: { file.known($0)?.kind == .database }) else { return [] }
            return file.services.flatMap { service -> [Violation] in
                guard service.build != nil, service.node["network_mode"] == nil, service.environmentFiles.isEmpty else {
                    return []
                }
                let folders = service.mounts.filter { $0.kind == .bind }.compactMap { $0.source.flatMap(file.resolve) }
                let given = Set(file.anywhere(service.name).flatMap(\.environment).map(\.name))
                return folders.flatMap { folder -> [Violation] in
                    let path = GoPath.clean(folder + "/.env.example")
                    guard let text = repository.tree.text(path) else { return [] }
                    return Dotenv(parsing: text).assignments.filter { assignment in
                        ["DB_HOST", "DATABASE_HOST", "POSTGRES_HOST", "MYSQL_HOST"].contains(assignment.name)
                            && ["localhost", "127.0.0.1"].contains(assignment.value) && !given.contains(assignment.name)
                    }.map {
                        Violation(
                            file: path, line: $0.line,
                            "\(service.name) would ask itself for the database; write: \($0.name)=\(store.name)")
                    }
                }
            }
        }
    }
}
