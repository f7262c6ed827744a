// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Imports that run when their module is imported, or a function of it is called.
enum PythonImports {
    struct Use {
        let module: String
        let file: String
        let line: Int
        /// Whether a function imports it when it is called.
        let isLate: Bool
        /// What the code uses where a framework looks for the module, and no line imports it.
        var word: String?
    }

    /// The distribution that no listed one brings; `nil` when the import works, or when that cannot be known.
    static func missing(_ module: String, from listed: Set<String>) -> String? {
        if let makers = makers[module] {
            let isListed =
                !listed.isDisjoint(with: makers)
                || listed.contains { name in makers.contains { name.hasPrefix($0 + "[") } }
            return isListed ? nil : makers[0]
        }
        return PythonDependencies.bring(module, listed) == false ? PythonDependencies.distribution(of: module) : nil
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
        "slowapi": ["slowapi"],
        "slugify": ["python-slugify", "awesome-slugify", "unicode-slugify", "cookiecutter", "apache-airflow"],
        "bleach": [
            "bleach", "django-bleach", "nbconvert", "jupyter", "jupyterlab", "notebook", "readme-renderer", "wagtail",
        ],
        "bs4": ["beautifulsoup4", "bs4", "yfinance", "google", "wikipedia", "unstructured"],
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
        "itsdangerous": [
            "itsdangerous", "flask", "quart", "starlette[full", "fastapi[all", "flask-login", "flask-wtf", "flask-cors",
            "flask-sqlalchemy", "flask-migrate", "flask-socketio", "flask-restful", "sqladmin", "starlette-wtf",
            "starlette-admin", "fastapi-csrf-protect", "httpbin", "locust", "dash", "mlflow", "gradio",
        ],
        "multipart": [
            "python-multipart", "multipart", "fastapi[all", "fastapi[standard", "starlette[full", "fastapi-users",
            "gradio",
            "mcp", "fastmcp", "sqladmin", "starlette-admin", "strawberry-graphql[fastapi", "litestar", "chainlit",
            "nicegui",
            "fastapi-cli", "open-webui", "langflow", "langserve",
        ],
        "tabulate": ["tabulate"],
        "groq": ["groq", "langchain-groq"], "ollama": ["ollama", "langchain-ollama"],
    ]

    static func all(of install: PythonInstalls, in repository: CheckedRepository) -> [Use] {
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
            let implied = PythonImpliedPackages.uses(in: text).map {
                Use(module: $0.module, file: entry.path, line: $0.line, isLate: false, word: $0.word)
            }
            let uses = Self.uses(in: text, of: entry.path, repository.tree) + implied
            if !uses.isEmpty, isReached(entry, among: code, in: repository.tree) { found += uses }
        }
        return found
    }

    private static func uses(in text: String, of path: String, _ tree: SourceTree) -> [Use] {
        var found: [Use] = []
        var isText = false
        // The line that opened each block around the present one, the outermost first.
        var blocks: [(indent: Int, opener: Substring)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let wasText = isText
            if line.components(of: "\"\"\"") % 2 == 1 { isText.toggle() }
            let body = line.drop { $0 == " " || $0 == "\t" }
            guard !wasText, !body.isEmpty, !body.hasPrefix("#") else { continue }
            let indent = line.count - body.count
            while let last = blocks.last, last.indent >= indent { blocks.removeLast() }
            defer { if body.trimmed.hasSuffix(":") { blocks.append((indent, body)) } }
            guard !isText, body.hasPrefix("import ") || body.hasPrefix("from "),
                // What is tried, or asked for, may be missing.
                blocks.allSatisfy({ isCalled($0.opener) })
            else { continue }
            let names = body.drop { $0 != " " }.dropFirst().prefix { $0 != "#" }
            let modules = body.hasPrefix("from ") ? [names.prefix { $0 != " " }] : names.split(separator: ",")
            for module in modules {
                let name = String(module.trimmed.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                guard makers[name] != nil || PythonDependencies.distribution(of: name) != nil, !isOwn(name, tree) else {
                    continue
                }
                found.append(
                    Use(
                        module: name, file: path, line: index + 1,
                        isLate: !blocks.isEmpty || path.contains("management/commands/")))
            }
        }
        return found
    }

    private static func isCalled(_ opener: Substring) -> Bool {
        opener.hasPrefix("def ") || opener.hasPrefix("async def ") || opener.hasPrefix("class ")
            || opener.hasPrefix(")")
    }

    /// Whether the module is one that is started, or another one imports it: a loose script is run by hand.
    static func isReached(
        _ entry: SourceTree.Entry, among code: [SourceTree.Entry], in tree: SourceTree
    ) -> Bool {
        let stem = String(entry.name.dropLast(3))
        let started: Set<String> = [
            "__init__", "main", "app", "run", "wsgi", "asgi", "settings", "manage", "server", "api", "config",
            "application", "bot", "worker",
        ]
        // Django finds its commands by their folder.
        if started.contains(stem) || entry.path.contains("management/commands/") { return true }
        let needles = ["import \(stem)", "from \(stem)", ".\(stem) import", "import .\(stem)"]
        return code.contains { other in
            guard other.path != entry.path, let bytes = tree.bytes(other.path) else { return false }
            return needles.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }

    /// Whether the repository itself has a module of the name where an import finds it: one inside of a package is found
    /// by the package's name alone.
    private static func isOwn(_ name: String, _ tree: SourceTree) -> Bool {
        func isPackage(_ folder: String) -> Bool { tree.contains(GoPath.clean(folder + "/__init__.py")) }
        return tree.files(named: name + ".py").contains { !isPackage($0.directory) }
            || tree.entries.contains { entry in
                if entry.path.hasPrefix(name + "/") { return true }
                guard let range = TextSearch.range(of: "/" + name + "/", in: entry.path[...]) else { return false }
                return !isPackage(String(entry.path[..<range.lowerBound]))
            }
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
