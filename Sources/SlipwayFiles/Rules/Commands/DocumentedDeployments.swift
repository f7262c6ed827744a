// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Vite manifest not found.
    static let guideWithoutAssets = Rule(
        "AP249", .warning, "the steps for production do not build the pages' assets",
        why: "The templates ask for Vite's manifest, which git does not keep: every page ends with \"Vite manifest not "
            + "found\".",
        catches: [
            [
                "DEPLOY.md": "```sh\ncomposer install --no-dev\nphp artisan migrate --force\n```\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "resources/views/app.blade.php": "@vite(['resources/js/app.js'])\n",
            ]
        ],
        passes: [
            [
                "DEPLOY.md":
                    "```sh\ncomposer install --no-dev\nnpm ci\nnpm run build\nphp artisan migrate --force\n```\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "resources/views/app.blade.php": "@vite(['resources/js/app.js'])\n",
            ],
            [
                "DEPLOY.md": "```sh\ncomposer install --no-dev\nphp artisan migrate --force\n```\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "resources/views/app.blade.php": "<html></html>\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.hasDirectory("public/build"), asksForManifest(repository) else {
            return []
        }
        let blocks = Dictionary(
            grouping: repository.toldCommands.filter { [.document, .script, .remote, .pipeline].contains($0.teller) }
        ) {
            "\($0.file)#\($0.block)"
        }
        return blocks.keys.sorted().compactMap { key -> Violation? in
            let told = blocks[key] ?? []
            guard let install = told.first(where: { $0.words.first == "composer" && $0.words.contains("--no-dev") }),
                told.contains(where: { $0.words.contains("migrate") || $0.words.contains("config:cache") }),
                !told.contains(where: {
                    $0.words.contains("build") || $0.words.contains("rsync") || $0.words.contains("scp")
                        || $0.words.contains("production") && $0.words.first == "npm"
                })
            else { return nil }
            return Violation(
                file: install.file, line: install.line,
                "public/build is made by no step; write after it: npm ci && npm run build")
        }
    }

    private static func asksForManifest(_ repository: CheckedRepository) -> Bool {
        repository.tree.files(under: "resources/views").contains { entry in
            repository.tree.bytes(entry.path).map { ByteSearch.contains("@vite(".utf8, in: $0) } ?? false
        }
    }

    /// There is no role named user.
    static let guideWithoutRoles = Rule(
        "AP264", .warning, "the steps for production leave out the seed that makes the roles",
        why: "The code gives every new account a role, and only a seeder makes the roles: after migrate alone each "
            + "registration ends with \"There is no role named\".",
        catches: [
            [
                "DEPLOY.md": "```sh\ncomposer install --no-dev\nphp artisan migrate --force\n```\n",
                "app/Actions/CreateNewUser.php": "<?php\n$user->assignRole('customer');\n",
                "database/seeders/RoleSeeder.php": "<?php\nRole::findOrCreate('customer');\n",
            ]
        ],
        passes: [
            [
                "DEPLOY.md": "```sh\ncomposer install --no-dev\nphp artisan migrate --force --seed\n```\n",
                "app/Actions/CreateNewUser.php": "<?php\n$user->assignRole('customer');\n",
                "database/seeders/RoleSeeder.php": "<?php\nRole::findOrCreate('customer');\n",
            ],
            [
                "DEPLOY.md": "```sh\ncomposer install --no-dev\nphp artisan migrate --force\n```\n",
                "app/Actions/CreateNewUser.php": "<?php\n$user->assignRole('customer');\n",
                "database/migrations/2026_01_01_roles.php": "<?php\nRole::findOrCreate('customer');\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, repository.tree.hasDirectory("database/seeders") else { return [] }
        let makers = holders(of: ["Role::create(", "Role::findOrCreate(", "Role::firstOrCreate("], in: repository)
        guard !makers.isEmpty, makers.allSatisfy({ $0.hasPrefix("database/seeders/") }),
            holders(of: ["->assignRole("], in: repository).contains(where: { $0.hasPrefix("app/") })
        else { return [] }
        let blocks = Dictionary(
            grouping: repository.toldCommands.filter { [.document, .script, .remote].contains($0.teller) }
        ) { "\($0.file)#\($0.block)" }
        return blocks.keys.sorted().compactMap { key -> Violation? in
            let told = blocks[key] ?? []
            guard told.contains(where: { $0.words.first == "composer" && $0.words.contains("--no-dev") }),
                let migrate = told.first(where: { $0.words.contains("artisan") && $0.words.contains("migrate") }),
                !told.contains(where: { $0.words.contains("--seed") || $0.words.contains("db:seed") })
            else { return nil }
            let seeder = SourceTree.Entry(path: makers[0]).name.prefix { $0 != "." }
            return Violation(
                file: migrate.file, line: migrate.line,
                "\(makers[0]) alone makes the roles; write after it: php artisan db:seed --force --class=\(seeder)")
        }
    }

    /// PHP files that hold one of the texts.
    private static func holders(of signs: [String], in repository: CheckedRepository) -> [String] {
        repository.tree.files(ending: "php").filter { entry in
            guard !entry.path.contains("vendor/"), !entry.path.hasPrefix("tests/"),
                let bytes = repository.tree.bytes(entry.path)
            else { return false }
            return signs.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }.map(\.path)
    }

    /// Unknown command.
    static let unknownManageCommand = Rule(
        "AP258", .warning, "a command of manage.py does not exist",
        why: "Django ends with \"Unknown command\": the step is missing, and a script with set -e ends there.",
        catches: [
            [
                "entrypoint.sh": "#!/bin/sh\nset -e\npython manage.py wait_for_db\nexec gunicorn shop.wsgi\n",
                "manage.py": "from django.core.management import execute_from_command_line\n",
                "requirements.txt": "django==5.2\n",
            ],
            [
                "README.md": "`python manage.py load_products`\n", "manage.py": "execute_from_command_line(sys.argv)\n",
                "requirements.txt": "django==5.2\n", "shop/management/commands/load_product.py": "class Command: ...\n",
            ],
        ],
        passes: [
            [
                "README.md": "```sh\npython manage.py migrate\npython manage.py load_products\n```\n",
                "manage.py": "execute_from_command_line(sys.argv)\n",
                "requirements.txt": "django==5.2\n",
                "shop/management/commands/load_products.py": "class Command: ...\n",
            ],
            [
                "README.md": "`python manage.py shell_plus`\n", "manage.py": "execute_from_command_line(sys.argv)\n",
                "requirements.txt": "django-extensions\n",
            ],
            ["README.md": "`python manage.py create_db`\n", "manage.py": "cli = FlaskGroup(app)\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let managers = repository.tree.files(named: "manage.py")
        guard !managers.isEmpty,
            managers.allSatisfy({ repository.tree.text($0.path)?.contains("execute_from_command_line") == true })
        else { return [] }
        let own = Set(
            repository.tree.entries.filter { $0.path.contains("management/commands/") }.map {
                String($0.name.dropLast(3))
            })
        return repository.toldCommands.compactMap { told in
            let words = told.command.words.map(\.text)
            guard let place = words.firstIndex(where: { $0 == "manage.py" || $0.hasSuffix("/manage.py") }),
                words.indices.contains(place + 1)
            else { return nil }
            let name = words[place + 1]
            guard ToldCommand.isPlain(name), !name.hasPrefix("-"),
                name.allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "_" }),
                !ManageCommands.known.contains(name), !own.contains(name), !["command", "name"].contains(name),
                !ManageCommands.packages.contains(where: { package in
                    repository.pythonRequirements.contains { $0.contains(package.0) } && name.hasPrefix(package.1)
                })
            else { return nil }
            let near =
                NearestWord.of(name, among: own.union(ManageCommands.known)).map { "write: \($0)" }
                ?? "add management/commands/\(name).py, or delete the step"
            return Violation(
                file: told.file, line: told.line, "Django and this project have no command \(name); \(near)",
                severity: told.severity)
        }
    }
}

/// What manage.py knows by itself, and by packages that add commands.
private enum ManageCommands {
    static let known: Set<String> = [
        "check", "compilemessages", "createcachetable", "dbshell", "diffsettings", "dumpdata", "flush", "inspectdb",
        "loaddata", "makemessages",
        "makemigrations", "migrate", "optimizemigration", "runserver", "sendtestemail", "shell", "showmigrations",
        "sqlflush", "sqlmigrate",
        "sqlsequencereset", "squashmigrations", "startapp", "startproject", "test", "testserver", "changepassword",
        "createsuperuser",
        "clearsessions", "collectstatic", "findstatic", "remove_stale_contenttypes", "ogrinspect", "help", "version",
    ]
    /// Packages, and how their commands begin; an empty beginning stands for many.
    static let packages: [(String, String)] = [
        ("django-extensions", ""), ("django_extensions", ""), ("wagtail", ""), ("django-cms", ""), ("channels", "run"),
        ("daphne", "run"), ("drf-spectacular", "spectacular"),
        ("django-q", "q"), ("django-rq", "rq"), ("django-celery", ""), ("huey", "run_huey"),
        ("dramatiq", "rundramatiq"), ("tailwind", "tailwind"),
        ("compress", "compress"), ("haystack", ""), ("elasticsearch", "search"), ("import-export", "import"),
        ("axes", "axes"), ("silk", "silk"),
        ("simple-history", ""), ("reversion", ""), ("modeltranslation", ""), ("oscar", "oscar"), ("guardian", ""),
        ("oauth", ""), ("tenant", ""), ("crontab", "crontab"),
        ("background-tasks", "process_tasks"), ("wait-for-db", "wait_for"), ("probes", "wait_for"),
        ("django-db", "wait_for"), ("mptt", ""), ("graphene", "graphql"), ("strawberry", "export"),
        ("dbbackup", ""), ("django-health", "health"), ("health-check", "health"), ("procrastinate", ""),
        ("apscheduler", "run"), ("livereload", "livereload"),
        ("cookiecutter", ""), ("sslserver", "runsslserver"), ("werkzeug", "runserver"), ("webpack", ""), ("vite", ""),
        ("constance", "constance"), ("waffle", "waffle"), ("cacheops", ""),
        ("two-factor", "two_factor"), ("allauth", ""), ("rest-auth", ""), ("rest_framework", "generateschema"),
        ("djangorestframework", "generateschema"), ("anymail", ""), ("scheduler", ""),
        ("django-tasks", "db_worker"), ("hijack", ""), ("parler", ""), ("thumbnail", "thumbnail"), ("imagekit", ""),
        ("storages", ""), ("ninja", "export"), ("watchman", ""), ("unfold", ""), ("seed", "seed"), ("fixture", ""),
    ]
}
