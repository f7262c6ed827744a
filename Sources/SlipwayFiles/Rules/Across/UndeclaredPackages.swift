// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The first import ends the process.
    static let pythonPackageMissing = Rule(
        "AP206", .error, "the code imports a Python package that nobody installs",
        why: "The image installs its list of requirements and nothing else: the process ends at the import with "
            + "ModuleNotFoundError.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\", \"run.py\"]\n",
                "app/__init__.py": "from flask import Flask\nfrom flask_cors import CORS\n",
                "requirements.txt": "Flask==3.0.0\n", "run.py": "from app import app\n",
            ],
            [
                "api/main.py": "from fastapi import FastAPI\nfrom jose import jwt\n",
                "api/requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.0\n",
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: python\n    rootDir: api\n    buildCommand: pip install -r requirements.txt\n    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
            ],
            [
                "Procfile": "web: gunicorn app:app\n", "app.py": "import requests\n",
                "requirements.txt": "flask==3.0.0\n",
            ],
            [
                "Procfile": "web: gunicorn app:app\n",
                "app.py": "def send():\n    import requests\n    requests.post('a')\n",
                "requirements.txt": "flask==3.0.0\ngunicorn==23.0.0\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13 AS build\nCOPY requirements.txt .\nRUN pip install --prefix=/install -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /install /usr/local\nCOPY . .\nCMD [\"python\", \"run.py\"]\n",
                "requirements.txt": "Flask==3.0.0\n", "run.py": "from passlib.hash import bcrypt\n",
            ],
            // The framework looks for the package by itself.
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"uvicorn\", \"main:app\"]\n",
                "main.py":
                    "from fastapi import FastAPI, UploadFile\napp = FastAPI()\n@app.post('/')\ndef take(file: UploadFile):\n    return {}\n",
                "requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.0\n",
            ],
            // The project's own module of that name stands inside of a package.
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"daphne\", \"core.asgi:application\"]\n",
                "core/__init__.py": "from .celery import app\n", "core/celery.py": "from celery import Celery\n",
                "manage.py": "", "requirements.txt": "Django==5.0\ndaphne==4.1.0\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\", \"run.py\"]\n",
                "app/__init__.py": "from flask import Flask\nfrom flask_cors import CORS\n",
                "requirements.txt": "Flask==3.0.0\nFlask-Cors==5.0.0\n", "run.py": "from app import app\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\", \"run.py\"]\n",
                "requirements.txt": "Flask==3.0.0\n",
                "run.py": "import flask\ntry:\n    import bs4\nexcept ImportError:\n    bs4 = None\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"python\", \"run.py\"]\n",
                "requirements.txt": "Flask==3.0.0\n", "run.py": "import flask\n", "tests/test_a.py": "import bs4\n",
                "scrape.py": "import bs4\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"uvicorn\", \"main:app\"]\n",
                "main.py":
                    "from fastapi import FastAPI, UploadFile\napp = FastAPI()\n@app.post('/')\ndef take(file: UploadFile):\n    return {}\n",
                "requirements.txt": "fastapi[standard]==0.115.0\n",
            ],
            [
                "Procfile": "web: gunicorn app:app\n", "app.py": "import requests\n",
                "requirements.txt": "made-here==1\n",
            ],
            [
                "Procfile": "web: gunicorn app:app\n", "app.py": "import requests\n",
                "requirements.txt": "sphinx==8.0.0\n",
            ],
            [
                "Procfile": "web: gunicorn app:app\n",
                "app.py": "def send():\n    try:\n        import requests\n    except ImportError:\n        pass\n",
                "requirements.txt": "flask==3.0.0\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        let installs = PythonInstalls.all(in: repository)
        return installs.flatMap { install -> [Violation] in
            // Two images of one folder share its code, and each runs a part of it.
            let listed = Set(
                installs.filter { $0.folder == install.folder }.flatMap(\.lists).flatMap(PythonInstalls.names))
            return PythonImports.all(of: install, in: repository).compactMap { use in
                let missing =
                    use.word == nil
                    ? PythonImports.missing(use.module, from: listed)
                    : PythonImpliedPackages.missing(use.module, from: listed)
                guard let wanted = missing,
                    seen.insert("\(install.folder) \(use.module)").inserted
                else { return nil }
                if let word = use.word {
                    return Violation(
                        file: use.file, line: use.line,
                        "\(word) needs \(wanted), which \(install.place) does not install; add to its requirements: \(wanted)"
                    )
                }
                return Violation(
                    file: use.file, line: use.line,
                    "\(install.place) does not install \(use.module)\(use.isLate ? ", and the function fails" : ""); "
                        + "add to its requirements: \(wanted)",
                    severity: use.isLate ? .warning : nil)
            }
        }
    }
}

/// What a deployment's `pip install -r` brings.
struct PythonInstalls {
    /// The file that says it.
    let place: String
    /// The folder whose code runs.
    let folder: String
    let lists: [String]
    /// Beginnings of the paths that get there; empty for all.
    let sources: [String]

    static func all(in repository: CheckedRepository) -> [PythonInstalls] {
        let images = repository.images.compactMap { unit -> PythonInstalls? in
            guard unit.dockerfile.finalBase.map({ ImageName($0).name }) == "python", !unit.isForDevelopment,
                let lists = lists(of: unit), let context = BuildContexts.of(unit).first
            else { return nil }
            return PythonInstalls(
                place: unit.dockerfile.location, folder: context, lists: lists, sources: sources(of: unit, context))
        }
        return images + repository.renderBlueprints.flatMap { onRender($0, in: repository.tree) }
            + onPlatforms(repository)
    }

    /// What Heroku, Railway and their like install by themselves: the list in the folder where they start.
    private static func onPlatforms(_ repository: CheckedRepository) -> [PythonInstalls] {
        let tree = repository.tree
        let blueprints = Set(repository.renderBlueprints.map(\.location))
        let starts = repository.toldCommands.filter { told in
            told.teller == .platform && !blueprints.contains(told.file)
                && (told.words.first.map { ["python", "python3", "celery"].contains($0) } == true
                    || PythonServers.served(by: told.words) != nil)
        }
        return starts.compactMap { told in
            // It is installed where the platform begins, before the command goes elsewhere.
            let places = [SourceTree.Entry(path: told.file).directory] + told.places
            guard let folder = places.first(where: { tree.contains(GoPath.clean($0 + "/requirements.txt")) }),
                !["uv.lock", "poetry.lock", "Pipfile"].contains(where: {
                    tree.contains(GoPath.clean(folder + "/" + $0))
                }),
                let text = tree.text(GoPath.clean(folder + "/requirements.txt"))?.lowercased(), isPlain(text)
            else { return nil }
            return PythonInstalls(
                place: GoPath.clean(folder + "/requirements.txt"), folder: folder, lists: [text], sources: [])
        }
    }

    private static func sources(of unit: DeployedUnit, _ context: String) -> [String] {
        let copies = unit.dockerfile.reading.file.instructions.filter {
            ["COPY", "ADD"].contains($0.keyword) && $0.flag("from") == nil
        }
        let paths = copies.flatMap { $0.arguments.dropLast() }.map { GoPath.clean($0) }
        return paths.contains(".") ? [] : paths.map { GoPath.clean(context + "/" + $0) }
    }

    /// Services that Render builds from their list.
    private static func onRender(_ file: CheckedFile<RenderBlueprint>, in tree: SourceTree) -> [PythonInstalls] {
        file.document.services.compactMap { service in
            guard service.runtime == "python",
                let build = service.buildCommand?.text.split(separator: " ").map(String.init),
                let flag = build.firstIndex(of: "-r"), build.indices.contains(flag + 1),
                build.count(where: { $0 == "install" }) == 1, !build.contains(where: { $0.hasSuffix(".sh") })
            else { return nil }
            let folder = GoPath.clean(service.rootDirectory?.text ?? ".")
            guard let text = tree.text(GoPath.clean(folder + "/" + build[flag + 1]))?.lowercased(), isPlain(text) else {
                return nil
            }
            return PythonInstalls(place: file.location, folder: folder, lists: [text], sources: [])
        }
    }

    /// A list that includes another one is not followed.
    private static func isPlain(_ text: String) -> Bool {
        !["-r ", "-c ", "git+", " @ ", "-e "].contains(where: text.contains)
    }

    /// The texts of the lists, when they are all that the image installs; `nil` when more may come.
    private static func lists(of unit: DeployedUnit) -> [String]? {
        let tree = unit.dockerfile.repository.tree
        // A stage before the last one often fills the environment that is copied.
        let runs = unit.dockerfile.reading.file.instructions.filter {
            $0.keyword == "RUN" && $0.text.contains("install") && $0.text.contains("pip")
                && !$0.text.contains("/wheels")
        }
        let others = ["uv ", "poetry", "conda", "pipenv", "pdm "]
        guard !runs.isEmpty,
            !unit.dockerfile.reading.file.instructions.contains(where: { instruction in
                instruction.keyword == "RUN" && others.contains(where: instruction.text.contains)
            })
        else { return nil }
        var texts: [String] = []
        for run in runs where !isToolUpdate(run.text) {
            guard run.text.contains("-r "), !run.text.contains("$") else { return nil }
            let words = run.text.split { " \\\n\t\"',[]".contains($0) }.map(String.init)
            for (index, word) in words.enumerated() where word == "-r" && words.indices.contains(index + 1) {
                let name = GoPath.clean(words[index + 1])
                let names = [name, SourceTree.Entry(path: name).name]
                let paths = BuildContexts.of(unit).flatMap { folder in names.map { GoPath.clean(folder + "/" + $0) } }
                guard let text = paths.first(where: tree.contains).flatMap(tree.text)?.lowercased(), isPlain(text)
                else {
                    return nil
                }
                texts.append(text)
            }
            texts.append(single(in: run.text).joined(separator: "\n"))
        }
        return texts.isEmpty ? nil : texts
    }

    /// The packages that are named beside a list: `pip install -r requirements.txt && pip install gunicorn`.
    private static func single(in text: String) -> [String] {
        var found: [String] = []
        var isInstall = false
        var isValue = false
        for word in text.split(whereSeparator: { " \\\n\t\"'".contains($0) }) {
            defer { isValue = word.hasPrefix("-") && !word.contains("=") && !word.hasPrefix("--no-") }
            if ["&&", ";", "||"].contains(word) {
                isInstall = false
            } else if word == "install" {
                isInstall = true
            } else if isInstall, !isValue, word.first?.isLetter == true, !word.contains("/"), !word.hasSuffix(".txt") {
                found.append(word.lowercased())
            }
        }
        return found
    }

    /// `pip install --upgrade pip`
    private static func isToolUpdate(_ text: String) -> Bool {
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.contains("--upgrade")
            && ["pip", "setuptools", "wheel"].contains(words.last.map(String.init) ?? "")
            && !text.contains("-r ")
    }

    /// `flask-cors` of `Flask_Cors>=5 ; python_version > "3.8"`.
    static func names(in text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let line = line.trimmed
            guard let first = line.first, first.isLetter || first.isNumber else { return nil }
            let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." || $0 == "[" }
            return String(name).replacing("_", with: "-").lowercased()
        }
    }
}
