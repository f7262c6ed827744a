// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The bundle was made before the variable was set.
    static let browserVariableAtRun = Rule(
        "AP151", .error, "a front-end variable is given when the container runs",
        why: "The bundler replaces these names while it builds. Given later they change nothing, and the browser gets "
            + "what stood there at build time: undefined.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      VITE_API_URL: /api\n",
                "Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /dist /usr/share/nginx/html\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      NEXT_PUBLIC_URL: https://a\n",
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"next build\"}}",
                "lib/api.ts": "export const url = process.env.NEXT_PUBLIC_URL\n",
                "app/button.tsx": "'use client'\nimport { url } from '@/lib/api'\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build:\n      context: .\n      args:\n        VITE_API_URL: /api\n",
                "Dockerfile": "FROM node:22 AS build\nARG VITE_API_URL\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      VITE_API_URL: /api\n",
                "Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\nCOPY env.sh /docker-entrypoint.d/\n",
                "env.sh": "sed -i s/x/$VITE_API_URL/ /usr/share/nginx/html/*.js\n",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      NEXT_PUBLIC_URL: https://a\n",
                "Dockerfile": "FROM node:22\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n",
                "package.json": "{\"scripts\":{\"build\":\"next build\"}}",
                "app/robots.ts": "export default () => process.env.NEXT_PUBLIC_URL\n",
                "lib/api.ts": "export const url = process.env.NEXT_PUBLIC_URL\n",
                "app/button.tsx": "'use client'\nimport type { A } from '../lib/api'\n",
            ],
        ]
    ) { repository in
        repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, builds(unit.dockerfile),
                unit.server?.line.isForDevelopment != true
            else { return [] }
            let arguments = Set(
                unit.dockerfile.reading.file.instructions.filter { ["ARG", "ENV"].contains($0.keyword) }
                    .flatMap { $0.pairs.map(\.name) })
            return service.environment.compactMap { variable in
                guard BrowserVariables.contains(variable.name), !arguments.contains(variable.name),
                    !isReplacedLater(variable.name, repository), !ServerReads.isAll(variable.name, of: unit)
                else { return nil }
                return Violation(
                    file: compose.location, line: variable.line,
                    "\(variable.name) is read while the bundle is built; move it to build.args and add to "
                        + "\(unit.dockerfile.location) before the build: ARG \(variable.name)",
                    severity: compose.isForDevelopment ? .warning : .error)
            }
        }
    }

    private static func builds(_ dockerfile: CheckedDockerfile) -> Bool {
        dockerfile.reading.file.instructions.contains { instruction in
            instruction.keyword == "RUN" && instruction.text.contains("build")
                && ["npm", "yarn", "pnpm", "bun", "vite", "next", "turbo"].contains { instruction.text.contains($0) }
        }
    }

    /// Without a default, or with one that is an address of the developer's own machine.
    private static func isOpen(_ variable: Variable) -> Bool {
        guard let value = variable.default else { return true }
        return ServiceAddress.isAddress(value) && ServiceAddress.host(value).map(PrivateHost.contains) == true
    }

    /// Whether a script or a server of the repository puts the value into the finished bundle.
    private static func isReplacedLater(_ name: String, _ repository: CheckedRepository) -> Bool {
        let needle = Array(name.utf8)
        return repository.tree.entries.contains { entry in
            let isPlace =
                entry.name.hasSuffix(".sh") || entry.name.contains("entrypoint") || entry.name.hasSuffix(".template")
                || entry.name.hasPrefix("env.") || entry.name == "server.js" || entry.name.contains("env-config")
            guard isPlace, let bytes = repository.tree.bytes(entry.path) else { return false }
            return RouteSearch.contains(bytes, needle)
        }
    }

    /// A compiler puts no values in.
    private static func isCompiledAlone(_ folder: String, in tree: SourceTree) -> Bool {
        let script = tree.text(GoPath.clean(folder + "/package.json")).flatMap { JSONDocument(parsing: $0).root }?
            .at("scripts", "build")?.text
        return script?.split(separator: " ").allSatisfy { $0 == "tsc" || $0.hasPrefix("-") || $0.hasSuffix(".json") }
            == true
    }

    /// Nothing tells the build.
    static let browserVariableMissing = Rule(
        "AP152", .warning, "the image builds a front end without its variables",
        why:
            "The bundler replaces a name that is not set with undefined, and the page calls addresses that do not exist.",
        catches: [
            RuleExample(
                [
                    "web/Dockerfile": "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: "web", role: .spa)],
                    variables: [
                        Variable(
                            name: "VITE_API_URL", services: ["web"], phase: .build, required: true,
                            origins: ["web/src/a.ts:1"])
                    ]))
        ],
        passes: [
            RuleExample(
                [
                    "web/Dockerfile":
                        "FROM node:22 AS build\nARG VITE_API_URL\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: "web", role: .spa)],
                    variables: [
                        Variable(
                            name: "VITE_API_URL", services: ["web"], phase: .build, required: true,
                            origins: ["web/src/a.ts:1"])
                    ])),
            RuleExample(
                [
                    "web/Dockerfile": "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.27\n",
                    "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                    "web/src/a.ts":
                        "const base = import.meta.env.PROD\n  ? '/api'\n  : (import.meta.env.VITE_API_URL || 'http://localhost:5000')\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "web", directory: "web", role: .spa)],
                    variables: [
                        Variable(
                            name: "VITE_API_URL", services: ["web"], phase: .build, required: true,
                            origins: ["web/src/a.ts:3"])
                    ])),
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        return repository.images.compactMap { unit in
            guard let service = unit.app, !unit.isForDevelopment, builds(unit.dockerfile),
                !isCompiledAlone(service.directory, in: repository.tree)
            else { return nil }
            let given = Set(
                unit.dockerfile.reading.file.instructions.filter { ["ARG", "ENV"].contains($0.keyword) }
                    .flatMap { $0.pairs.map(\.name) })
            let committed = CommittedDotenv.names(in: service.directory, of: repository)
            let missing = app.variables.filter { variable in
                variable.services.contains(service.name) && BrowserVariables.contains(variable.name)
                    && isOpen(variable) && !given.contains(variable.name) && !committed.contains(variable.name)
                    && !isReplacedLater(variable.name, repository)
                    && !variable.origins.allSatisfy { isForDevelopment($0, in: repository.tree) }
            }
            guard let first = missing.first,
                let build = unit.dockerfile.reading.file.instructions.first(where: {
                    $0.keyword == "RUN" && $0.text.contains("build") && !$0.text.contains("apt-get")
                })
            else { return nil }
            let names = missing.map(\.name).joined(separator: ", ")
            return Violation(
                file: unit.dockerfile.location, line: build.line,
                "the build is not told \(names) (\(first.origins.first ?? "")); add before it: ARG \(first.name)",
                // Who gives some of them knows of the others.
                severity: given.contains(where: BrowserVariables.contains) ? .info : .warning)
        }
    }

    /// Whether the read stands in the other branch of a question for production: `import.meta.env.PROD ? '/api' : ...`.
    private static func isForDevelopment(_ origin: String, in tree: SourceTree) -> Bool {
        let parts = origin.split(separator: ":")
        guard parts.count == 2, let line = Int(parts[1]), let text = tree.text(String(parts[0])) else { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        let before = lines[max(0, line - 3)...(line - 1)].joined(separator: " ")
        guard let mark = TextSearch.range(of: "import.meta.env.PROD", in: before[...]) else { return false }
        let rest = before[mark.upperBound...]
        return rest.contains("?") && rest.contains(" : ") && rest.contains("import.meta.env.")
    }

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
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY package*.json ./\nRUN npm ci\n", "package.json": "{}",
                "package-lock.json": "{}",
            ]
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
                guard let lock = locks.first(where: { text.contains($0.command) }), !text.contains("git clone"),
                    lock.files.allSatisfy({ repository.tree.files(named: $0).isEmpty })
                else { return nil }
                let loose = lock.command.split(separator: " ").first.map { "\($0) lock" } ?? ""
                let make = lock.command == "npm ci" ? "npm install" : loose
                return Violation(
                    file: dockerfile.location, line: instruction.line,
                    "the repository has no \(lock.files[0]); type: \(make), and commit the file")
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
                texts.contains { $0.contains(name) || (name == "uvicorn" && $0.contains("fastapi[")) }
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
