// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// unable to open database file
    static let unwritableDatabase = Rule(
        "AP674", .error, "SQLite's file stands in a folder where its account may not write",
        why:
            "SQLite writes a journal beside its file, so the folder must be the account's: WORKDIR belongs to root, whatever COPY "
            + "--chown says of the files in it. The first statement ends with \"unable to open database file\" or \"attempt to write a "
            + "readonly database\".",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN useradd -r app\nUSER app\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\ndb = sqlite3.connect('products.sqlite')\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nWORKDIR /app\nRUN useradd -r app\nCOPY --chown=app . .\nUSER app\nCMD [\"uvicorn\", \"main:app\"]\n",
                "main.py": "engine = create_engine(\"sqlite:///./app.db\")\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN useradd -r app && chown app /app\nUSER app\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\ndb = sqlite3.connect('products.sqlite')\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN useradd -r app\nUSER app\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\ndb = sqlite3.connect(os.environ['DB'])\n",
            ],
            [
                "Dockerfile": "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\ndb = sqlite3.connect('products.sqlite')\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return repository.deployedUnits.compactMap { unit in
            guard !unit.isForDevelopment, !unit.mountsItsSource, let folder = RootOwnedFolder(of: unit),
                let context = BuildContexts.of(unit).first, seen.insert(unit.dockerfile.location).inserted,
                let found = database(in: context, repository),
                // Whoever names another place for it has it there.
                unit.service?.environment.contains(where: { $0.name.contains("DATABASE") || $0.name.contains("DB") })
                    != true
            else { return nil }
            return Violation(
                file: found.file, line: found.line,
                "\(folder.user) may not write into \(folder.path), where \(found.name) stands; add to \(unit.dockerfile.location) before "
                    + "USER: RUN chown \(folder.user) \(folder.path)")
        }
    }

    /// A file in the working folder itself that reached code connects to, with no word of a variable around it.
    private static func database(
        in context: String, _ repository: CheckedRepository
    ) -> (file: String, line: Int, name: String)? {
        let prefix = context == "." ? "" : context + "/"
        let python = repository.codeFiles.filter { $0.name.hasSuffix(".py") && $0.path.hasPrefix(prefix) }
        for code in repository.code([".py"], with: ["sqlite"]) where code.path.hasPrefix(prefix) {
            guard let entry = repository.tree.entry(code.path),
                PythonImports.isReached(entry, among: python, in: repository.tree)
            else { continue }
            for (index, line) in code.bare.enumerated() {
                guard !["environ", "getenv", "config(", "env("].contains(where: line.contains) else { continue }
                for sign in [
                    "sqlite3.connect('", "create_engine('sqlite:///", "create_async_engine('sqlite+aiosqlite:///",
                    "aiosqlite.connect('",
                ] {
                    guard let range = TextSearch.range(of: sign, in: line[...]) else { continue }
                    let name = GoPath.clean(String(line[range.upperBound...].prefix { $0 != "'" && $0 != "?" }))
                    guard !name.contains("/"), [".db", ".sqlite", ".sqlite3"].contains(where: name.hasSuffix) else {
                        continue
                    }
                    return (code.path, index + 1, name)
                }
            }
        }
        return nil
    }
}
