// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Unable to read the "/app/.env" environment file.
    static let symfonyWithoutDotenv = Rule(
        "AP386", .error, "Symfony wants a .env, and none is in the repository",
        why:
            "The runtime reads .env at every start and ends when the file is missing, whatever the environment holds: the "
            + "console in the image's build fails, and so does every request. Symfony means the file to be in git, without "
            + "secrets.",
        catches: [
            [
                "Dockerfile": "FROM php:8.4-apache\nCOPY . .\nRUN composer install\nRUN php bin/console cache:clear\n",
                "composer.json": "{\"require\":{\"symfony/dotenv\":\"7.*\",\"symfony/runtime\":\"7.*\"}}",
                "bin/console": "<?php\nrequire_once dirname(__DIR__).'/vendor/autoload_runtime.php';\n",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM php:8.4-apache\nCOPY . .\nRUN composer install\n", ".env": "APP_ENV=dev\n",
                "composer.json": "{\"require\":{\"symfony/dotenv\":\"7.*\",\"symfony/runtime\":\"7.*\"}}",
                "bin/console": "<?php\nrequire_once dirname(__DIR__).'/vendor/autoload_runtime.php';\n",
            ],
            [
                "Dockerfile": "FROM php:8.4-apache\nCOPY . .\nRUN composer install && composer dump-env prod\n",
                "composer.json": "{\"require\":{\"symfony/dotenv\":\"7.*\",\"symfony/runtime\":\"7.*\"}}",
                "bin/console": "<?php\nrequire_once dirname(__DIR__).'/vendor/autoload_runtime.php';\n",
            ],
            [
                "Dockerfile": "FROM php:8.4-apache\nCOPY . .\nRUN touch .env && composer install\n",
                "composer.json": "{\"require\":{\"symfony/dotenv\":\"7.*\",\"symfony/runtime\":\"7.*\"}}",
                "bin/console": "<?php\nrequire_once dirname(__DIR__).'/vendor/autoload_runtime.php';\n",
            ],
        ]
    ) { repository in
        let tree = repository.tree
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard !unit.isForDevelopment, !unit.mountsItsSource,
                let folder = BuildContexts.of(unit).first(where: { readsDotenv(in: $0, tree) }),
                !has(".env", in: folder, repository), !has(".env.dist", in: folder, repository),
                !has(".env.local.php", in: folder, repository), !isMade(by: unit, in: repository)
            else { return nil }
            let steps = unit.instructions
            let console = steps.first { $0.keyword == "RUN" && $0.text.contains("bin/console") }
            let copy = steps.last { $0.keyword == "COPY" && $0.flag("from") == nil }
            return Violation(
                file: unit.dockerfile.location, line: (console ?? copy ?? steps.last)?.line ?? 1,
                "\(GoPath.clean(folder + "/.env")) is not in git, and Symfony ends without it; add the file without secrets, "
                    + "or write before this: RUN touch .env")
        }
    }

    private static func readsDotenv(in folder: String, _ tree: SourceTree) -> Bool {
        guard let manifest = tree.text(GoPath.clean(folder + "/composer.json")), manifest.contains("\"symfony/dotenv\"")
        else { return false }
        guard !manifest.contains("\"disable_dotenv\": true"), !manifest.contains("\"dotenv_path\"") else {
            return false
        }
        let console = tree.text(GoPath.clean(folder + "/bin/console")) ?? ""
        return console.contains("autoload_runtime.php") && manifest.contains("\"symfony/runtime\"")
            || console.contains("bootEnv(dirname(__DIR__).'/.env')")
    }

    private static func has(_ name: String, in folder: String, _ repository: CheckedRepository) -> Bool {
        let path = GoPath.clean(folder + "/" + name)
        return repository.tree.contains(path) || repository.tracked?.contains(path) == true
    }

    /// Whether a step or a file of the deployment makes it.
    private static func isMade(by unit: DeployedUnit, in repository: CheckedRepository) -> Bool {
        let signs = [".env", "dump-env"]
        let isInImage = unit.instructions.contains { instruction in
            switch instruction.keyword {
            case "RUN": signs.contains(where: instruction.text.contains)
            case "COPY", "ADD": instruction.arguments.contains { $0.contains(".env") }
            case "ENV", "ARG": instruction.text.contains("DOTENV")
            default: false
            }
        }
        let isMounted = unit.service?.mounts.contains { $0.target.contains(".env") } == true
        let isWritten = (repository.workflows.map(\.text) + repository.scripts.map(\.text)).contains { text in
            text.contains("> .env") || text.contains(">.env") || text.contains(" .env\n") || text.contains("dump-env")
                || text.contains("/.env")
        }
        return isInImage || isMounted || isWritten
    }
}
