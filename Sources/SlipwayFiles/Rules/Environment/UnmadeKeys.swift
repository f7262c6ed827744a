// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// MissingAppKeyException
    static let applicationKeyNeverMade = Rule(
        "EN453", .error, "the container gets Laravel's .env, and no step makes its key",
        why:
            "The template leaves APP_KEY empty, and the container takes the copy as it is. Laravel answers every request with "
            + "\"No application encryption key has been specified\".",
        catches: [
            [
                ".env.example": "APP_NAME=Shop\nAPP_KEY=\nDB_HOST=mysql\n", "artisan": "#!/usr/bin/env php\n",
                "compose.yml": "services:\n  app:\n    build: .\n    volumes:\n      - ./.env:/var/www/html/.env:ro\n",
                "composer.json":
                    "{\"scripts\":{\"post-create-project-cmd\":[\"@php artisan key:generate --ansi\"]}}",
            ],
            [
                ".env.example": "APP_KEY=\nDB_HOST=mysql\n",
                "README.md": "cp .env.example .env\ndocker compose up -d\n",
                "artisan": "#!/usr/bin/env php\n",
                "compose.yml": "services:\n  app:\n    build: .\n    env_file: .env\n",
            ],
        ],
        passes: [
            [
                ".env.example": "APP_KEY=\nDB_HOST=mysql\n",
                "README.md": "docker compose run --rm app php artisan key:generate\n",
                "artisan": "#!/usr/bin/env php\n",
                "compose.yml": "services:\n  app:\n    build: .\n    env_file: .env\n",
            ],
            [
                ".env.example": "APP_KEY=\nDB_HOST=mysql\n", "artisan": "#!/usr/bin/env php\n",
                "compose.yml":
                    "services:\n  app:\n    build: .\n    env_file: .env\n    environment:\n      APP_KEY: ${APP_KEY:?}\n",
            ],
            [
                ".env.example": "APP_KEY=\nDB_HOST=mysql\n", "artisan": "#!/usr/bin/env php\n",
                "compose.yml": "services:\n  app:\n    build: .\n    environment:\n      APP_NAME: a\n",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole else { return [] }
        return tree.files(named: "artisan").compactMap { artisan -> Violation? in
            let template = GoPath.clean(artisan.directory + "/.env.example")
            guard let text = tree.text(template),
                let entry = Dotenv(parsing: text).assignments.last(where: {
                    $0.name == "APP_KEY"
                }), (entry.value ?? "").isEmpty,
                let taker = taker(of: GoPath.clean(artisan.directory + "/.env"), in: repository), !isMade(in: tree)
            else { return nil }
            return Violation(
                file: template, line: entry.line,
                "\(taker) hands the copy to the container with an empty key; write beside it: # docker compose run --rm "
                    + "--entrypoint php SERVICE artisan key:generate --show, and put what it prints here")
        }
    }

    /// The Compose service that is given the file, and no key of its own.
    private static func taker(of path: String, in repository: CheckedRepository) -> String? {
        for file in repository.composeFiles {
            for service in file.services where service.build != nil {
                let isGiven =
                    service.environmentFiles.contains { file.resolve($0.path) == path }
                    || service.mounts.contains {
                        $0.kind == .bind && $0.source.flatMap(file.resolve) == path && $0.target.hasSuffix("/.env")
                    }
                if isGiven, !service.environment.contains(where: { $0.name == "APP_KEY" }) {
                    return "\(file.location):\(service.line)"
                }
            }
        }
        return nil
    }

    /// Whether anything tells or does it. Composer does it for whoever makes a new project, and for nobody who clones one.
    private static func isMade(in tree: SourceTree) -> Bool {
        tree.entries.contains { entry in
            guard !entry.path.contains("vendor/"), let bytes = tree.bytes(entry.path), bytes.count < 500_000,
                ByteSearch.contains("key:generate".utf8, in: bytes)
                    || ByteSearch.contains("APP_KEY=base64".utf8, in: bytes)
                    || ByteSearch.contains("APP_KEY:".utf8, in: bytes)
            else { return false }
            guard entry.name == "composer.json",
                let scripts = JSONDocument(parsing: tree.text(entry.path) ?? "").root?["scripts"]
            else { return true }
            return scripts.mapping?.entries.contains { item in
                !["post-create-project-cmd", "post-root-package-install"].contains(item.key)
                    && (item.value.texts ?? [item.value.text ?? ""]).contains { $0.contains("key:generate") }
            } == true
        }
    }
}
