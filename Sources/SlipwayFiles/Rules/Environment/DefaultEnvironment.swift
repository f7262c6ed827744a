// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The profiler and every error's details for everybody.
    static let symfonyInDevelopment = Rule(
        "EN235", .warning, "the container runs Symfony in the dev environment",
        why:
            "The committed .env says dev and nobody says otherwise: the profiler, the source around every error and the "
            + "settings are open to every visitor.",
        catches: [
            [
                ".env": "APP_ENV=dev\nAPP_SECRET=\n", "Dockerfile": "FROM php:8.3-fpm\nCOPY . .\n",
                "composer.json": "{\"require\":{\"symfony/framework-bundle\":\"7.*\"}}",
                "docker-compose.yml": "services:\n  php:\n    build: .\n    restart: always\n",
            ]
        ],
        passes: [
            [
                ".env": "APP_ENV=dev\nAPP_SECRET=\n", "Dockerfile": "FROM php:8.3-fpm\nENV APP_ENV=prod\nCOPY . .\n",
                "composer.json": "{\"require\":{\"symfony/framework-bundle\":\"7.*\"}}",
                "docker-compose.yml": "services:\n  php:\n    build: .\n",
            ],
            [
                ".env": "APP_ENV=dev\nAPP_SECRET=\n", "Dockerfile": "FROM php:8.3-fpm\nCOPY . .\n",
                "composer.json": "{\"require\":{\"symfony/framework-bundle\":\"7.*\"}}",
                "docker-compose.dev.yml": "services:\n  php:\n    build: .\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let units = repository.images.filter { unit in
            !unit.isForDevelopment && unit.dockerfile.finalBase.map { ImageName($0).name } == "php"
        }
        guard !units.isEmpty, !isGiven(in: repository) else { return [] }
        return repository.tree.files(named: "composer.json").compactMap { entry in
            let path = GoPath.clean(entry.directory + "/.env")
            guard repository.tree.text(entry.path)?.contains("\"symfony/framework-bundle\"") == true,
                let text = repository.tree.text(path),
                let environment = Dotenv(parsing: text).assignments.last(where: { $0.name == "APP_ENV" }),
                environment.value == "dev"
            else { return nil }
            return Violation(
                file: path, line: environment.line,
                "dev is what \(units[0].name) runs with; add to \(units[0].dockerfile.location): ENV APP_ENV=prod")
        }
    }

    /// Whether any file that deploys names the environment.
    private static func isGiven(in repository: CheckedRepository) -> Bool {
        let endings = [".yml", ".yaml", ".sh", ".toml", ".ini", ".conf", ".service"]
        return repository.tree.entries.contains { entry in
            guard
                endings.contains(where: entry.name.hasSuffix) || entry.name.contains("Dockerfile")
                    || ["Makefile", "Procfile", ".env.prod", ".env.docker", ".env.local.dist"].contains(entry.name),
                !entry.path.contains("vendor/"), !entry.path.hasPrefix("config/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 200_000
            else { return false }
            return ByteSearch.contains("APP_ENV".utf8, in: bytes) || ByteSearch.contains("dump-env".utf8, in: bytes)
                || ByteSearch.contains("env_file".utf8, in: bytes)
        }
    }

    /// Whoever reads the page can log in.
    static let serverPasswordInDocument = Rule(
        "EN236", .error, "a document holds the password of a server",
        why: "Everybody with a copy of the repository can log in, also after the line was deleted: git keeps it.",
        catches: [
            ["STATUS.md": "## Server\nSSH: ssh root@203.0.113.7\nPassword: Xz51r6UYEK4Qi7a\n"],
            ["docs/server.md": "ssh deploy@203.0.113.7\n\nŞifre: `Xz51r6UYEK4Qi7a`\n"],
        ],
        passes: [
            ["STATUS.md": "ssh root@203.0.113.7\nPassword: ask the team\n"],
            ["STATUS.md": "ssh root@203.0.113.7\nPassword: <your-password>\n"],
            ["STATUS.md": "ssh user@192.168.1.2\n\n\n\n\n\nPassword: Xz51r6UYEK4Qi7a\n"],
        ]
    ) { repository in
        repository.tree.entries.compactMap { entry in
            guard [".md", ".txt", ".rst", ".adoc"].contains(where: entry.name.hasSuffix),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 500_000,
                ByteSearch.contains("ssh ".utf8, in: bytes), let text = repository.tree.text(entry.path)
            else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where isLogin(line) {
                for next in index...min(index + 3, lines.count - 1) where isPassword(lines[next]) {
                    return Violation(
                        file: entry.path, line: next + 1,
                        "the password of \(line.trimmed.split(separator: " ").last ?? "the server") is in every copy of the "
                            + "repository; change it on the server, and delete the line")
                }
            }
            return nil
        }
    }

    /// `ssh root@203.0.113.7`
    private static func isLogin(_ line: Substring) -> Bool {
        let words = line.split { " `".contains($0) }
        guard let place = words.firstIndex(of: "ssh") else { return false }
        return words[(place + 1)...].contains { word in
            guard let at = word.firstIndex(of: "@") else { return false }
            let numbers = word[word.index(after: at)...].split(separator: ".")
            return numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil }
        }
    }

    private static func isPassword(_ line: Substring) -> Bool {
        guard let colon = line.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return false }
        let names = [
            "password", "passwort", "parola", "şifre", "sifre", "senha", "contraseña", "mot de passe", "пароль", "密码",
        ]
        let name = line[..<colon].lowercased()
        let value = line[line.index(after: colon)...].trimmed.filter { $0 != "`" && $0 != "*" && $0 != "\"" }
        return names.contains(where: name.contains) && value.utf8.count >= 8 && !value.contains(" ")
            && value.contains(where: \.isNumber) && value.contains(where: \.isLetter) && !value.contains("<")
            && !value.contains("$") && !["your", "example", "change"].contains(where: value.lowercased().contains)
    }
}
