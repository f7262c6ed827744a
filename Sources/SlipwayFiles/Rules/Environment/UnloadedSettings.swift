// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A file that lies there is not read by itself.
    static let unloadedSettings = Rule(
        "EN431", .warning, "the guide writes a .env, and the program has nothing that reads it",
        why:
            "Go, Python, Node and Spring Boot know the variables of the process alone. Without a library that loads the file, or a shell "
            + "that does, whoever follows the guide gets a program with none of these values.",
        catches: [
            [
                "README.md":
                    "Create a `.env` file in the backend directory:\n```\nAPI_NAME=a\nAPI_KEY=b\n```\n\n```bash\ncd backend\ngo run ./cmd\n```\n",
                "backend/go.mod": "module a\n", "backend/cmd/main.go": "key := os.Getenv(\"API_KEY\")\n",
            ],
            [
                "DEPLOY.md": "```bash\ncat > .env <<EOF\nAPI_KEY=a\nEOF\npython src/main.py\n```\n",
                "requirements.txt": "flask\n", "src/main.py": "import os\nKEY = os.environ[\"API_KEY\"]\n",
            ],
            [
                "README.md":
                    "Create `.env` in the root:\n```env\nAPI_KEY=a\nAPI_NAME=b\n```\n\n```bash\nnode server.js\n```\n",
                "package.json": "{\"dependencies\":{\"express\":\"5\"}}",
                "server.js": "const key = process.env.API_KEY\n",
            ],
            [
                "README.md":
                    "Create a `.env` file in the backend directory:\n```env\nAPI_NAME=a\nAPI_KEY=b\n```\n\n```bash\ncd backend\n./mvnw spring-boot:run\n```\n",
                "backend/pom.xml": "<artifactId>spring-boot-starter-web</artifactId>\n",
                "backend/src/main/resources/application.yml": "api:\n  key: ${API_KEY:none}\n",
            ],
        ],
        passes: [
            [
                "README.md":
                    "Create a `.env` file in the backend directory:\n```env\nAPI_NAME=a\nAPI_KEY=b\n```\n\n```bash\ncd backend\n./mvnw spring-boot:run\n```\n",
                "backend/pom.xml": "<artifactId>spring-boot-starter-web</artifactId>\n",
                "backend/src/main/resources/application.yml":
                    "spring:\n  config:\n    import: optional:file:.env[.properties]\napi:\n  key: ${API_KEY:none}\n",
            ],
            [
                "README.md":
                    "Create a `.env` file in the backend directory:\n```\nAPI_NAME=a\nAPI_KEY=b\n```\n\n```bash\ncd backend\ngo run ./cmd\n```\n",
                "backend/go.mod": "module a\n\nrequire github.com/joho/godotenv v1.5.1\n",
                "backend/cmd/main.go": "godotenv.Load()\nkey := os.Getenv(\"API_KEY\")\n",
            ],
            [
                "README.md":
                    "Create `.env` in the root:\n```env\nAPI_KEY=a\nAPI_NAME=b\n```\n\n```bash\nnode --env-file=.env server.js\n```\n",
                "package.json": "{\"dependencies\":{\"express\":\"5\"}}",
                "server.js": "const key = process.env.API_KEY\n",
            ],
            [
                "README.md":
                    "Create `.env` in the root:\n```env\nAPI_KEY=a\nAPI_NAME=b\n```\n\n```bash\ndocker compose up -d\n```\n",
                "compose.yml": "services:\n  web:\n    build: .\n    env_file: .env\n",
                "package.json": "{\"dependencies\":{\"express\":\"5\"}}",
                "server.js": "const key = process.env.API_KEY\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let settings = repository.toldSettings.filter { $0.file.hasSuffix(".md") && $0.folder != nil }
        guard !settings.isEmpty else { return [] }
        let programs = BareProgram.all(in: repository)
        guard !programs.isEmpty else { return [] }
        var seen: Set<String> = []
        return settings.compactMap { told in
            guard let folder = told.folder,
                let program = programs.first(where: { $0.folder == folder || folder == "." && programs.count == 1 }),
                let name = told.assignments.lazy.map(\.name).first(where: program.reads),
                !repository.composeFiles.contains(where: { $0.takes(told.target ?? ".env") }),
                let step = program.start(in: told.file, repository), seen.insert(told.file + program.folder).inserted
            else { return nil }
            return Violation(
                file: told.file, line: told.line,
                "nothing loads the file for \(step): \(program.place) gets no \(name); write: "
                    + (["supervisor": "environment=\(name)=...", "systemd": "EnvironmentFile="][step] ?? program.advice)
            )
        }
    }
}

extension CheckedFile<ComposeFile> {
    /// Whether Compose reads a file of variables: as the project's own, or for a service.
    fileprivate func takes(_ path: String) -> Bool {
        let own = GoPath.clean(folder + "/.env")
        return document.services.contains { service in service.environmentFiles.contains { resolve($0.path) == path } }
            || path == own && !self.references.isEmpty
    }
}

/// A program that reads its environment and has nothing that loads a file into it.
private struct BareProgram {
    private enum Language { case go, python, node, spring }

    private let language: Language
    let folder: String
    private let texts: [String]

    var place: String { folder == "." ? "it" : folder }
    var advice: String {
        switch language {
        case .go: "set -a; . ./.env; set +a, or load it with godotenv"
        case .python: "set -a; . ./.env; set +a, or call load_dotenv()"
        case .node: "node --env-file=.env"
        case .spring: "spring.config.import=optional:file:.env[.properties]"
        }
    }

    static func all(in repository: CheckedRepository) -> [BareProgram] {
        go(repository) + python(repository) + node(repository) + spring(repository)
    }

    func reads(_ name: String) -> Bool { texts.contains { $0.contains(name) } }

    /// The guide's command that starts it on the host; `nil` without one, or where the guide loads the file itself.
    func start(in file: String, _ repository: CheckedRepository) -> String? {
        guard let text = repository.tree.text(file) else { return nil }
        let loads =
            LoadedSettings.words + [
                "\n. .env", "; . .env", "& . .env", "xargs", "dotenv", "EnvironmentFile", "env_file", "railway run",
                "heroku local", "foreman",
            ]
        guard !loads.contains(where: text.contains) else { return nil }
        if let service = serviceManager(in: text) { return service }
        return WalkedCommand.all(in: file, repository).lazy.compactMap { step in
            let words = step.command.words.map(\.text)
            guard let first = words.first else { return nil }
            switch language {
            case .go where words.starts(with: ["go", "run"]) && !words.contains("generate"):
                return self.isHere(step.folder, words) ? "go run" : nil
            case .python where ["python", "python3", "uvicorn", "gunicorn"].contains(first) && words.count > 1:
                let isProgram = !words[1].hasPrefix("-") && !["manage.py"].contains(words[1])
                return isProgram && self.isHere(step.folder, words) ? first : nil
            case .node where first == "node" && words.count > 1 && !words[1].hasPrefix("-"):
                return self.isHere(step.folder, words) ? "node" : nil
            case .node where ["npm", "yarn", "pnpm"].contains(first) && step.folder == self.folder:
                return words.contains("start") || words.contains("dev") ? words.joined(separator: " ") : nil
            case .spring where words.contains("spring-boot:run") || words.contains("bootRun"):
                return self.isHere(step.folder, words) ? words.suffix(1).joined() : nil
            default: return nil
            }
        }.first
    }

    /// A program of supervisor or systemd that the guide writes out, which gets what stands in that text.
    private func serviceManager(in text: String) -> String? {
        let lines = text.split(separator: "\n").map(\.trimmed)
        let words: [String] =
            switch language {
            case .go, .spring: []
            case .python: ["python", "gunicorn", "uvicorn"]
            case .node: ["node "]
            }
        guard let line = lines.first(where: { $0.hasPrefix("command=") || $0.hasPrefix("ExecStart=") }),
            words.contains(where: line.contains), !lines.contains(where: { $0.hasPrefix("Environment=") })
        else { return nil }
        return line.hasPrefix("command=") ? "supervisor" : "systemd"
    }

    private func isHere(_ place: String, _ words: [String]) -> Bool {
        place == folder || folder != "." && words.contains { $0.contains(folder) } || place.hasPrefix(folder + "/")
            || folder == "."
    }

    private static func go(_ repository: CheckedRepository) -> [BareProgram] {
        let loaders = [
            "godotenv", "viper", "koanf", "gotenv", "cleanenv", "dotenv", "\".env", "/.env", "envconfig", "caarlos0",
        ]
        return repository.tree.files(named: "go.mod").compactMap { entry in
            let folder = entry.directory
            let texts = self.texts(below: folder, ["go"], repository, with: ["os.Getenv", "os.LookupEnv"])
            let all = self.texts(below: folder, ["go", "mod"], repository, with: loaders)
            guard !texts.isEmpty, all.isEmpty, !makes(folder, repository) else { return nil }
            return BareProgram(language: .go, folder: folder, texts: texts)
        }
    }

    private static func python(_ repository: CheckedRepository) -> [BareProgram] {
        let loaders = [
            "dotenv", "decouple", "environs", "environ.Env", "pydantic_settings", "BaseSettings", ".env\"", ".env'",
            "starlette.config", "dynaconf", "Config(", "honcho", "python-dotenv",
        ]
        let lists = repository.tree.files(named: "requirements.txt") + repository.tree.files(named: "pyproject.toml")
        guard lists.count == 1, let entry = lists.first else { return [] }
        let texts = self.texts(below: entry.directory, ["py"], repository, with: ["os.environ", "os.getenv"])
        let all = self.texts(below: ".", ["py"], repository, with: loaders)
        guard !texts.isEmpty, all.isEmpty, !makes(entry.directory, repository) else { return [] }
        return [BareProgram(language: .python, folder: entry.directory, texts: texts)]
    }

    private static func node(_ repository: CheckedRepository) -> [BareProgram] {
        let servers = ["\"express\"", "\"fastify\"", "\"koa\"", "\"hono\"", "\"ws\"", "\"socket.io\""]
        let loaders = [
            "dotenv", "@nestjs/config", "env-file", "\"next\"", "\"vite\"", "react-scripts", "convict", "bun", "prisma",
            "envalid", "nuxt", "env-cmd", "@adonisjs", "turbo", "direnv", "cross-env-shell", "wrangler", "@nestjs",
            "sst ", "infisical", "doppler",
        ]
        return repository.tree.files(named: "package.json").compactMap { entry in
            guard !entry.path.contains("node_modules/"), let manifest = repository.tree.text(entry.path),
                servers.contains(where: manifest.contains), !loaders.contains(where: manifest.contains)
            else { return nil }
            let endings = ["js", "ts", "mjs", "cjs"]
            let texts = self.texts(below: entry.directory, endings, repository, with: ["process.env."])
            let loading = ["dotenv", "loadEnvFile", ".env'", ".env\"", ".env`", "Bun."]
            let all = self.texts(below: entry.directory, endings, repository, with: loading)
            guard !texts.isEmpty, all.isEmpty, !makes(entry.directory, repository) else { return nil }
            return BareProgram(language: .node, folder: entry.directory, texts: texts)
        }
    }

    /// docs.spring.io, "Externalized Configuration": a file is read that is called application, or imported.
    private static func spring(_ repository: CheckedRepository) -> [BareProgram] {
        let tree = repository.tree
        let manifests = ["pom.xml", "build.gradle", "build.gradle.kts"].flatMap(tree.files(named:))
        return manifests.compactMap { entry in
            guard let manifest = tree.text(entry.path), manifest.contains("spring-boot"),
                !manifest.lowercased().contains("dotenv")
            else { return nil }
            let texts = self.texts(below: entry.directory, ["yml", "yaml", "properties"], repository, with: ["${"])
            let imports = self.texts(
                below: entry.directory, ["yml", "yaml", "properties", "java", "kt"], repository,
                with: ["file:.env", "file:./.env", "/.env", "\".env", "otenv"])
            guard !texts.isEmpty, imports.isEmpty, !makes(entry.directory, repository) else { return nil }
            return BareProgram(language: .spring, folder: entry.directory, texts: texts)
        }
    }

    /// Whether make or a script loads the file.
    private static func makes(_ folder: String, _ repository: CheckedRepository) -> Bool {
        let names: Set<String> = [
            "Makefile", "makefile", "Taskfile.yml", "justfile", ".envrc", ".air.toml", "Procfile",
        ]
        return repository.tree.entries.contains { entry in
            guard names.contains(entry.name) || entry.name.hasSuffix(".sh"), let text = repository.tree.text(entry.path)
            else { return false }
            return ByteSearch.contains(".env", in: text)
        }
    }

    private static func texts(
        below folder: String, _ endings: [String], _ repository: CheckedRepository, with words: [String]
    ) -> [String] {
        let files =
            folder == "."
            ? endings.flatMap { repository.tree.files(ending: $0) }
            : repository.tree.files(under: folder).filter { entry in
                endings.contains { entry.name.hasSuffix("." + $0) }
            }
        return files.compactMap { entry in
            guard !entry.path.contains("node_modules/"), !entry.name.hasSuffix("_test.go"),
                !DevelopmentPath.isLikely(entry.path), let bytes = repository.tree.bytes(entry.path),
                bytes.count < 300_000,
                words.contains(where: { ByteSearch.contains($0.utf8, in: bytes) })
            else { return nil }
            return repository.tree.text(entry.path)
        }
    }
}
