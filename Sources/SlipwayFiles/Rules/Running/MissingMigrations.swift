// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// migrate is content and makes nothing.
    static let migrationsNotInGit = Rule(
        "AP289", .error, "the migrations that a deployment runs are not in the repository",
        why:
            "Every clone and every image lacks them: migrate ends well and makes no table, or ends because its folder is "
            + "missing. The first request answers: relation does not exist.",
        catches: [
            [
                ".gitignore": "*/migrations/\n",
                "manage.py": "", "shop/settings.py": "INSTALLED_APPS = ['orders']\n",
                "orders/models.py": "from django.db import models\nclass Order(models.Model):\n    pass\n",
                "start.sh": "#!/bin/sh\nset -e\npython manage.py migrate\nexec gunicorn shop.wsgi\n",
            ],
            [
                "manage.py": "", "shop/settings.py": "INSTALLED_APPS = ['orders']\n",
                "orders/models.py": "from django.db import models\nclass Order(models.Model):\n    pass\n",
                "orders/migrations/__init__.py": "", "Procfile": "release: python manage.py migrate\nweb: gunicorn a\n",
            ],
            [
                "app.py": "from flask_migrate import Migrate\n", "requirements.txt": "flask-migrate\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD flask db upgrade && gunicorn app:app\n",
            ],
            [
                "alembic.ini": "[alembic]\nscript_location = %(here)s/alembic\n", "alembic/env.py": "",
                "models.py": "class User(Base):\n    __tablename__ = 'users'\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c 'alembic upgrade head && uvicorn a:app'\n",
            ],
        ],
        passes: [
            [
                "alembic.ini": "[alembic]\nscript_location = alembic\n", "alembic/env.py": "",
                "alembic/versions/1_a.py": "",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c 'alembic upgrade head && uvicorn a:app'\n",
            ],
            [
                "alembic.ini": "[alembic]\nscript_location = alembic\n", "alembic/env.py": "",
                "a.py": "Base.metadata.create_all(engine)\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    command: sh -c 'alembic upgrade head && uvicorn a:app'\n",
            ],
            [
                "manage.py": "", "shop/settings.py": "INSTALLED_APPS = ['orders']\n",
                "orders/models.py": "from django.db import models\nclass Order(models.Model):\n    pass\n",
                "orders/migrations/0001_initial.py": "",
                "Procfile": "release: python manage.py migrate\nweb: gunicorn a\n",
            ],
            [
                "manage.py": "", "shop/settings.py": "INSTALLED_APPS = ['orders']\n",
                "orders/models.py":
                    "from django.db import models\nclass Base(models.Model):\n    class Meta:\n        abstract = True\n",
                "Procfile": "release: python manage.py migrate\nweb: gunicorn a\n",
            ],
            [
                "app.py": "from flask_migrate import Migrate\n", "migrations/env.py": "",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD flask db upgrade && gunicorn app:app\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return DjangoMigrations.missing(in: repository) + FlaskMigrations.missing(in: repository)
            + AlembicRevisions.missing(in: repository)
    }
}

/// A command that files which deploy run.
private struct DeploymentCommand {
    let file: String
    let line: Int

    static func first(_ words: [String], in repository: CheckedRepository) -> DeploymentCommand? {
        for entry in repository.tree.entries {
            let name = entry.name
            guard
                name.contains("Dockerfile") || name == "Procfile"
                    || [".sh", ".yml", ".yaml", ".toml", "railway.json", "app.json"].contains(where: name.hasSuffix),
                !DevelopmentPath.isLikely(entry.path), !entry.path.hasPrefix(".github/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 100_000,
                words.contains(where: { ByteSearch.contains($0.utf8, in: bytes) }),
                let text = repository.tree.text(entry.path)
            else { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if let index = lines.firstIndex(where: { line in
                words.contains(where: line.contains) && !line.trimmed.hasPrefix("#")
            }) {
                return DeploymentCommand(file: entry.path, line: index + 1)
            }
        }
        return nil
    }
}

private enum DjangoMigrations {
    static func missing(in repository: CheckedRepository) -> [Violation] {
        guard !repository.tree.files(named: "manage.py").isEmpty,
            let run = DeploymentCommand.first(["manage.py migrate", "\"manage.py\", \"migrate\""], in: repository),
            DeploymentCommand.first(["makemigrations", "--run-syncdb"], in: repository) == nil
        else { return [] }
        let settings = PythonSettings.all(in: repository).flatMap(\.lines)
        guard !settings.contains(where: { $0.contains("MIGRATION_MODULES") }) else { return [] }
        return repository.codeFiles.compactMap { entry in
            guard entry.name == "models.py", let text = repository.tree.text(entry.path), makesTable(text) else {
                return nil
            }
            let app = entry.directory
            let name = app.split(separator: "/").last ?? ""
            guard
                settings.contains(where: {
                    $0.contains("'\(name)") || $0.contains("\"\(name)") || $0.contains(".\(name)")
                }),
                !repository.tree.files(under: app + "/migrations").contains(where: {
                    $0.name.hasSuffix(".py") && $0.name != "__init__.py"
                })
            else { return nil }
            return Violation(
                file: run.file, line: run.line,
                "migrate makes no table for \(app): git has no \(app)/migrations; "
                    + (ignoring(app, repository.tree).map { "delete \($0), then write" } ?? "write")
                    + ": python manage.py makemigrations \(name), and commit the files")
        }
    }

    private static func makesTable(_ text: String) -> Bool {
        let classes = text.split(separator: "\n").count { $0.hasPrefix("class ") && $0.contains("models.Model)") }
        let abstract = text.split(separator: "\n").count { line in
            let bare = line.filter { !$0.isWhitespace }
            return bare.hasPrefix("abstract=True") || bare.hasPrefix("managed=False") || bare.hasPrefix("proxy=True")
        }
        return classes > abstract
    }

    private static func ignoring(_ app: String, _ tree: SourceTree) -> String? {
        for path in [".gitignore", app + "/.gitignore"] {
            let lines = tree.text(path)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
            if let index = lines.firstIndex(where: {
                $0.contains("migrations") && !$0.hasPrefix("#") && !$0.hasPrefix("!")
            }) {
                return "\(path):\(index + 1)"
            }
        }
        return nil
    }
}

private enum FlaskMigrations {
    static func missing(in repository: CheckedRepository) -> [Violation] {
        let commands = ["flask db upgrade", "\"db\", \"upgrade\"", "flask --app app db upgrade"]
        guard let run = DeploymentCommand.first(commands, in: repository),
            DeploymentCommand.first(["flask db init", "flask db migrate"], in: repository) == nil,
            !repository.tree.entries.contains(where: { $0.name == "env.py" || $0.name == "alembic.ini" })
        else { return [] }
        return [
            Violation(
                file: run.file, line: run.line,
                "flask db upgrade finds no migrations folder; write: flask db init && flask db migrate, and commit it")
        ]
    }
}

/// Alembic with its settings and without one revision.
private enum AlembicRevisions {
    static func missing(in repository: CheckedRepository) -> [Violation] {
        let tree = repository.tree
        let settings = tree.files(named: "alembic.ini")
        guard settings.count == 1, let folder = versions(of: settings[0], in: tree),
            let run =
                DeploymentCommand.first(["alembic upgrade", "\"alembic\", \"upgrade\""], in: repository)
                ?? told("alembic upgrade", in: repository),
            DeploymentCommand.first(["alembic revision", "--autogenerate"], in: repository) == nil,
            !tree.files(under: folder).contains(where: { $0.name.hasSuffix(".py") && $0.name != "__init__.py" }),
            !repository.codeFiles([".py"], with: ["__tablename__", "table=True", "db.Model"]).isEmpty,
            !repository.codeFiles([".py"], with: ["create_all", "CREATE TABLE"]).contains(where: {
                !$0.path.contains("test")
            })
        else { return [] }
        // Who is told to write the first one needs a folder to write it to.
        let isTold =
            tree.hasDirectory(folder)
            && repository.documents.contains { entry in
                tree.text(entry.path)?.contains("alembic revision") == true
            }
        return [
            Violation(
                file: run.file, line: run.line,
                "alembic upgrade makes no table: git has no revision in \(folder); type: alembic revision --autogenerate "
                    + "-m first, and commit the file", severity: isTold ? .warning : nil)
        ]
    }

    /// The line of a document that has its reader do it.
    private static func told(_ words: String, in repository: CheckedRepository) -> DeploymentCommand? {
        repository.toldCommands.first { $0.file.hasSuffix(".md") && $0.words.joined(separator: " ").contains(words) }
            .map { DeploymentCommand(file: $0.file, line: $0.line) }
    }

    /// The folder of the revisions; `nil` when the settings put it where nobody here can follow.
    private static func versions(of entry: SourceTree.Entry, in tree: SourceTree) -> String? {
        let lines = (tree.text(entry.path) ?? "").split(separator: "\n").map(\.trimmed)
        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name) && $0.contains("=") }.map {
                String($0[$0.index(after: $0.firstIndex(of: "=") ?? $0.startIndex)...]).trimmed
            }
        }
        guard value("version_locations") == nil, let location = value("script_location") else { return nil }
        let path = location.replacing("%(here)s/", with: "")
        guard !path.contains("%"), !path.contains(":"), !path.hasPrefix("/") else { return nil }
        let folder = GoPath.clean(entry.directory + "/" + path)
        // Settings without the folder that they name are those of something else.
        return tree.contains(folder + "/env.py") ? folder + "/versions" : nil
    }
}
