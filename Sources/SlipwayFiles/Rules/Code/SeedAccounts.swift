// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Everybody can read how to log in.
    static let seedAccount = Rule(
        "EN243", .warning, "a seed makes an account with rights and a password that stands in the code",
        why: "Whoever reads the repository can log in wherever the seed has run, and nothing keeps it from running in "
            + "production.",
        catches: [
            [
                "Dockerfile": "FROM node:22\n",
                "prisma/seed.ts":
                    "await prisma.user.create({\n  data: { email: 'admin@shop.example', role: 'ADMIN', password: await hash('Admin123!', 10) },\n})\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\n",
                "scripts/seed.py":
                    "USERS = {\n    \"director\": {\"email\": \"d@a.example\", \"password\": \"Admin123!\"},\n}\n",
            ],
            [
                "Dockerfile": "FROM ruby:3.4\n",
                "db/seeds.rb": "User.create!(email: 'admin@a.example', password: 'secret12', admin: true)\n",
            ],
            [
                "Dockerfile": "FROM php:8.4\n",
                "database/seeds/UserSeeder.php":
                    "User::create([\n  User::EMAIL => 'admin@a.example',\n  User::PASSWORD => Hash::make('admin'),\n]);\n",
            ],
            [
                "Dockerfile": "FROM node:22\n",
                "prisma/seed.ts":
                    "const name = 'admin'\nconst password = process.env.DEFAULT_PASSWORD ?? 'shop2025'\nawait prisma.user.create({ data: { name, hash: await hash(password, 12) } })\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\n",
                "scripts/create_admin.py":
                    "import os\nPASSWORD = os.getenv('ADMIN_PASSWORD', 'Admin123!')\ncreate('admin', PASSWORD)\n",
            ],
            [
                "deploy.sh": "npm ci\n",
                "db.js":
                    "const hash = bcrypt.hashSync(\"123\", 10);\ndb.run(\n  `INSERT INTO users (email, password_hash, role) VALUES (?, ?, ?)`,\n  [\"admin@a.example\", hash, \"admin\"]\n);\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21\n",
                "src/main/java/a/DataInitializer.java":
                    "User admin = new User();\nadmin.setPassword(passwordEncoder.encode(\"admin123\"));\nadmin.setRole(Role.ADMIN);\nusers.save(admin);\n",
            ],
            [
                "Dockerfile": "FROM postgres:17\n",
                "db/init.sql":
                    "INSERT INTO users (username, password, role)\nVALUES ('admin', crypt('admin123', gen_salt('bf')), 'ADMIN');\n",
            ],
            [
                "Dockerfile": "FROM python:3.13\n",
                "start.sh":
                    "python manage.py shell -c \"U.objects.create_superuser('admin', 'a@a.example', 'admin123')\"\n",
            ],
            [
                "Procfile": "web: sh start.sh\n",
                "start.sh": "python manage.py create_dev_superuser\ngunicorn a.wsgi\n",
                "a/management/commands/create_dev_superuser.py":
                    "password = env('DJANGO_SUPERUSER_PASSWORD', default='admin123')\nUser.objects.create_superuser('a', password)\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\n",
                "prisma/seed.ts":
                    "await prisma.user.create({ data: { role: 'ADMIN', password: await hash(process.env.ADMIN_PASSWORD, 10) } })\n",
            ],
            [
                "Dockerfile": "FROM ruby:3.4\n",
                "db/seeds.rb":
                    "unless Rails.env.production?\n  User.create!(email: 'admin@a.example', password: 'secret12')\nend\n",
            ],
            [
                "Dockerfile": "FROM ruby:3.4\n",
                "db/seeds.rb":
                    "if Rails.env.development?\n  User.create!(email: 'admin@a.example', password: 'secret12')\nend\n",
            ],
            ["Dockerfile": "FROM node:22\n", "tests/seed.ts": "create({ role: 'ADMIN', password: 'Admin123!' })\n"],
            [
                "Dockerfile": "FROM node:22\n",
                "src/login.js": "const labels = { password: 'Passwort', admin: 'Verwalter' }\n",
            ],
            [
                "Dockerfile": "FROM node:22\n",
                "src/start.js":
                    "if (process.env.NODE_ENV !== 'production') {\n  await User.create({ email: 'admin@a.example', password: 'Admin123!' })\n}\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21\n",
                "src/main/java/a/Demo.java":
                    "@Profile(\"dev\")\nclass Demo {\n  void run() { admin.setPassword(encoder.encode(\"admin123\")); users.save(admin); }\n}\n",
            ],
            [
                "Dockerfile": "FROM postgres:17\n",
                "db/init.sql": "INSERT INTO users (username, password, role) VALUES ('admin', :password, 'ADMIN');\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let endings = [
            ".ts", ".js", ".mjs", ".cjs", ".py", ".rb", ".php", ".exs", ".go", ".java", ".kt", ".cs", ".sql", ".sh",
        ]
        let words = ["assword", "PASSWORD", "crypt(", "hashPin(", "create_superuser", "createAsync("]
        let started = StartingText.hiddenCode(in: repository, StartingText.all(in: repository), endings, words)
        return (repository.code(endings, with: words) + started).compactMap { code in
            guard !isAside(code.path), let account = ConstantAccount.first(in: code, isSeed: isSeed(code.path)) else {
                return nil
            }
            return Violation(
                file: code.path, line: account.line,
                account.isFallback
                    ? "where the variable is not set everybody can read the password; delete it here, and end without one"
                    : "everybody can read this password; take it from a variable, and end without it: ADMIN_PASSWORD")
        }
    }

    /// Texts for people and what only browsers see.
    private static func isAside(_ path: String) -> Bool {
        let lower = path.lowercased()
        return ["locale", "i18n", "/lang/", "translation", "/messages", "site-packages", "cypress", "playwright"]
            .contains(
                where: lower.contains)
    }

    private static func isSeed(_ path: String) -> Bool {
        let name = SourceTree.Entry(path: path).name.lowercased()
        let words = [
            "seed", "initial_data", "initdata", "init_db", "create_admin", "create-admin", "createadmin",
            "bootstrap_admin", "superuser", "superadmin", "ensure_admin", "setup_admin", "init_admin", "initadmin",
            "add_admin", "make_admin", "reset_admin", "default_admin",
        ]
        return words.contains(where: name.contains) || path.lowercased().contains("seeds/") || path.contains("seeders/")
    }
}
