// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Error loading psycopg2 or psycopg module.
    static let djangoEngine = Rule(
        "AP564", .error, "Django's database has no driver",
        why: "Django ends with \"Error loading psycopg2 or psycopg module\" (or MySQLdb) before it serves anything.",
        catches: [
            [
                "shop/settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n",
                "requirements.txt": "Django==5.2\ngunicorn==23.0.0\n",
            ],
            [
                "shop/settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql'}}\n",
                "requirements.txt": "Django==5.2\npsycopg2-binary==2.9.10\n",
            ],
        ],
        passes: [
            [
                "shop/settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n",
                "requirements.txt": "Django==5.2\npsycopg[binary]==3.2.3\n",
            ],
            [
                "shop/settings.py":
                    "# 'ENGINE': 'django.db.backends.postgresql',\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}\n",
                "requirements.txt": "Django==5.2\n",
            ],
            [
                "shop/settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql'}}\n",
                "requirements.txt": "Django==5.2\npymysql==1.1.1\n",
            ],
            [
                "shop/settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n",
                "requirements.txt": "Django==5.2\n",
                "Dockerfile": "FROM python:3.13\nRUN pip install psycopg2-binary\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, PythonPackages.has("django", in: repository) else { return [] }
        let drivers = [
            "django.db.backends.postgresql": (["psycopg"], "psycopg[binary]"),
            "django.contrib.gis.db.backends.postgis": (["psycopg"], "psycopg[binary]"),
            "django.db.backends.mysql": (["mysqlclient", "pymysql"], "mysqlclient"),
        ]
        return repository.codeFiles.filter(isSettings).compactMap { entry in
            guard let text = repository.tree.text(entry.path), text.contains("ENGINE") else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard line.contains("backends."), !line.trimmed.hasPrefix("#"),
                    let (engine, (names, advice)) = drivers.first(where: { line.contains($0.key) }),
                    !names.contains(where: { isInstalled($0, in: repository) })
                else { continue }
                return Violation(
                    file: entry.path, line: index + 1,
                    "no list of requirements has a driver for \(engine); add: \(advice)")
            }
            return nil
        }
    }

    private static func isSettings(_ entry: SourceTree.Entry) -> Bool {
        entry.name.hasSuffix(".py") && entry.path.contains("settings") && !DevelopmentPath.isLikely(entry.path)
            && !entry.path.contains("test")
    }

    /// By a list, a project's file or a lock file; or by a command of an image.
    private static func isInstalled(_ package: String, in repository: CheckedRepository) -> Bool {
        PythonPackages.has(package, in: repository)
            || ["pyproject.toml", "Pipfile", "poetry.lock", "uv.lock", "setup.py", "environment.yml"].contains { name in
                repository.tree.files(named: name).contains { repository.tree.text($0.path)?.contains(package) == true }
            } || repository.dockerfiles.contains { $0.text.contains(package) }
    }
}
