// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The tools that build are not there.
    static let buildWithoutTools = Rule(
        "AP153", .error, "a build after an install without its tools",
        why: "--omit=dev leaves out what builds: the bundler and the compiler are development dependencies.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nENV NODE_ENV=production\nCOPY . .\nRUN npm ci\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"tsc\"},\"devDependencies\":{\"typescript\":\"5\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\nRUN npm run build && npm prune --omit=dev\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci --omit=dev\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"dependencies\":{\"vite\":\"7\"}}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci --only=production=false\nRUN npm run build\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"},\"devDependencies\":{\"vite\":\"7\"}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22\nCOPY . .\nRUN yarn install\nRUN yarn run build && yarn install --production\n",
                "package.json": "{\"scripts\":{\"build\":\"webpack\"},\"devDependencies\":{\"webpack\":\"5\"}}",
            ],
        ]
    ) { repository in
        repository.images.flatMap { unit -> [Violation] in
            let folders =
                [SourceTree.Entry(path: unit.dockerfile.location).directory] + BuildContexts.of(unit).prefix(1)
            let manifest = folders.lazy.compactMap { repository.tree.text(GoPath.clean($0 + "/package.json")) }.first
                .flatMap { JSONDocument(parsing: $0).root }
            guard let manifest, let script = manifest.at("scripts", "build")?.text else { return [] }
            let tools = [
                "vite", "tsc", "webpack", "next", "react-scripts", "vue-cli-service", "ng", "nest", "tsup", "rollup",
                "astro",
            ]
            let packages = [
                "tsc": "typescript", "ng": "@angular/cli", "nest": "@nestjs/cli", "vue-cli-service": "@vue/cli-service",
            ]
            let words = script.split { $0 == " " || $0 == "&" || $0 == ";" }.map(String.init)
            guard let tool = words.first(where: tools.contains) else { return [] }
            let package = packages[tool] ?? tool
            guard manifest["devDependencies"]?[package] != nil, manifest["dependencies"]?[package] == nil else {
                return []
            }
            return unit.dockerfile.stages.compactMap { stage in
                var isBare = false
                var isProduction = false
                for instruction in unit.dockerfile.lineage(of: stage) {
                    let text = instruction.text
                    if instruction.keyword == "ENV" {
                        for (name, value) in instruction.pairs where name == "NODE_ENV" {
                            isProduction = value?.filter { $0 != "\"" } == "production"
                        }
                    }
                    guard instruction.keyword == "RUN" else { continue }
                    let installs =
                        text.contains("npm ci") || text.contains("npm install") || text.contains("yarn install")
                    let omits =
                        ["--omit=dev", "--only=production", "--only=prod", "--production", "--prod "].contains {
                            text.contains($0)
                        } && !text.contains("production=false")
                    let builds = text.contains("run build") || text.contains("yarn build")
                    // What is installed after the build, in the same step, is for what runs.
                    let isBuiltFirst =
                        builds && installs
                        && place(of: ["run build", "yarn build"], in: text)
                            < place(of: ["npm ci", "npm install", "yarn install"], in: text)
                    if isBuiltFirst, !isBare { continue }
                    if installs, !text.contains(" -g"), !text.contains("prune") {
                        isBare =
                            omits
                            || (isProduction && !text.contains("--include=dev") && !text.contains("--production=false"))
                    }
                    if builds, isBare {
                        return Violation(
                            file: unit.dockerfile.location, line: instruction.line,
                            "\(tool) is a development dependency and not installed; write: npm ci here, and npm prune --omit=dev after it"
                        )
                    }
                }
                return nil
            }
        }
    }

    /// Bytes before the first of the phrases; past the end without any.
    private static func place(of phrases: [String], in text: String) -> Int {
        phrases.compactMap {
            text.firstRange(of: $0).map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) }
        }
        .min() ?? .max
    }

    /// The install refuses to guess.
    static let lockFileMissing = Rule(
        "AP154", .error, "an install wants a lock file that is not there",
        why: "npm ci, --frozen-lockfile and --frozen refuse to run without the lock file.",
        catches: [
            ["Dockerfile": "FROM node:22\nCOPY package.json ./\nRUN npm ci\n", "package.json": "{}"],
            ["Dockerfile": "FROM python:3.13\nCOPY pyproject.toml ./\nRUN uv sync --frozen\n", "pyproject.toml": ""],
            [
                "api/Dockerfile": "FROM node:22\nCOPY package.json package-lock.json* ./\nRUN npm ci\n",
                "api/package.json": "{}", "package-lock.json": "{}", "package.json": "{\"workspaces\":[\"api\"]}",
                "README.md": "`docker build -t api ./api`\n",
            ],
        ],
        passes: [
            [
                "api/Dockerfile": "FROM node:22\nCOPY package*.json ./\nCOPY api/package.json api/\nRUN npm ci\n",
                "api/package.json": "{}", "package-lock.json": "{}", "package.json": "{\"workspaces\":[\"api\"]}",
                "README.md": "`docker build -t api -f api/Dockerfile .`\n",
            ],
            [
                "api/Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\n",
                "api/package.json": "{}", "package-lock.json": "{}",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\n", "package.json": "{}",
                "package-lock.json": "{}",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let locks: [(command: String, files: [String])] = [
            ("npm ci", ["package-lock.json", "npm-shrinkwrap.json"]), ("yarn install --frozen-lockfile", ["yarn.lock"]),
            ("yarn install --immutable", ["yarn.lock"]), ("pnpm install --frozen-lockfile", ["pnpm-lock.yaml"]),
            ("uv sync --frozen", ["uv.lock"]), ("uv sync --locked", ["uv.lock"]), ("pdm sync", ["pdm.lock"]),
            ("bundle install --frozen", ["Gemfile.lock"]), ("cargo build --locked", ["Cargo.lock"]),
            ("bun install --frozen-lockfile", ["bun.lock", "bun.lockb"]), ("pipenv sync", ["Pipfile.lock"]),
            ("pipenv install --deploy", ["Pipfile.lock"]),
        ]
        return repository.dockerfiles.flatMap { dockerfile in
            dockerfile.reading.file.instructions.compactMap { instruction -> Violation? in
                guard instruction.keyword == "RUN" else { return nil }
                let text = instruction.arguments.joined(separator: " ")
                guard let lock = locks.first(where: { text.contains($0.command) }), !text.contains("git clone") else {
                    return nil
                }
                let contexts = repository.statedContexts[dockerfile.location]
                let found = lock.files.flatMap { repository.tree.files(named: $0) }
                // Where nothing says the context, any lock file may be in it.
                let isThere =
                    contexts.isEmpty
                    ? !found.isEmpty
                    : found.contains { entry in
                        contexts.contains { $0 == "." || entry.path.hasPrefix($0 + "/") }
                    }
                guard !isThere else { return nil }
                let loose = lock.command.split(separator: " ").first.map { "\($0) lock" } ?? ""
                let make = lock.command == "npm ci" ? "npm install" : loose
                // That of a workspace lies in its root.
                let above = found.first { entry in
                    entry.directory == "." || contexts.contains { $0.hasPrefix(entry.directory + "/") }
                }
                return Violation(
                    file: dockerfile.location, line: instruction.line,
                    above.map {
                        "the build sees \(contexts[0]) alone, and \($0.path) lies above it; "
                            + "build from the repository's root and copy both"
                    } ?? "\(found.isEmpty ? "the repository" : contexts[0]) has no \(lock.files[0]); "
                        + "type: \(make), and commit the file")
            }
        }
    }

    /// What is there to be used is not.
    static let lockFileUnused = Rule(
        "AP155", .info, "an install ignores the lock file",
        why: "npm install may change versions that the lock file has fixed, so the image differs from what was tested.",
        catches: [
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm install\n", "package.json": "{}",
                "package-lock.json": "{}",
            ]
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\n", "package.json": "{}",
                "package-lock.json": "{}",
            ]
        ]
    ) { repository in
        repository.dockerfiles.flatMap { dockerfile -> [Violation] in
            let folder = SourceTree.Entry(path: dockerfile.location).directory
            let isLocked =
                ["package-lock.json", "\(folder)/package-lock.json"].contains {
                    repository.tree.contains(GoPath.clean($0))
                }
                || repository.tree.files(named: "package-lock.json").contains { entry in
                    dockerfile.reading.file.instructions.contains {
                        $0.keyword == "COPY" && $0.text.contains(entry.directory) && entry.directory != "."
                    }
                }
            guard isLocked, !DevelopmentPath.isLikely(dockerfile.location) else { return [] }
            return dockerfile.reading.file.instructions.compactMap { instruction in
                guard instruction.keyword == "RUN", let text = instruction.arguments.first,
                    let first = text.split(separator: "&").first?.trimmed,
                    first == "npm install" || first == "npm i"
                        || first.hasPrefix("npm install --") && !first.contains("-g")
                else { return nil }
                return Violation(
                    file: dockerfile.location, line: instruction.line, "package-lock.json is there; write: npm ci",
                    severity: .warning)
            }
        }
    }

    /// The option is gone since version 2.
    static let poetryOption = Rule(
        "AP156", .error, "poetry 2 has no --no-dev",
        why: "pip installs the newest poetry, and poetry 2 refuses --no-dev: the build fails.",
        catches: [["Dockerfile": "FROM python:3.13\nRUN pip install poetry\nRUN poetry install --no-dev\n"]],
        passes: [
            ["Dockerfile": "FROM python:3.13\nRUN pip install poetry\nRUN poetry install --only main\n"],
            ["Dockerfile": "FROM python:3.13\nRUN pip install poetry==1.8.3\nRUN poetry install --no-dev\n"],
        ]
    ) { repository in
        repository.dockerfiles.flatMap { dockerfile -> [Violation] in
            let instructions = dockerfile.reading.file.instructions
            let isPinned = instructions.contains {
                $0.text.contains("poetry==1") || $0.text.contains("POETRY_VERSION") || $0.text.contains("poetry<2")
            }
            guard !isPinned, instructions.contains(where: { $0.text.contains("poetry") && $0.text.contains("install") })
            else { return [] }
            return instructions.compactMap { instruction in
                guard instruction.keyword == "RUN", instruction.text.contains("poetry install"),
                    instruction.text.contains("--no-dev")
                else { return nil }
                let lines = instruction.text.split(separator: "\n", omittingEmptySubsequences: false)
                let isOne = instruction.line == instruction.endLine
                return Violation(
                    file: dockerfile.location, line: instruction.line, "poetry 2 has no --no-dev; write: --only main",
                    fix: isOne && lines.count >= 1
                        ? Fix(
                            "write --only main", line: instruction.line, count: 1,
                            replacement: [replace("--no-dev", "--only main", in: String(lines[0]))]) : nil)
            }
        }
    }

    private static func replace(_ old: String, _ new: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix(old) {
                result += new
                rest = rest.dropFirst(old.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }

    /// The server that the command names is installed by nobody.
    static let serverNotInstalled = Rule(
        "AP157", .error, "the start command names a server that is not installed",
        why: "The container ends at once: the program that starts the application is in no list of requirements.",
        catches: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n",
                "requirements.txt": "flask==3.0\n",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM python:3.13\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n",
                "requirements.txt": "flask==3.0\ngunicorn==23.0\n",
            ]
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.images.compactMap { unit in
            guard let server = unit.server,
                ["gunicorn", "uvicorn", "daphne", "hypercorn", "granian", "celery"].contains(server.line.program),
                unit.dockerfile.finalBase.map({ ImageName($0).name }) == "python"
            else { return nil }
            let name = server.line.program
            let texts = installed(by: unit) ?? repository.pythonRequirements
            let brings =
                texts.contains {
                    $0.contains(name) || (name == "uvicorn" && ($0.contains("fastapi[") || $0.contains("litestar[")))
                }
                || unit.dockerfile.text.split(separator: "\n").contains { $0.contains("install") && $0.contains(name) }
            guard !texts.isEmpty, !brings else { return nil }
            return Violation(
                file: server.file, line: server.number, "\(name) is in no list of requirements; add to it: \(name)")
        }
    }
}

extension Rule<CheckedRepository> {
    /// The lists that an image's own `pip install -r` names, when that is all that it installs.
    private static func installed(by unit: DeployedUnit) -> [String]? {
        let tree = unit.dockerfile.repository.tree
        let runs = unit.instructions.filter { $0.keyword == "RUN" && $0.text.contains("install") }
        guard !runs.isEmpty,
            runs.allSatisfy({ $0.text.contains("pip") && $0.text.contains("-r ") && !$0.text.contains("$") })
        else { return nil }
        var texts: [String] = []
        for run in runs {
            let words = run.text.split { " \\\n\t\"',[]".contains($0) }.map(String.init)
            for (index, word) in words.enumerated() where word == "-r" && words.indices.contains(index + 1) {
                let name = SourceTree.Entry(path: GoPath.clean(words[index + 1])).name
                let folders = BuildContexts.of(unit)
                let path = folders.lazy.map { GoPath.clean($0 + "/" + name) }.first(where: tree.contains)
                // A list that includes another one, or that stands elsewhere, is not followed.
                guard let text = path.flatMap(tree.text)?.lowercased(), !text.contains("-r "), !text.contains("-c ")
                else {
                    return nil
                }
                texts.append(text)
            }
        }
        return texts.isEmpty ? nil : texts
    }
}

/// Names that committed dotenv files of a front end give to its build.
enum CommittedDotenv {
    static func names(in directory: String, of repository: CheckedRepository) -> Set<String> {
        let prefix = directory == "." ? "" : directory + "/"
        let files = [".env", ".env.production", ".env.local", ".env.production.local"]
        return Set(
            files.flatMap { name in
                repository.tree.text(prefix + name).map { Dotenv(parsing: $0).assignments.map(\.name) } ?? []
            })
    }
}
