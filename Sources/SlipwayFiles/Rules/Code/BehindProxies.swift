// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody stays logged in.
    static let secureCookieBehindProxy = Rule(
        "AP260", .warning, "a session's cookie is for HTTPS, and the application does not know that it is behind it",
        why:
            "TLS ends at the proxy, so Express sees plain HTTP and does not send a cookie that is marked secure: after the "
            + "login nobody is logged in.",
        catches: [
            [
                "fly.toml": "app = 'a'\n",
                "server.js": "app.use(session({\n  secret: process.env.SECRET,\n  cookie: { secure: true },\n}))\n",
            ],
            [
                "nginx.conf": "server {\n  location / {\n    proxy_pass http://app:3000;\n  }\n}\n",
                "src/app.ts":
                    "import session from 'express-session';\napp.use(session({ cookie: { secure: process.env.NODE_ENV === 'production' } }));\n",
            ],
        ],
        passes: [
            [
                "fly.toml": "app = 'a'\n",
                "server.js": "app.set('trust proxy', 1)\napp.use(session({ cookie: { secure: true } }))\n",
            ],
            ["fly.toml": "app = 'a'\n", "server.js": "app.use(session({ proxy: true, cookie: { secure: true } }))\n"],
            ["server.js": "app.use(session({ cookie: { secure: true } }))\n"],
            ["fly.toml": "app = 'a'\n", "server.js": "app.use(session({ cookie: { secure: false } }))\n"],
        ]
    ) { repository in
        guard repository.isWhole, isBehindProxy(repository) else { return [] }
        let sources = repository.code([".js", ".ts", ".mjs", ".cjs"], with: ["session(", "trust proxy", "trustProxy"])
        guard !sources.contains(where: { $0.line(with: "'trustproxy'", "trustProxy") != nil }) else { return [] }
        return sources.compactMap { code in
            guard let body = code.body(after: ".use(session({") ?? code.body(after: ".use(expressSession({"),
                !body.text.contains("proxy:true")
            else { return nil }
            guard
                ["secure:true", "secure:process.env.NODE_ENV==='production'", "secure:isProduction", "secure:isProd"]
                    .contains(where: body.text.contains)
            else {
                return nil
            }
            return Violation(
                file: code.path, line: body.line, "the cookie is never sent; write before it: app.set('trust proxy', 1)"
            )
        }
    }

    private static func isBehindProxy(_ repository: CheckedRepository) -> Bool {
        !repository.flyFiles.isEmpty || !repository.renderBlueprints.isEmpty || !repository.railwayConfigs.isEmpty
            || !repository.procfiles.isEmpty
            || repository.nginxFiles.contains { !$0.document.all("proxy_pass").isEmpty }
            || repository.tree.entries.contains { $0.name == "Caddyfile" }
    }

    /// Whether a page of the project sends one.
    private static func hasForms(_ repository: CheckedRepository) -> Bool {
        repository.tree.files(ending: "html").contains { entry in
            repository.tree.bytes(entry.path).map { ByteSearch.contains("csrf_token".utf8, in: $0) } ?? false
        }
    }

    /// Origin checking failed.
    static let originsOfForms = Rule(
        "AP261", .warning, "Django refuses every form that comes through the proxy's HTTPS",
        why:
            "TLS ends at the proxy and Django sees HTTP: the browser's Origin says https and fits nothing, so each login and "
            + "each form is answered 403 \"Origin checking failed\".",
        catches: [
            [
                "manage.py": "\n", "requirements.txt": "django==5.2\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  ssl_certificate a;\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n",
                "shop/settings.py":
                    "MIDDLEWARE = [\n  'django.middleware.csrf.CsrfViewMiddleware',\n]\nALLOWED_HOSTS = ['shop.example']\n",
            ],
            [
                "manage.py": "\n", "requirements.txt": "django==5.2\n", "Procfile": "web: gunicorn shop.wsgi\n",
                "shop/settings.py": "MIDDLEWARE = [\n  'django.middleware.csrf.CsrfViewMiddleware',\n]\n",
                "templates/login.html": "<form method=\"post\">{% csrf_token %}</form>\n",
            ],
        ],
        passes: [
            [
                "manage.py": "\n", "requirements.txt": "django==5.2\n",
                "nginx.conf":
                    "server {\n  listen 443 ssl;\n  ssl_certificate a;\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n",
                "shop/settings.py":
                    "MIDDLEWARE = [\n  'django.middleware.csrf.CsrfViewMiddleware',\n]\nCSRF_TRUSTED_ORIGINS = ['https://shop.example']\n",
            ],
            [
                "manage.py": "\n", "requirements.txt": "django==5.2\n",
                "nginx.conf": "server {\n  listen 80;\n  location / {\n    proxy_pass http://web:8000;\n  }\n}\n",
                "shop/settings.py": "MIDDLEWARE = [\n  'django.middleware.csrf.CsrfViewMiddleware',\n]\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "manage.py").isEmpty,
            repository.nginxFiles.contains(where: { file in
                file.text.contains("443") && file.text.contains("ssl_certificate")
                    && !file.document.all("proxy_pass").isEmpty
            }) || Deployments.isOnPlatform(repository) && hasForms(repository)
        else { return [] }
        let settings = repository.code(
            [".py"], with: ["CsrfViewMiddleware", "CSRF_TRUSTED_ORIGINS", "SECURE_PROXY_SSL_HEADER"])
        guard !settings.contains(where: { $0.line(with: "CSRF_TRUSTED_ORIGINS", "SECURE_PROXY_SSL_HEADER") != nil }),
            // Version 3 compares hosts alone.
            !repository.pythonRequirements.contains(where: { text in
                ["django==2", "django==3", "django<4", "django~=3"].contains(where: text.contains)
            })
        else { return [] }
        return settings.prefix(1).compactMap { code in
            code.line(with: "CsrfViewMiddleware'").map {
                Violation(
                    file: code.path, line: $0,
                    "forms are answered 403 behind HTTPS; add: SECURE_PROXY_SSL_HEADER = (\"HTTP_X_FORWARDED_PROTO\", \"https\") "
                        + "and CSRF_TRUSTED_ORIGINS")
            }
        }
    }

    /// ImproperlyConfigured: without having set the STATIC_ROOT setting.
    static let noStaticRoot = Rule(
        "AP262", .error, "collectstatic runs, and the settings name no STATIC_ROOT",
        why:
            "Django ends with \"You're using the staticfiles app without having set the STATIC_ROOT setting\": the build of "
            + "the image, or the container, stops there.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "\n",
                "shop/settings.py": "INSTALLED_APPS = ['django.contrib.staticfiles']\nSTATIC_URL = 'static/'\n",
            ],
            [
                ".gitlab-ci.yml": "test:\n  script:\n    - python manage.py collectstatic --noinput\n",
                "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
                "shop/settings.py": "INSTALLED_APPS = ['django.contrib.staticfiles']\n",
                "shop/prod.py": "from .settings import *\nSTATIC_ROOT = BASE_DIR / 'static'\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\n",
                "manage.py": "\n",
                "shop/settings.py":
                    "INSTALLED_APPS = ['django.contrib.staticfiles']\nSTATIC_ROOT = BASE_DIR / 'static'\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nENV DJANGO_SETTINGS_MODULE=shop.prod\nRUN python manage.py collectstatic --noinput\n",
                "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
                "shop/settings.py": "INSTALLED_APPS = ['django.contrib.staticfiles']\n",
                "shop/prod.py": "from .settings import *\nSTATIC_ROOT = BASE_DIR / 'static'\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput || true\n",
                "manage.py": "\n",
                "shop/settings.py": "INSTALLED_APPS = ['django.contrib.staticfiles']\nSTATIC_URL = 'static/'\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\n", "manage.py": "\n",
                "shop/settings.py": "INSTALLED_APPS = ['django.contrib.staticfiles']\n",
            ],
        ]
    ) { repository in
        let managers = repository.tree.files(named: "manage.py")
        guard repository.isWhole, managers.count == 1 else { return [] }
        let sources = repository.tree.files(ending: "py").filter { !$0.path.contains("node_modules/") }
        let texts = sources.compactMap { entry in repository.tree.bytes(entry.path) }
        let isNamed = texts.contains(where: namesRoot)
        guard texts.contains(where: { ByteSearch.contains("django.contrib.staticfiles".utf8, in: $0) }),
            !isNamed || isElsewhere(managers[0].path, repository.tree)
        else { return [] }
        return Array(collections(in: repository).filter { !isNamed || !choosesSettings($0, repository) }.prefix(2))
    }

    /// Runs of collectstatic that stop what they are part of when they fail.
    private static func collections(in repository: CheckedRepository) -> [Violation] {
        let runs = repository.dockerfiles.flatMap { file in
            file.reading.steps.compactMap { step -> Violation? in
                let command = step.program?.commands.first { $0.words.contains { $0.text == "collectstatic" } }
                guard let command, !command.isFollowedByOr else { return nil }
                return Violation(file: file.location, line: step.line, advice)
            }
        }
        let told = repository.toldCommands.compactMap { told -> Violation? in
            guard told.teller != .document, told.command.words.contains(where: { $0.text == "collectstatic" }),
                !told.command.isFollowedByOr
            else { return nil }
            return Violation(file: told.file, line: told.line, advice)
        }
        return runs + told
    }

    /// Whether the run may have other settings than those that manage.py takes: a pipeline says so itself.
    private static func choosesSettings(_ run: Violation, _ repository: CheckedRepository) -> Bool {
        func names(_ path: String) -> Bool {
            repository.tree.bytes(path).map {
                $0.count < 500_000 && ByteSearch.contains("DJANGO_SETTINGS_MODULE".utf8, in: $0)
            } == true
        }
        guard let file = run.file else { return true }
        if file.hasPrefix(".github/") || file.hasPrefix(".gitlab") { return names(file) }
        return repository.tree.entries.contains { !$0.name.hasSuffix(".py") && names($0.path) }
    }

    private static func namesRoot(_ bytes: [UInt8]) -> Bool {
        ["STATIC_ROOT", "django_heroku", "STORAGES", "STATICFILES_STORAGE"].contains {
            ByteSearch.contains($0.utf8, in: bytes)
        }
    }

    /// Whether other settings than those that manage.py takes name the folder.
    private static func isElsewhere(_ manager: String, _ tree: SourceTree) -> Bool {
        guard let texts = DjangoDefaultSettings.texts(ofManager: manager, tree) else { return false }
        return texts.contains { $0.contains("INSTALLED_APPS") } && !texts.contains { namesRoot(Array($0.utf8)) }
    }

    private static let advice =
        "collectstatic ends with an error; add to the settings: STATIC_ROOT = BASE_DIR / \"staticfiles\""
}
