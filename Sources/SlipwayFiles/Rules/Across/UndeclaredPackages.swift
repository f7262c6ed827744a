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
                "Dockerfile":
                    "FROM python:3.13 AS build\nCOPY requirements.txt .\nRUN pip install --prefix=/install -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /install /usr/local\nCOPY . .\nCMD [\"python\", \"run.py\"]\n",
                "requirements.txt": "Flask==3.0.0\n", "run.py": "from passlib.hash import bcrypt\n",
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
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        var seen: Set<String> = []
        let installs = PythonInstalls.all(in: repository)
        return installs.flatMap { install -> [Violation] in
            // Two images of one folder share its code, and each runs a part of it.
            let listed = Set(
                installs.filter { $0.folder == install.folder }.flatMap(\.lists).flatMap(PythonInstalls.names))
            return PythonImports.unconditional(of: install, in: repository).compactMap { use in
                guard let makers = PythonImports.makers[use.module], listed.isDisjoint(with: makers),
                    !listed.contains(where: { name in makers.contains { name.hasPrefix($0 + "[") } }),
                    seen.insert("\(install.place) \(use.module)").inserted
                else { return nil }
                return Violation(
                    file: use.file, line: use.line,
                    "\(install.place) does not install \(use.module); add to its requirements: \(makers[0])")
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
        }
        return texts.isEmpty ? nil : texts
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

/// Imports that run whenever their module is imported.
enum PythonImports {
    struct Use {
        let module: String
        let file: String
        let line: Int
    }

    /// Import names, and the distributions of PyPI that bring them, the usual one first. Only names that hardly anything
    /// else installs in passing.
    static let makers: [String: [String]] = [
        "flask_cors": ["flask-cors"], "flask_sqlalchemy": ["flask-sqlalchemy"], "flask_migrate": ["flask-migrate"],
        "flask_login": ["flask-login", "flask-security", "flask-security-too", "flask-appbuilder"],
        "flask_jwt_extended": ["flask-jwt-extended", "flask-appbuilder"], "flask_bcrypt": ["flask-bcrypt"],
        "flask_mail": ["flask-mail"], "flask_mailman": ["flask-mailman"], "flask_socketio": ["flask-socketio"],
        "flask_limiter": ["flask-limiter", "flask-appbuilder"], "flask_restful": ["flask-restful"],
        "flask_restx": ["flask-restx"],
        "flask_wtf": ["flask-wtf", "flask-security", "flask-security-too", "flask-appbuilder", "flask-admin"],
        "flask_caching": ["flask-caching"], "flask_session": ["flask-session"], "flask_talisman": ["flask-talisman"],
        "flask_marshmallow": ["flask-marshmallow"], "flask_smorest": ["flask-smorest"], "flasgger": ["flasgger"],
        "flask_compress": ["flask-compress"], "flask_admin": ["flask-admin"],
        "corsheaders": ["django-cors-headers"],
        "rest_framework": [
            "djangorestframework", "djangorestframework-simplejwt", "drf-spectacular", "drf-yasg", "djoser",
            "dj-rest-auth", "wagtail", "drf-nested-routers", "djangorestframework-camel-case",
        ],
        "rest_framework_simplejwt": ["djangorestframework-simplejwt", "djoser"], "whitenoise": ["whitenoise"],
        "dj_database_url": ["dj-database-url", "django-heroku", "environs"], "drf_spectacular": ["drf-spectacular"],
        "drf_yasg": ["drf-yasg"], "django_filters": ["django-filter", "wagtail", "django-filters"],
        "crispy_forms": ["django-crispy-forms", "crispy-bootstrap5", "crispy-tailwind", "crispy-bootstrap4"],
        "storages": ["django-storages"], "channels": ["channels"], "decouple": ["python-decouple"],
        "environ": ["django-environ", "environ-config"], "allauth": ["django-allauth", "dj-rest-auth"],
        "psycopg2": ["psycopg2-binary", "psycopg2", "aiopg", "django-heroku"], "asyncpg": ["asyncpg"],
        "pymysql": ["pymysql", "aiomysql"], "MySQLdb": ["mysqlclient"], "aiosqlite": ["aiosqlite"],
        "pymongo": [
            "pymongo", "motor", "mongoengine", "beanie", "flask-pymongo", "djongo", "odmantic", "umongo",
            "flask-mongoengine", "langchain-mongodb",
        ], "motor": ["motor", "beanie", "odmantic"],
        "jose": ["python-jose"], "passlib": ["passlib", "flask-security", "flask-security-too"],
        "slowapi": ["slowapi"], "bs4": ["beautifulsoup4", "bs4", "yfinance", "google", "wikipedia", "unstructured"],
        "stripe": ["stripe", "dj-stripe"], "twilio": ["twilio"], "sendgrid": ["sendgrid"], "resend": ["resend"],
        "apscheduler": ["apscheduler", "flask-apscheduler", "django-apscheduler", "python-telegram-bot"],
        "loguru": ["loguru", "nonebot2", "pipecat-ai"], "structlog": ["structlog", "django-structlog"],
        "docx": ["python-docx", "docxtpl", "docxcompose", "unstructured", "docling", "markitdown"],
        "fitz": ["pymupdf", "pymupdf4llm"],
        "PyPDF2": ["pypdf2"], "pypdf": ["pypdf", "docling", "xhtml2pdf"], "pdfplumber": ["pdfplumber", "markitdown"],
        "reportlab": ["reportlab", "xhtml2pdf", "rlpycairo", "svglib"],
        "telegram": ["python-telegram-bot"], "aiogram": ["aiogram"],
        "discord": ["discord.py", "discord-py", "py-cord"],
        "firebase_admin": ["firebase-admin"], "supabase": ["supabase"], "razorpay": ["razorpay"],
        "pydantic_settings": ["pydantic-settings", "fastapi[all", "langchain-community", "mcp", "chromadb"],
        "prometheus_fastapi_instrumentator": ["prometheus-fastapi-instrumentator"],
        "fastapi_mail": ["fastapi-mail"], "fastapi_users": ["fastapi-users"], "sqlmodel": ["sqlmodel"],
        "prometheus_client": [
            "prometheus-client", "prometheus-fastapi-instrumentator", "starlette-exporter", "prometheus-flask-exporter",
            "django-prometheus", "jupyter", "jupyterlab", "notebook", "jupyter-server", "flower", "ray",
        ],
        "groq": ["groq", "langchain-groq"], "ollama": ["ollama", "langchain-ollama"],
    ]

    static func unconditional(of install: PythonInstalls, in repository: CheckedRepository) -> [Use] {
        let prefix = install.folder == "." ? "" : install.folder + "/"
        let nested = repository.dockerfiles.map { SourceTree.Entry(path: $0.location).directory }.filter {
            $0 != install.folder && $0.hasPrefix(prefix)
        }
        let aside = ["test", "script", "notebook", "example", "docs", "bench", "migrations", "tools", "conftest"]
        let code = repository.codeFiles.filter { $0.path.hasPrefix(prefix) && $0.name.hasSuffix(".py") }
        var found: [Use] = []
        for entry in code {
            let path = entry.path.lowercased()
            guard !aside.contains(where: path.contains), !nested.contains(where: { entry.path.hasPrefix($0 + "/") }),
                install.sources.isEmpty
                    || install.sources.contains(where: { entry.path == $0 || entry.path.hasPrefix($0 + "/") }),
                let text = repository.tree.text(entry.path), text.utf8.count < 200_000
            else { continue }
            let uses = Self.uses(in: text, of: entry.path, repository.tree)
            if !uses.isEmpty, isReached(entry, among: code, in: repository.tree) { found += uses }
        }
        return found
    }

    private static func uses(in text: String, of path: String, _ tree: SourceTree) -> [Use] {
        var found: [Use] = []
        var isText = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.components(of: "\"\"\"") % 2 == 1 { isText.toggle() }
            guard !isText, line.hasPrefix("import ") || line.hasPrefix("from ") else { continue }
            let names = line.drop { $0 != " " }.dropFirst().prefix { $0 != "#" }
            let modules = line.hasPrefix("from ") ? [names.prefix { $0 != " " }] : names.split(separator: ",")
            for module in modules {
                let name = String(module.trimmed.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                guard makers[name] != nil, !isOwn(name, tree) else { continue }
                found.append(Use(module: name, file: path, line: index + 1))
            }
        }
        return found
    }

    /// Whether the module is one that is started, or another one imports it: a loose script is run by hand.
    private static func isReached(
        _ entry: SourceTree.Entry, among code: [SourceTree.Entry], in tree: SourceTree
    ) -> Bool {
        let stem = String(entry.name.dropLast(3))
        let started: Set<String> = [
            "__init__", "main", "app", "run", "wsgi", "asgi", "settings", "manage", "server", "api", "config",
            "application", "bot", "worker",
        ]
        if started.contains(stem) { return true }
        let needles = ["import \(stem)", "from \(stem)", ".\(stem) import", "import .\(stem)"]
        return code.contains { other in
            guard other.path != entry.path, let bytes = tree.bytes(other.path) else { return false }
            return needles.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }

    /// Whether the repository itself has a module of the name.
    private static func isOwn(_ name: String, _ tree: SourceTree) -> Bool {
        !tree.files(named: name + ".py").isEmpty
            || tree.entries.contains { $0.path.hasPrefix(name + "/") || $0.path.contains("/" + name + "/") }
    }
}

extension Substring {
    /// How often the mark stands in the text.
    fileprivate func components(of mark: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = TextSearch.range(of: mark, in: rest) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
