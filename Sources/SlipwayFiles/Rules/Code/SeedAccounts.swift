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
            ["Dockerfile": "FROM node:22\n", "tests/seed.ts": "create({ role: 'ADMIN', password: 'Admin123!' })\n"],
        ]
    ) { repository in
        guard repository.isWhole,
            !repository.dockerfiles.isEmpty || !repository.procfiles.isEmpty || !repository.flyFiles.isEmpty
                || !repository.renderBlueprints.isEmpty
        else { return [] }
        let endings = [".ts", ".js", ".mjs", ".cjs", ".py", ".rb", ".php", ".exs", ".go", ".java", ".kt", ".cs"]
        return repository.code(endings, with: ["assword", "PASSWORD", "crypt("]).compactMap { code in
            let name = SourceTree.Entry(path: code.path).name.lowercased()
            let isSeed =
                [
                    "seed", "initial_data", "initdata", "init_db", "create_admin", "create-admin", "createadmin",
                    "bootstrap_admin",
                ]
                .contains(where: name.contains) || code.path.lowercased().contains("seeds/")
                || code.path.contains("seeders/")
            guard isSeed,
                code.line(withAny: ["production", ":prod", "IsDevelopment", "app()->environment", "app.debug"]) == nil,
                let index = code.bare.indices.first(where: {
                    hasPassword(code.bare[$0]) || fallsBack(code.bare[$0])
                })
            else { return nil }
            // The account's rights stand around its password, or its name says them.
            let around = code.bare[max(0, index - 14)...min(index + 14, code.bare.count - 1)].joined().lowercased()
            guard
                ["admin", "superuser", "director", "manager", "root@", "owner", "staff"].contains(
                    where: around.contains)
            else {
                return nil
            }
            return Violation(
                file: code.path, line: index + 1,
                fallsBack(code.bare[index])
                    ? "where the variable is not set everybody can read the password; delete it here, and end without one"
                    : "everybody can read this password; take it from a variable, and end without it: ADMIN_PASSWORD")
        }
    }

    /// `process.env.ADMIN_PASSWORD || 'text'`, `os.getenv('ADMIN_PASSWORD', 'text')`.
    private static func fallsBack(_ line: String) -> Bool {
        let lower = line.lowercased()
        guard lower.contains("env"), lower.contains("password"), !lower.contains("mail"), !lower.contains("db_"),
            !lower.contains("postgres"), !lower.contains("mysql"), !lower.contains("smtp")
        else { return false }
        return ["password||'", "password??'", "password']||'", "password']??'", "password','", "password',default='"]
            .contains { opening in
                guard let range = TextSearch.range(of: opening, in: lower[...]) else { return false }
                let value = lower[range.upperBound...].prefix { $0 != "'" }
                return value.utf8.count >= 4 && !value.contains("$") && !value.contains("<")
            }
    }

    /// `password: 'text'`, `hash('text'`, `"password": "text"`.
    private static func hasPassword(_ line: String) -> Bool {
        let lower = line.lowercased()
        guard !["env", "getenv", "process.", "faker", "random", "config(", "input("].contains(where: lower.contains)
        else { return false }
        let openings = [
            "password:'", "'password':'", "password='", "'password'=>'", "password:'", "hash('", "hashsync('",
            "hashpassword('",
            "hash_password('", "make('", "bcrypt('", "set_password('", "encode('", "password_hash('", "hashpw('",
            "hash_pwd_salt('",
            "password:awaithash('", "get_password_hash('", "generate_password_hash('", "hashpw(b'",
        ]
        return openings.contains { opening in
            guard let range = TextSearch.range(of: opening, in: lower[...]) else { return false }
            if opening.hasPrefix("make") || opening.hasPrefix("encode") || opening.hasPrefix("hash('"),
                !lower.contains("pass"),
                !lower.contains("hash")
            {
                return false
            }
            let value = lower[range.upperBound...].prefix { $0 != "'" }
            return value.utf8.count >= 4 && value.utf8.count <= 40 && !value.hasPrefix("$2") && !value.contains("{")
                && !value.contains("$") && !value.contains("<")
        }
    }
}
