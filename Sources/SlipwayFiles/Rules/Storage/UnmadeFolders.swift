// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// SQLite makes the file, and never its folder.
    static let unmadeDataFolder = Rule(
        "AP634", .error, "a database in a folder that nothing makes",
        why:
            "SQLite makes its file and not the folder around it: where neither git nor the image nor a volume brings that, the "
            + "start or the first request ends with \"unable to open database file\".",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\nDB_PATH = 'data/expenses.db'\nconnection = sqlite3.connect(DB_PATH)\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"uvicorn\", \"main:app\"]\n",
                "db.py": "engine = create_engine(\"sqlite:///./data/app.db\")\n",
                "main.py": "import db\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN mkdir data\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\nconnection = sqlite3.connect('data/expenses.db')\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\nconnection = sqlite3.connect('data/expenses.db')\n", "data/.gitkeep": "",
            ],
            [
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py":
                    "import os, sqlite3\nos.makedirs('data', exist_ok=True)\nconnection = sqlite3.connect('data/expenses.db')\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"gunicorn\", \"app:app\"]\n",
                "app.py": "import sqlite3\nconnection = sqlite3.connect('data/expenses.db')\n",
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./data:/app/data']\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        return repository.deployedUnits.compactMap { unit -> Violation? in
            guard !unit.isForDevelopment, unit.dockerfile.finalBase.map({ ImageName($0).name }) == "python",
                let context = BuildContexts.of(unit).first
            else { return nil }
            for found in UnmadeFolders.all(in: context, repository) {
                guard !UnmadeFolders.isBrought(found.folder, to: unit, context, repository),
                    seen.insert("\(found.file):\(found.line)").inserted
                else { continue }
                return Violation(
                    file: found.file, line: found.line,
                    "nothing makes the folder \(found.folder); add to \(unit.dockerfile.location): RUN mkdir -p "
                        + found.folder,
                    severity: UnmadeFolders.isTold(found.folder, repository) ? .warning : nil)
            }
            return nil
        }
    }
}

/// Folders in which Python code expects its database.
private enum UnmadeFolders {
    struct Place {
        let folder: String
        let file: String
        let line: Int
    }

    static func all(in context: String, _ repository: CheckedRepository) -> [Place] {
        let prefix = context == "." ? "" : context + "/"
        let python = repository.codeFiles.filter { $0.name.hasSuffix(".py") && $0.path.hasPrefix(prefix) }
        // A program that makes folders makes these too, by some name.
        let makes = repository.codeFiles([".py"], with: ["makedirs(", ".mkdir("]).contains { $0.path.hasPrefix(prefix) }
        guard !makes else { return [] }
        return repository.code([".py"], with: ["sqlite"]).flatMap { code -> [Place] in
            guard code.path.hasPrefix(prefix), let entry = repository.tree.entry(code.path),
                PythonImports.isReached(entry, among: python, in: repository.tree)
            else { return [] }
            return code.bare.indices.compactMap { index in
                folder(in: code.bare[index], of: code).map { Place(folder: $0, file: code.path, line: index + 1) }
            }
        }
    }

    /// `data` of `sqlite:///./data/app.db`, of `sqlite3.connect('data/app.db')` and of the constant that is connected to.
    private static func folder(in line: String, of code: CodeText) -> String? {
        let path = address(in: line) ?? constant(in: line, of: code)
        guard let path, !path.hasPrefix("/"), !path.hasPrefix(".."), !path.hasPrefix("instance/"),
            path.allSatisfy({ $0.isLetter || $0.isNumber || "._-/".contains($0) }),
            [".db", ".sqlite", ".sqlite3"].contains(where: path.hasSuffix)
        else { return nil }
        let folder = SourceTree.Entry(path: GoPath.clean(path)).directory
        return folder == "." ? nil : folder
    }

    private static func address(in line: String) -> String? {
        let signs = ["sqlite:///", "sqlite+aiosqlite:///", "sqlite3.connect('", "aiosqlite.connect('"]
        return signs.lazy.compactMap { sign in
            TextSearch.range(of: sign, in: line[...]).map { range in
                String(line[range.upperBound...].prefix { $0 != "'" && $0 != "?" })
            }
        }.first
    }

    private static func constant(in line: String, of code: CodeText) -> String? {
        guard let equals = line.firstIndex(of: "="), line[equals...].hasPrefix("='"), line.hasSuffix("'"),
            case let name = line[..<equals], name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
            code.bare.contains(where: { $0.contains("sqlite3.connect(\(name)") })
        else { return nil }
        return String(line[equals...].dropFirst(2).dropLast())
    }

    /// Whether git, the image, a script or a mount brings the folder.
    static func isBrought(
        _ folder: String, to unit: DeployedUnit, _ context: String, _ repository: CheckedRepository
    ) -> Bool {
        let name = SourceTree.Entry(path: folder).name
        let mounts = repository.composeFiles.flatMap { $0.services.flatMap(\.mounts) }
        let isMounted = mounts.contains { mount in
            let target = GoPath.clean(mount.target)
            return target.hasSuffix("/" + folder) || mount.kind == .bind && mount.source == "."
        }
        let isInImage = unit.dockerfile.reading.file.instructions.contains { instruction in
            instruction.keyword != "CMD" && instruction.text.contains(name)
        }
        let isScripted = StoreAtStart.startLines(of: unit).contains { $0.contains("mkdir") }
        return isMounted || isInImage || isScripted
            || repository.tree.entries.contains { ("/" + $0.directory + "/").contains("/" + folder + "/") }
    }

    /// Whether a document has its reader mount or make it.
    static func isTold(_ folder: String, _ repository: CheckedRepository) -> Bool {
        repository.documents.contains { entry in
            guard let text = repository.tree.text(entry.path) else { return false }
            return text.contains("/\(folder)") && (text.contains("-v ") || text.contains("--volume"))
                || text.contains("mkdir") && text.contains(folder)
        }
    }
}
