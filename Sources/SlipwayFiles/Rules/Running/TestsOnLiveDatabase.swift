// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Tests that clean up before they begin.
    static let testsOnLiveDatabase = Rule(
        "AP323", .error, "the pipeline's tests empty the database that the application uses",
        why:
            "Laravel's RefreshDatabase drops every table before the first test. Without a database of their own in "
            + "phpunit.xml or .env.testing the tests take the one of .env, which the deployment has just filled.",
        catches: [
            [
                ".env.deploy": "DB_DATABASE=shop\n",
                ".gitlab-ci.yml":
                    "build:\n  script:\n    - cp .env.deploy .env\n    - php artisan migrate --force\ntest:\n  script:\n    - php ./vendor/bin/phpunit\n",
                "composer.json": "{\"require\":{\"laravel/framework\":\"^12\"}}",
                "phpunit.xml":
                    "<phpunit>\n  <php>\n    <server name=\"APP_ENV\" value=\"testing\"/>\n  </php>\n</phpunit>\n",
                "tests/Feature/LoginTest.php": "<?php\nclass LoginTest { use RefreshDatabase; }\n",
            ],
            [
                "composer.json": "{\"require\":{\"laravel/framework\":\"^12\"}}",
                "deploy.sh": "#!/bin/sh\nset -e\ngit pull\nphp artisan test\nphp artisan migrate --force\n",
                "phpunit.xml":
                    "<phpunit>\n  <php>\n    <!-- <env name=\"DB_DATABASE\" value=\":memory:\"/> -->\n  </php>\n</phpunit>\n",
                "tests/Feature/LoginTest.php": "<?php\nuses(RefreshDatabase::class);\n",
            ],
        ],
        passes: [
            [
                "composer.json": "{\"require\":{\"laravel/framework\":\"^12\"}}",
                "deploy.sh": "#!/bin/sh\nset -e\ngit pull\nphp artisan test\nphp artisan migrate --force\n",
                "phpunit.xml":
                    "<phpunit>\n  <php>\n    <env name=\"DB_DATABASE\" value=\":memory:\"/>\n  </php>\n</phpunit>\n",
                "tests/Feature/LoginTest.php": "<?php\nuses(RefreshDatabase::class);\n",
            ],
            [
                ".gitlab-ci.yml":
                    "test:\n  image: php:8.4\n  services:\n    - mysql:8.4\n  script:\n    - php artisan test\n",
                "composer.json": "{\"require\":{\"laravel/framework\":\"^12\"}}",
                "phpunit.xml": "<phpunit>\n</phpunit>\n",
                "tests/Feature/LoginTest.php": "<?php\nuses(RefreshDatabase::class);\n",
            ],
            [
                "composer.json": "{\"require\":{\"laravel/framework\":\"^12\"}}",
                "deploy.sh": "#!/bin/sh\nset -e\ngit pull\nphp artisan test\nphp artisan migrate --force\n",
                "phpunit.xml": "<phpunit>\n</phpunit>\n",
                "tests/Feature/LoginTest.php": "<?php\nclass LoginTest {}\n",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole, tree.text("composer.json")?.contains("\"laravel/framework\"") == true,
            let settings = ["phpunit.xml", "phpunit.xml.dist"].first(where: tree.contains),
            let text = tree.text(settings),
            !hasOwnDatabase(text), tree.files(under: ".").allSatisfy({ !$0.name.hasPrefix(".env.testing") })
        else { return [] }
        let runs = repository.toldCommands.filter { isTest($0) && reachesDeployed($0, in: repository) }
        guard let run = runs.first, let test = emptyingTest(in: tree) else { return [] }
        return [
            Violation(
                file: run.file, line: run.line,
                "\(test) drops every table of the database in .env; write in \(settings): "
                    + "<env name=\"DB_CONNECTION\" value=\"sqlite\"/> <env name=\"DB_DATABASE\" value=\":memory:\"/>")
        ]
    }

    private static func hasOwnDatabase(_ text: String) -> Bool {
        text.split(separator: "\n").contains { line in
            !line.contains("<!--")
                && ["\"DB_CONNECTION\"", "\"DB_DATABASE\"", "\"DB_URL\"", "\"DATABASE_URL\""].contains {
                    line.contains($0)
                }
        }
    }

    private static func isTest(_ told: ToldCommand) -> Bool {
        let words = told.words
        if words.contains(where: { $0.hasSuffix("vendor/bin/phpunit") || $0.hasSuffix("vendor/bin/pest") }) {
            return true
        }
        return words.first == "php" && words.contains("artisan") && words.contains("test")
    }

    /// Whether it runs where the application's own settings are, and not on a runner with a database of the job's.
    private static func reachesDeployed(_ told: ToldCommand, in repository: CheckedRepository) -> Bool {
        guard [.pipeline, .script, .remote].contains(told.teller), let text = repository.tree.text(told.file) else {
            return false
        }
        let deploys = ["artisan migrate", "git pull", "git clone"].contains { text.contains($0) }
        return deploys && !text.contains("services:") && !text.contains("DB_DATABASE")
            && !text.contains("--env=testing")
    }

    private static func emptyingTest(in tree: SourceTree) -> String? {
        tree.files(ending: "php").first { entry in
            guard entry.path.lowercased().contains("test"), !entry.path.contains("vendor/"),
                let bytes = tree.bytes(entry.path)
            else { return false }
            return ["RefreshDatabase", "DatabaseMigrations", "DatabaseTruncation"].contains {
                ByteSearch.contains($0.utf8, in: bytes)
            }
        }?.path
    }
}
