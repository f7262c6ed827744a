// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<Procfile>> {
    /// What the server is to import must be there.
    static let procfileMissingModule = Rule(
        "PF074", .error, "a process names a Python module or a folder that does not exist",
        why: "The process ends at once: cd finds no folder, or the server cannot import the module.",
        catches: [
            ["Procfile": "web: gunicorn config.wsgi:application --bind 0.0.0.0:$PORT\n", "core/wsgi.py": "\n"],
            ["api/Procfile": "web: cd api && gunicorn old.wsgi --bind 0.0.0.0:$PORT\n", "api/core/wsgi.py": "\n"],
            ["Procfile": "web: cd server && npm start\n", "backend/package.json": "{}"],
        ],
        passes: [
            ["Procfile": "web: gunicorn core.wsgi:application --bind 0.0.0.0:$PORT\n", "core/wsgi.py": "\n"],
            ["Procfile": "web: cd api && gunicorn core.wsgi --bind :$PORT\n", "api/core/wsgi.py": "\n"],
            ["Procfile": "web: gunicorn --chdir api core.wsgi --bind :$PORT\n", "api/core/wsgi.py": "\n"],
            ["Procfile": "web: gunicorn app:app --bind :$PORT\n", "src/app/__init__.py": "\n"],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return PlatformStart.faults(in: file.repository) { $0 == file.location }
    }
}

extension Rule<CheckedRepository> {
    /// The same of the other platforms.
    static let platformMissingModule = Rule(
        "AP560", .error, "a platform is told to start a module or a file, or to go to a folder, that does not exist",
        why: "The build or the process ends at once: there is no folder to go to, no file to run, no module to import.",
        catches: [
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: python\n    startCommand: gunicorn config.wsgi:application\n",
                "core/wsgi.py": "\n",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: node\n    buildCommand: cd client && npm ci\n    startCommand: npm start\n",
                "frontend/package.json": "{}",
            ],
            [
                "railway.json": "{\"deploy\": {\"startCommand\": \"uvicorn app.main:app --port $PORT\"}}",
                "app/server.py": "\n",
            ],
            [
                "render.yaml":
                    "services:\n  - type: worker\n    name: a\n    runtime: node\n    rootDir: api\n    startCommand: node worker.js\n",
                "api/index.js": "", "worker.js": "",
            ],
            [
                "netlify.toml": "[build]\nbase = \"web\"\ncommand = \"cd app && npm run build\"\n",
                "web/package.json": "{}",
            ],
        ],
        passes: [
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: python\n    rootDir: api\n    startCommand: gunicorn core.wsgi:application\n",
                "api/core/wsgi.py": "\n",
            ],
            [
                "railway.json": "{\"deploy\": {\"startCommand\": \"cd api && uvicorn main:app --port $PORT\"}}",
                "api/main.py": "\n",
            ],
            [
                "api/railway.json": "{\"deploy\": {\"startCommand\": \"cd api && uvicorn main:app --port $PORT\"}}",
                "api/main.py": "\n",
            ],
            [
                "railway.json": "{\"deploy\": {\"startCommand\": \"uvicorn app.main:app --app-dir api\"}}",
                "api/app/main.py": "\n",
            ],
            ["netlify.toml": "[build]\ncommand = \"cd dist && ls\"\n", "web/package.json": "{}"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        func isAsked(_ path: String) -> Bool { SourceTree.Entry(path: path).name != "Procfile" }
        return PlatformStart.faults(in: repository, isAsked) + PlatformStart.missingFiles(in: repository, isAsked)
    }
}

/// What the commands of platforms need of the repository: the folders that they go to, the modules that they serve.
enum PlatformStart {
    /// - Parameter isAsked: Whether a file's commands are looked at.
    static func faults(in repository: CheckedRepository, _ isAsked: (String) -> Bool) -> [Violation] {
        var lost: Set<String> = []
        return repository.toldCommands.compactMap { told in
            guard told.teller == .platform, isAsked(told.file), !told.places.isEmpty,
                case let text = "\(told.file)#\(told.line)", !lost.contains(text),
                let fault = folder(of: told, in: repository.tree) ?? module(of: told, in: repository.tree)
            else { return nil }
            lost.insert(text)
            return Violation(file: told.file, line: told.line, fault)
        }
    }

    /// - Parameter isAsked: Whether a file's commands are looked at.
    static func missingFiles(in repository: CheckedRepository, _ isAsked: (String) -> Bool) -> [Violation] {
        repository.toldCommands.compactMap { told in
            guard told.teller == .platform, isAsked(told.file), let path = file(of: told.words),
                !told.command.isCondition, !told.command.isFollowedByOr, !told.places.isEmpty,
                told.places.contains(where: { $0 == "." || repository.tree.hasDirectory($0) }),
                !told.places.contains(where: { StartedFile.isThere(path, from: $0, repository) })
            else { return nil }
            let clean = GoPath.clean(told.places[0] + "/" + path)
            let near = repository.tree.files(named: SourceTree.Entry(path: clean).name).first?.path
            return Violation(
                file: told.file, line: told.line,
                "\(clean) does not exist; "
                    + (near.map { "there is \($0)" } ?? "write the file that starts the application"))
        }
    }

    /// The repository's own file that the command runs.
    private static func file(of words: [String]) -> String? {
        guard let first = words.first else { return nil }
        let path: String
        if ["python", "python3", "node", "ruby", "sh", "bash", "tsx", "ts-node"].contains(first), words.count > 1,
            words[1].contains(".")
        {
            path = words[1]
        } else if first.hasPrefix("./") || first.hasSuffix(".sh") {
            path = first
        } else {
            return nil
        }
        guard ToldCommand.isPlain(path), !path.hasPrefix("/"), !path.hasPrefix("-"), !path.contains(".."),
            !MadeFolders.hold(SourceTree.Entry(path: path).directory), path != ".", path != "./"
        else { return nil }
        return path
    }

    private static func folder(of told: ToldCommand, in tree: SourceTree) -> String? {
        guard told.command.name == "cd", let path = told.command.arguments.first, ToldCommand.isPlain(path),
            !path.hasPrefix("/"), !path.contains(".."), !MadeFolders.hold(path),
            !told.command.isCondition, !told.command.isFollowedByOr,
            // Whoever starts in the folder already is not taken back out of it.
            !told.places.contains(where: { place in
                let target = GoPath.clean(place + "/" + path)
                return target == "." || tree.hasDirectory(target)
            })
        else { return nil }
        return "there is no folder \(path) to go to; write the folder that holds the application"
    }

    private static func module(of told: ToldCommand, in tree: SourceTree) -> String? {
        guard let served = PythonServers.served(by: told.words),
            // What a folder that is not here holds is not known.
            told.places.contains(where: { $0 == "." || tree.hasDirectory($0) }),
            case let places = told.places.map({ GoPath.clean($0 + "/" + served.folder) }),
            !places.contains(where: { PythonServers.has(served.module, below: $0, in: tree) })
        else { return nil }
        let name = served.module.split(separator: ".").last.map(String.init) ?? served.module
        let near = tree.files(named: name + ".py").first { entry in
            places.contains { $0 == "." || entry.path.hasPrefix($0 + "/") }
        }
        return "there is no module \(served.module); "
            + (near.map { "\($0.path) is there: write its module" } ?? "write the module that holds the application")
    }
}
