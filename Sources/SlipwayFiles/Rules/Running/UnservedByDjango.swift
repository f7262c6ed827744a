// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Pages without styles.
    static let staticUnserved = Rule(
        "AP632", .warning, "nobody serves Django's static files",
        why:
            "gunicorn, uvicorn and daphne hand out no files, and Django does it with runserver alone "
            + "(docs.djangoproject.com, How to deploy static files): the administration has no styles.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "",
                "shop/settings.py":
                    "INSTALLED_APPS = ['django.contrib.admin', 'django.contrib.staticfiles']\nSTATIC_URL = '/static/'\nSTATIC_ROOT = 'static'\n",
                "shop/urls.py": "urlpatterns = [path('admin/', admin.site.urls)]\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "shop/parts/files.py": "STATIC_URL = 'static/'\n",
                "shop/settings.py": "from shop.parts.files import *\nINSTALLED_APPS = ['django.contrib.admin']\n",
                "shop/urls.py": "urlpatterns = [path('admin/', admin.site.urls)]\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "shop/parts/files.py": "STATIC_URL = 'https://cdn.shop.example/static/'\n",
                "shop/settings.py": "from shop.parts.files import *\nINSTALLED_APPS = ['django.contrib.admin']\n",
                "shop/urls.py": "urlpatterns = [path('admin/', admin.site.urls)]\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "",
                "shop/settings.py":
                    "INSTALLED_APPS = ['django.contrib.admin']\nMIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']\nSTATIC_URL = '/static/'\nSTATIC_ROOT = 'static'\n",
                "shop/urls.py": "urlpatterns = [path('admin/', admin.site.urls)]\n",
            ],
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "", "nginx.conf": "server {\n  location /static/ {\n    alias /static/;\n  }\n}\n",
                "shop/settings.py":
                    "INSTALLED_APPS = ['django.contrib.admin']\nSTATIC_URL = '/static/'\nSTATIC_ROOT = 'static'\n",
                "shop/urls.py": "urlpatterns = [path('admin/', admin.site.urls)]\n",
            ],
        ]
    ) { repository in
        guard let site = DjangoSite(repository),
            site.holds(["whitenoise", "WhiteNoise", "servestatic", "dj_static"]) == false,
            site.holds(["staticfiles_urlpatterns()", "STATIC_URL, document_root", "views.static"]) == false,
            site.isCollectedOrRootless, !site.isOutside, !site.isServed("static"),
            let setting = site.setting("STATIC_URL"), site.holds(["admin.site.urls"])
        else { return [] }
        return [
            Violation(
                file: setting.file, line: setting.line,
                "\(site.start) starts a server that hands out no files, and no proxy does for \(setting.value ?? "/static/"); "
                    + "add whitenoise.middleware.WhiteNoiseMiddleware behind SecurityMiddleware")
        ]
    }

    /// The upload ends well, and its picture is never seen.
    static let mediaUnserved = Rule(
        "AP633", .warning, "nobody serves what visitors upload",
        why:
            "Django's static() for MEDIA_URL answers in debug mode alone, and WhiteNoise serves no uploads: outside of debug "
            + "mode every uploaded file answers 404.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "shop/models.py": "class Product(models.Model):\n    image = models.ImageField(upload_to='a')\n",
                "shop/settings.py":
                    "DEBUG = False\nMEDIA_URL = '/media/'\nMEDIA_ROOT = BASE_DIR / 'media'\n",
                "shop/urls.py": "urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "nginx/default.conf": "server {\n  location /media/ {\n    alias /media/;\n  }\n}\n",
                "shop/models.py": "class Product(models.Model):\n    image = models.ImageField(upload_to='a')\n",
                "shop/settings.py": "DEBUG = False\nMEDIA_URL = '/media/'\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "shop/models.py": "class Product(models.Model):\n    image = models.ImageField(upload_to='a')\n",
                "shop/settings.py":
                    "DEBUG = False\nMEDIA_URL = '/media/'\nSTORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}}\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "shop/models.py": "class Product(models.Model):\n    image = models.ImageField(upload_to='a')\n",
                "shop/settings.py": "DEBUG = True\nMEDIA_URL = '/media/'\n",
            ],
        ]
    ) { repository in
        guard let site = DjangoSite(repository), site.isDebugOff,
            site.holds(["models.FileField(", "models.ImageField("]), !site.isOutside,
            !site.holds(["views.static", "serve, {", "FileResponse(", "X-Accel-Redirect"]), !site.isServed("media"),
            let setting = site.setting("MEDIA_URL")
        else { return [] }
        let path = setting.value ?? "/media/"
        return [
            Violation(
                file: setting.file, line: setting.line,
                "nothing answers \(path) outside of debug mode; serve MEDIA_ROOT by the proxy: location \(path) { alias "
                    + "...; }, or keep uploads in a bucket (django-storages)")
        ]
    }
}

/// A Django project that an image runs with a server for production.
private struct DjangoSite {
    let repository: CheckedRepository
    /// The file that starts it.
    let start: String
    private let settings: [(path: String, lines: [Substring])]

    init?(_ repository: CheckedRepository) {
        guard repository.isWhole, !repository.tree.files(named: "manage.py").isEmpty else { return nil }
        let servers = ["gunicorn", "uvicorn", "daphne", "hypercorn"]
        let unit = repository.deployedUnits.first { unit in
            !unit.isForDevelopment && unit.start.map { start in servers.contains(where: start.text.contains) } == true
        }
        guard let unit, let start = unit.start else { return nil }
        (self.repository, self.start) = (repository, start.file)
        let named = PythonSettings.all(in: repository).filter { !DevelopmentPath.isLikely($0.path) }
        // Settings are often put together from files with names of their own.
        let parts = repository.code([".py"], with: ["STATIC_URL", "MEDIA_URL", "STORAGES", "FILE_STORAGE"]).filter {
            code in
            !named.contains { $0.path == code.path }
        }
        settings = named + parts.map { ($0.path, $0.lines) }
    }

    func holds(_ words: [String]) -> Bool {
        !repository.tree.files(ending: [".py"], holding: words, smallerThan: 400_000).isEmpty
    }

    /// The line of a setting, and its text when it is one.
    func setting(_ name: String) -> (file: String, line: Int, value: String?)? {
        for (path, lines) in settings {
            guard let index = lines.firstIndex(where: { $0.hasPrefix(name) }) else { continue }
            let parts = lines[index].split(omittingEmptySubsequences: false) { $0 == "'" || $0 == "\"" }
            let value = parts.count == 3 ? String(parts[1]) : nil
            // Another server has them.
            if value?.contains("://") == true { return nil }
            return (path, index + 1, value.map { $0.hasPrefix("/") ? $0 : "/" + $0 })
        }
        return nil
    }

    /// Where nothing collects, another rule says so.
    var isCollectedOrRootless: Bool {
        setting("STATIC_ROOT") == nil || StaticFiles.areCollected(in: repository)
    }

    /// Whether a bucket or a network keeps the files.
    var isOutside: Bool {
        let stores = [
            "storages.backends", "cloudinary", "S3Boto", "S3Storage", "AzureStorage", "GoogleCloud", "storages",
            "AWS_STORAGE", "AWS_S3", "minio", "CDN",
        ]
        return settings.contains { _, lines in
            lines.contains { line in
                !line.trimmed.hasPrefix("#") && stores.contains(where: line.contains)
            }
        }
    }

    /// Whether a proxy of the repository, or one that a document describes, answers for the path; also where one stands
    /// before the application whose settings are not here.
    func isServed(_ name: String) -> Bool {
        let proxies = ["nginx", "caddy", "httpd", "apache", "openresty", "litespeed", "swag"]
        let isUnseen = repository.composeFiles.contains { file in
            !file.isForDevelopment
                && file.services.contains { service in
                    let image = (file.runningImage(of: service) ?? service.image?.text ?? "").lowercased()
                    return proxies.contains(where: image.contains)
                } && repository.nginxFiles.isEmpty && repository.tree.files(named: "Caddyfile").isEmpty
        }
        return isUnseen
            || repository.tree.entries.contains { entry in
                let lower = entry.name.lowercased()
                let isProxy =
                    [".conf", ".template", ".nginx", ".j2", ".tmpl", ".ini", ".md", ".sh", ".yml", ".yaml", ".toml"]
                    .contains(where: lower.hasSuffix) || lower.contains("nginx") || lower.contains("caddyfile")
                guard isProxy, let bytes = repository.tree.bytes(entry.path), bytes.count < 400_000,
                    let text = repository.tree.text(entry.path)
                else { return false }
                return ["/\(name)", "\(name)-map", "\(name) /", "PathPrefix(`/\(name)"].contains(where: text.contains)
                    && (lower.hasSuffix(".md")
                        ? text.contains("location /\(name)") || text.contains("alias ")
                        : [
                            "alias", "root", "file_server", "static-map", "Alias", "try_files", "PathPrefix",
                            "proxy_pass",
                        ]
                        .contains(where: text.contains))
            }
    }

    /// Whether what is deployed certainly runs without debug mode.
    var isDebugOff: Bool {
        let offs = [
            "DEBUG=False", "'DEBUG','False'", "'DEBUG',False", "'DEBUG',default=False", "'DEBUG',default='False'",
            "'DEBUG',default=0", "'DEBUG',0", "'DEBUG','0'", "'DEBUG','false'", "'DJANGO_DEBUG','False'",
            "'DJANGO_DEBUG',default=False", "'DJANGO_DEBUG',False",
        ]
        let isOff = settings.contains { _, lines in
            lines.contains { line in
                let bare = line.filter { $0 != " " }.replacing("\"", with: "'")
                return line.hasPrefix("DEBUG") && offs.contains(where: bare.contains)
            }
        }
        let given = repository.dotenvFiles.filter { file in
            ["example", "sample", "template", "prod"].contains(where: file.location.contains)
                && !DevelopmentPath.isLikely(file.location)
        }.flatMap { $0.document.assignments }
        let isTold = given.contains { assignment in
            ["DEBUG", "DJANGO_DEBUG"].contains(assignment.name)
                && ["false", "0", "off", "no"].contains((assignment.value ?? "").lowercased())
        }
        let isOn = given.contains { assignment in
            ["DEBUG", "DJANGO_DEBUG"].contains(assignment.name)
                && ["true", "1"].contains((assignment.value ?? "").lowercased())
        }
        return (isOff || isTold) && !isOn
    }
}
