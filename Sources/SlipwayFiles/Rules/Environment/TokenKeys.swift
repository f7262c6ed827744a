// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// key:generate makes one key, and there are two.
    static let tokenKeyNeverMade = Rule(
        "EN291", .error, "the steps leave out the key that signs Laravel's tokens",
        why:
            "The JWT package signs with JWT_SECRET and has no default: every login ends with \"Secret is not set\". "
            + "artisan key:generate makes APP_KEY alone.",
        catches: [
            [
                ".env.deploy": "APP_KEY=\nDB_HOST=127.0.0.1\n",
                ".gitlab-ci.yml":
                    "build:\n  script:\n    - cp .env.deploy .env\n    - php artisan key:generate\n    - php artisan migrate --force\n",
                "composer.json": "{\"require\":{\"tymon/jwt-auth\":\"^2\"}}",
            ],
            [
                ".env.example": "APP_KEY=\nJWT_SECRET=\n",
                "README.md":
                    "```bash\ncp .env.example .env\nphp artisan key:generate\nphp artisan migrate\nphp artisan serve\n```\n",
                "composer.json": "{\"require\":{\"php-open-source-saver/jwt-auth\":\"^2\"}}",
            ],
        ],
        passes: [
            [
                ".env.deploy": "APP_KEY=\nDB_HOST=127.0.0.1\n",
                ".gitlab-ci.yml":
                    "build:\n  script:\n    - cp .env.deploy .env\n    - php artisan key:generate\n    - php artisan jwt:secret --force\n",
                "composer.json": "{\"require\":{\"tymon/jwt-auth\":\"^2\"}}",
            ],
            [
                ".env.deploy": "APP_KEY=\n",
                ".gitlab-ci.yml":
                    "build:\n  script:\n    - cp .env.deploy .env\n    - php artisan key:generate\n    - echo \"JWT_SECRET=$JWT_SECRET\" >> .env\n",
                "composer.json": "{\"require\":{\"tymon/jwt-auth\":\"^2\"}}",
            ],
            [
                ".env.example": "APP_KEY=\n",
                "README.md": "```bash\ncp .env.example .env\nphp artisan key:generate\n```\n",
                "composer.json": "{\"require\":{\"laravel/sanctum\":\"^4\"}}",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole, let manifest = tree.text("composer.json"), manifest.contains("/jwt-auth\"") else {
            return []
        }
        var seen: Set<String> = []
        return repository.toldCommands.compactMap { told in
            let words = told.words
            guard words.count == 3, words[0] == "cp", ToldCommand.isPlain(words[1]), words[2] == ".env",
                let text = tree.text(told.file), !text.contains("jwt:secret"), !text.contains("JWT_SECRET"),
                // Older versions called it so.
                !text.contains("jwt:generate"),
                text.contains("key:generate"), let source = tree.text(words[1]), !hasKey(source),
                seen.insert(words[1]).inserted
            else { return nil }
            return Violation(
                file: words[1], line: 1,
                "\(told.file):\(told.line) makes it .env without a JWT_SECRET; add there, after key:generate: "
                    + "php artisan jwt:secret --force",
                severity: told.teller == .document ? .warning : nil)
        }
    }

    private static func hasKey(_ text: String) -> Bool {
        Dotenv(parsing: text).assignments.contains { assignment in
            ["JWT_SECRET", "JWT_PRIVATE_KEY"].contains(assignment.name) && !(assignment.value ?? "").isEmpty
        }
    }
}
