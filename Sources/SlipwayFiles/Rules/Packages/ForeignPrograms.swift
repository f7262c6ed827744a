// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// /bin/sh: php: not found
    static let foreignProgram = Rule(
        "AP381", .error, "a front end's build calls a program that its image does not have",
        why:
            "The image of Node.js has Node.js. A build that asks PHP for the routes, or Python for a file, ends with: "
            + "not found.",
        catches: [
            [
                "Dockerfile": "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7.0.0\"}}",
                "vite.config.ts":
                    "import { wayfinder } from '@laravel/vite-plugin-wayfinder';\nexport default { plugins: [wayfinder()] };\n",
            ],
            [
                "Dockerfile": "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"php artisan ziggy:generate && vite build\"}}",
            ],
            [
                "Dockerfile": "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"prebuild\":\"python3 routes.py\",\"build\":\"vite build\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22-alpine\nRUN apk add --no-cache php84\nWORKDIR /app\nCOPY . .\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"php artisan ziggy:generate && vite build\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"prebuild\":\"python3 routes.py\",\"build\":\"vite build\"}}",
            ],
            [
                "Dockerfile": "FROM php:8.4-fpm\nRUN apt-get install nodejs\nCOPY . .\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"php artisan ziggy:generate && vite build\"}}",
            ],
            [
                "Dockerfile": "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "vite.config.ts":
                    "import { wayfinder } from '@laravel/vite-plugin-wayfinder';\nconst plugins = process.env.CI ? [] : [wayfinder()];\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.flatMap { unit -> [Violation] in
            guard let folder = BuildContexts.of(unit).first else { return [] }
            return unit.dockerfile.stages.compactMap { stage in
                violation(unit.dockerfile, stage, [folder, unit.app?.directory ?? folder], repository)
            }
        }
    }

    private static func violation(
        _ dockerfile: CheckedDockerfile, _ stage: DockerfileStage, _ folders: [String], _ repository: CheckedRepository
    ) -> Violation? {
        let steps = dockerfile.lineage(of: stage)
        guard case let base = dockerfile.rootImage(of: stage), ImageName(base).repository == "node" else { return nil }
        let runs = steps.filter { $0.keyword == "RUN" }
        guard let build = runs.first(where: { isBuild($0.text) }) else { return nil }
        let folder = folders.first { repository.tree.contains(GoPath.clean($0 + "/package.json")) }
        guard let folder, let (program, why) = needed(GoPath.clean(folder), repository.tree) else { return nil }
        // node itself without a suffix is Debian with Python.
        let isWhole = !base.contains("alpine") && !base.contains("slim")
        guard !(isWhole && program.hasPrefix("python")) else { return nil }
        let stem = program.prefix { $0.isLetter }
        let isInstalled =
            runs.contains {
                $0.line < build.line && $0.text.contains(stem) || $0.line == build.line && $0.text.contains("apk add")
            }
            || steps.contains {
                $0.keyword == "COPY" && $0.flag("from") != nil && $0.text.contains(stem)
            }
        guard !isInstalled else { return nil }
        return Violation(
            file: dockerfile.location, line: build.line,
            "\(why) calls \(program), which \(base) does not have; build in an image that has both, or install it before"
        )
    }

    private static func isBuild(_ text: String) -> Bool {
        ["npm run build", "yarn build", "yarn run build", "pnpm build", "pnpm run build"].contains(where: text.contains)
    }

    /// The program of another language that the build calls, and what calls it.
    private static func needed(_ folder: String, _ tree: SourceTree) -> (program: String, why: String)? {
        let manifest = GoPath.clean(folder + "/package.json")
        let scripts = tree.text(manifest).flatMap { JSONDocument(parsing: $0).root?["scripts"] }
        for name in ["prebuild", "build", "postbuild"] {
            guard let text = scripts?[name]?.text else { continue }
            let programs: Set<String> = [
                "php", "python", "python3", "composer", "bundle", "go", "cargo", "java", "mvn",
            ]
            for command in ShellProgram(parsing: text).commands
            where programs.contains(command.name) && !command.isFollowedByOr && !command.isCondition {
                return (command.name, "the script \(name)")
            }
        }
        for ending in ["ts", "js", "mts", "mjs"] {
            let path = GoPath.clean(folder + "/vite.config." + ending)
            guard let text = tree.text(path), text.contains("vite-plugin-wayfinder"), !text.contains("process.env"),
                !text.contains("command ===")
            else { continue }
            return ("php", "the plugin wayfinder of \(path)")
        }
        return nil
    }
}
