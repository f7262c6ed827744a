// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// gunicorn serves no static files, and nobody puts them where something would.
    static let staticNeverCollected = Rule(
        "AP300", .warning, "nothing collects Django's static files",
        why:
            "Outside debug mode Django serves no static files: without collectstatic the administration has no styles and the "
            + "pages' own files answer 404.",
        catches: [
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "shop/settings.py":
                    "INSTALLED_APPS = ['django.contrib.admin', 'django.contrib.staticfiles']\nSTATIC_ROOT = BASE_DIR / 'static'\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"shop.wsgi\"]\n",
                "manage.py": "",
                "shop/settings.py":
                    "INSTALLED_APPS = ['django.contrib.admin', 'django.contrib.staticfiles']\nSTATIC_ROOT = BASE_DIR / 'static'\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD [\"gunicorn\", \"shop.wsgi\"]\n", "manage.py": "",
                "shop/settings.py": "INSTALLED_APPS = ['rest_framework']\n",
            ],
            [
                "Procfile": "web: gunicorn shop.wsgi\n", "manage.py": "",
                "shop/settings.py": "INSTALLED_APPS = ['django.contrib.admin']\nSTATIC_ROOT = 'static'\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "manage.py").isEmpty,
            let start = StaticFiles.start(in: repository), !StaticFiles.areCollected(in: repository)
        else { return [] }
        return PythonSettings.all(in: repository).prefix(20).compactMap { path, lines in
            guard !DevelopmentPath.isLikely(path),
                let line = lines.firstIndex(where: { $0.hasPrefix("STATIC_ROOT") }),
                lines.contains(where: { $0.contains("django.contrib.admin") && !$0.trimmed.hasPrefix("#") })
            else { return nil }
            return Violation(
                file: path, line: line + 1,
                "\(start) starts gunicorn, and no file runs collectstatic; add to the image: RUN python manage.py collectstatic "
                    + "--noinput")
        }.prefix(1).map { $0 }
    }
}

/// Whether anything collects the static files of Django.
enum StaticFiles {
    /// Images and Railway; Heroku's own build collects.
    static func start(in repository: CheckedRepository) -> String? {
        for unit in repository.deployedUnits where !unit.isForDevelopment {
            guard let start = unit.start, start.text.contains("gunicorn") || start.text.contains("uvicorn") else {
                continue
            }
            return start.file
        }
        return nil
    }

    static func areCollected(in repository: CheckedRepository) -> Bool {
        repository.tree.entries.contains { entry in
            guard !entry.name.hasSuffix(".md"), !entry.name.hasSuffix(".html"),
                let bytes = repository.tree.bytes(entry.path),
                bytes.count < 200_000
            else { return false }
            return ByteSearch.contains("collectstatic".utf8, in: bytes)
        }
    }
}
