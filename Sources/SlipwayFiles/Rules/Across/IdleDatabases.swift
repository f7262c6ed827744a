// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Everything works, and all of it is gone with the container.
    static let idleDatabase = Rule(
        "AP631", .error, "Compose starts a database, and the application takes a file in its place",
        why:
            "Compose gives a container nothing of .env by itself. Where the variable is missing the code falls back to "
            + "SQLite: the database runs beside it empty, and the data is lost with the container.",
        catches: [
            [
                ".env": "SQL_ENGINE=django.db.backends.postgresql\nSQL_HOST=db\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "compose.yml": "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n",
                "shop/settings.py":
                    "import os\nDATABASES = {\n    'default': {\n        'ENGINE': os.environ.get('SQL_ENGINE', "
                    + "'django.db.backends.sqlite3'),\n    }\n}\n",
            ],
            [
                ".env.example": "DATABASE_URL=postgresql://a:b@db/c\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"uvicorn\", \"main:app\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment: {MODE: a}\n  db:\n    image: mysql:8.4\n",
                "db.py": "import os\nURL = os.getenv(\"DATABASE_URL\", \"sqlite:///./app.db\")\n",
            ],
        ],
        passes: [
            [
                ".env": "SQL_ENGINE=django.db.backends.postgresql\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "compose.yml":
                    "services:\n  web:\n    build: .\n    env_file: .env\n  db:\n    image: postgres:17\n",
                "shop/settings.py": "ENGINE = os.environ.get('SQL_ENGINE', 'django.db.backends.sqlite3')\n",
            ],
            [
                ".env": "SQL_ENGINE=django.db.backends.postgresql\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "compose.yml": "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n",
                "shop/settings.py":
                    "from dotenv import load_dotenv\nload_dotenv()\nENGINE = os.environ.get('SQL_ENGINE', "
                    + "'django.db.backends.sqlite3')\n",
            ],
            [
                ".env": "SQL_ENGINE=django.db.backends.postgresql\n",
                "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"./start.sh\"]\n",
                "compose.yml": "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n",
                "shop/settings.py": "ENGINE = os.environ.get('SQL_ENGINE', 'django.db.backends.sqlite3')\n",
                "start.sh": "export SQL_ENGINE=django.db.backends.postgresql\nexec gunicorn shop.wsgi\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let fallbacks = FileFallback.all(in: repository)
        guard !fallbacks.isEmpty else { return [] }
        let named = repository.dotenvFiles.filter { DotenvPurpose(path: $0.location) != .test }
        return repository.composeFiles.compactMap { file in
            let servers = ["postgres", "mysql", "mariadb"]
            guard !file.isForDevelopment, !file.includesOthers,
                let store = file.services.first(where: { service in
                    service.build == nil
                        && servers.contains(ImageName(service.image?.text ?? "").repository)
                })
            else { return nil }
            let built = file.services.filter { $0.build != nil }
            for fallback in fallbacks {
                guard let service = built.first(where: { fallback.isRead(by: $0, in: file) }),
                    named.contains(where: { $0.document.assignments.contains { $0.name == fallback.name } }),
                    fallback.isGivenNowhere(in: file, repository)
                else { continue }
                return Violation(
                    file: file.location, line: store.line,
                    "nobody uses \(store.name): \(service.name) gets no \(fallback.name), and "
                        + "\(fallback.file):\(fallback.line) takes SQLite then; add to \(service.name): env_file: .env")
            }
            return nil
        }
    }
}

/// A variable without which Python code takes a file for its database.
private struct FileFallback {
    let name: String
    let file: String
    let line: Int

    static func all(in repository: CheckedRepository) -> [FileFallback] {
        repository.code([".py"], with: ["sqlite"]).flatMap { code in
            code.bare.enumerated().compactMap { index, line in
                name(in: line).map { FileFallback(name: $0, file: code.path, line: index + 1) }
            }
        }
    }

    /// The name in `os.environ.get('SQL_ENGINE','django.db.backends.sqlite3')`.
    private static func name(in line: String) -> String? {
        for read in ["environ.get('", "getenv('"] {
            guard let range = TextSearch.range(of: read, in: line[...]) else { continue }
            let parts = line[range.upperBound...].split(separator: "'", omittingEmptySubsequences: false)
            guard parts.count >= 3, parts[1] == "," || parts[1] == ",f", parts[2].contains("sqlite") else { continue }
            return String(parts[0])
        }
        return nil
    }

    /// Whether the service's image holds the code.
    func isRead(by service: ComposeService, in file: CheckedFile<ComposeFile>) -> Bool {
        guard let context = service.build.flatMap({ file.resolve($0.context) }) else { return false }
        return context == "." || self.file.hasPrefix(context + "/")
    }

    func isGivenNowhere(in file: CheckedFile<ComposeFile>, _ repository: CheckedRepository) -> Bool {
        let word = Array(name.utf8)
        let services = file.family.flatMap(\.services).filter { $0.build != nil }
        let isGiven =
            file.family.contains { WholeWord.stands(word, in: Array($0.text.utf8)) }
            || services.contains { service in
                !service.environmentFiles.isEmpty || service.node["extends"] != nil
                    || service.mounts.contains { $0.target.hasSuffix(".env") }
            }
        // Images, scripts and pipelines can give it too.
        let isSet = repository.tree.entries.contains { entry in
            guard
                entry.name.contains("Dockerfile") || [".sh", ".yml", ".yaml"].contains(where: entry.name.hasSuffix)
                    || entry.name == "Makefile", let bytes = repository.tree.bytes(entry.path)
            else { return false }
            return WholeWord.stands(word, in: bytes)
        }
        return !isGiven && !isSet && !loadsFile(repository)
    }

    /// Whether the program reads a file of variables itself.
    private func loadsFile(_ repository: CheckedRepository) -> Bool {
        let loaders = ["dotenv", "decouple", "environ.Env", "read_env", "BaseSettings", "dynaconf", "environs"]
        return !repository.codeFiles([".py"], with: loaders).isEmpty
    }
}
