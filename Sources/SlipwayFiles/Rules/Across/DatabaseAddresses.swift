// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// SQLAlchemy dropped the name in 1.4.
    static let postgresScheme = Rule(
        "AP171", .error, "SQLAlchemy refuses postgres://",
        why:
            "SQLAlchemy knows postgresql:// only, since 1.4: it ends with: can't load plugin sqlalchemy.dialects:postgres.",
        catches: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:${P:?}@db:5432/a\n  db:\n    image: postgres:17\n",
                "requirements.txt": "sqlalchemy==2.0.30\n",
            ],
            [
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    runtime: python\n    envVars:\n      - key: DATABASE_URL\n        fromDatabase:\n          name: d\n          property: connectionString\n",
                "requirements.txt": "Flask-SQLAlchemy==3.1\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://a:${P:?}@db:5432/a\n  db:\n    image: postgres:17\n",
                "requirements.txt": "sqlalchemy==2.0.30\n",
            ],
            [
                "compose.yml":
                    "services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgres://a:${P:?}@db:5432/a\n",
                "requirements.txt": "sqlalchemy==2.0.30\n",
                "a.py": "url = url.replace('postgres://', 'postgresql://')\n",
            ],
        ]
    ) { repository in
        guard PythonPackages.has("sqlalchemy", in: repository) || PythonPackages.has("sqlmodel", in: repository),
            !PythonPackages.codeMentions("postgres://", in: repository)
        else { return [] }
        var found: [Violation] = []
        for place in GivenNames.everywhere(in: repository) {
            guard let value = place.value, value.hasPrefix("postgres://") else { continue }
            found.append(
                Violation(file: place.file, line: place.line, "SQLAlchemy refuses postgres://; write: postgresql://"))
        }
        for file in repository.renderBlueprints {
            for service in file.document.services {
                for variable in service.node["envVars"]?.sequence ?? [] {
                    guard let source = variable.at("fromDatabase", "property"), source.text == "connectionString" else {
                        continue
                    }
                    found.append(
                        Violation(
                            file: file.location, line: source.line,
                            "Render gives postgres://, which SQLAlchemy may refuse; add to the code: url.replace('postgres://', 'postgresql://', 1)",
                            severity: .warning))
                }
            }
        }
        return found
    }

    /// asyncpg knows no sslmode.
    static let asyncpgOptions = Rule(
        "AP172", .error, "asyncpg refuses sslmode",
        why:
            "SQLAlchemy hands the option to asyncpg, which ends with: connect() got an unexpected keyword argument 'sslmode'.",
        catches: [[".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a?sslmode=require\n"]],
        passes: [[".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a?ssl=require\n"]]
    ) { repository in
        GivenNames.everywhere(in: repository).compactMap { place in
            guard let value = place.value, value.contains("+asyncpg://"), value.contains("sslmode=") else { return nil }
            return Violation(file: place.file, line: place.line, "asyncpg knows no sslmode; write: ?ssl=require")
        }
    }

    /// The driver of the address is installed by nobody.
    static let missingDriver = Rule(
        "AP173", .error, "an address names a driver that is not installed",
        why: "SQLAlchemy loads the driver that the address names, and ends with: No module named ...",
        catches: [
            [
                ".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a\n",
                "requirements.txt": "sqlalchemy==2.0\npsycopg2==2.9\n",
            ]
        ],
        passes: [
            [
                ".env.example": "DATABASE_URL=postgresql+asyncpg://a:b@db/a\n",
                "requirements.txt": "sqlalchemy==2.0\nasyncpg==0.30\n",
            ]
        ]
    ) { repository in
        guard repository.isWhole, PythonPackages.isKnown(in: repository) else { return [] }
        let packages = [
            "asyncpg": "asyncpg", "psycopg2": "psycopg2", "psycopg": "psycopg", "pymysql": "pymysql",
            "aiosqlite": "aiosqlite", "aiomysql": "aiomysql", "asyncmy": "asyncmy", "pg8000": "pg8000",
            "mysqlconnector": "mysql-connector",
        ]
        return GivenNames.everywhere(in: repository).compactMap { place in
            guard let value = place.value, let scheme = ServiceAddress.scheme(value),
                let plus = scheme.firstIndex(of: "+"),
                let package = packages[String(scheme[scheme.index(after: plus)...])],
                !PythonPackages.has(package, in: repository)
            else { return nil }
            return Violation(
                file: place.file, line: place.line,
                "no list of requirements has \(package); add it, or write another driver")
        }
    }

    /// Language versions in five places.
    static let pythonVersions = Rule(
        "AP181", .warning, "the image's Python is not the project's",
        why: "The project says which versions it works with; the image has another one: installing fails, or the tests "
            + "said nothing about what runs.",
        catches: [
            [
                "Dockerfile": "FROM python:3.9-slim\nCMD [\"python\"]\n",
                "pyproject.toml": "[project]\nname = \"a\"\nrequires-python = \">=3.12\"\n",
            ],
            ["Dockerfile": "FROM python:3.11-slim\nCMD [\"python\"]\n", ".python-version": "3.13\n"],
        ],
        passes: [
            [
                "Dockerfile": "FROM python:3.13-slim\nCMD [\"python\"]\n",
                "pyproject.toml": "[project]\nname = \"a\"\nrequires-python = \">=3.12\"\n",
                ".python-version": "3.13.1\n",
            ]
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard !unit.isForDevelopment,
                !ContextFiles.isForElsewhere(unit.dockerfile, ContextFiles.contexts(unit.dockerfile)),
                let base = unit.dockerfile.finalBase.map(ImageName.init),
                base.name == "python", let tag = base.tag,
                let image = LanguageVersion(tag), image.minor != nil
            else { return nil }
            let folder = SourceTree.Entry(path: unit.dockerfile.location).directory
            let line = unit.dockerfile.stages.last?.from.line ?? 1
            for place in [folder, unit.context ?? folder, unit.app?.directory ?? folder] {
                if let text = repository.tree.text(GoPath.clean(place + "/pyproject.toml")),
                    let wanted = LanguageVersion.requirement("requires-python", in: text), !wanted.allows(image)
                {
                    return Violation(
                        file: unit.dockerfile.location, line: line,
                        "pyproject.toml wants Python \(wanted.text); write: FROM python:\(wanted.lowest)-slim",
                        severity: .error)
                }
            }
            for place in [folder, ".", unit.app?.directory ?? folder] {
                if let text = repository.tree.text(GoPath.clean(place + "/.python-version"))?.trimmed,
                    let pinned = LanguageVersion(text),
                    pinned.major != image.major || (pinned.minor != nil && pinned.minor != image.minor)
                {
                    return Violation(
                        file: unit.dockerfile.location, line: line,
                        ".python-version says \(text); write: FROM python:\(text)-slim")
                }
            }
            return nil
        }
    }

    /// Tools refuse old Nodes.
    static let nodeVersions = Rule(
        "AP182", .error, "the image's Node is too old for the project",
        why: "Tools refuse to start on a Node that is older than they say: the build of the image ends there.",
        catches: [
            [
                "Dockerfile": "FROM node:18-alpine\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json": "{\"devDependencies\":{\"vite\":\"^7.0.0\"},\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "Dockerfile": "FROM node:16\nCOPY . .\nRUN npm ci\n",
                "package.json": "{\"engines\":{\"node\":\">=20\"}}",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22-alpine\nCOPY . .\nRUN npm ci && npm run build\n",
                "package.json":
                    "{\"devDependencies\":{\"vite\":\"^7.0.0\"},\"engines\":{\"node\":\">=20\"},\"scripts\":{\"build\":\"vite build\"}}",
            ]
        ]
    ) { repository in
        return repository.dockerfiles.flatMap { dockerfile -> [Violation] in
            let folder = SourceTree.Entry(path: dockerfile.location).directory
            guard let text = repository.tree.text(GoPath.clean(folder + "/package.json")),
                let manifest = JSONDocument(parsing: text).root
            else { return [] }
            let scope = dockerfile.reading.file.globalScope()
            let found = dockerfile.stages.lazy.compactMap { stage -> Violation? in
                let base = ImageName(scope.expand(stage.base).text)
                guard base.name == "node", let image = base.majorVersion,
                    stage.instructions.contains(where: { $0.keyword == "RUN" }) || stage.index == 0
                else { return nil }
                if let engine = manifest.at("engines", "node")?.text, let least = LanguageVersion.least(engine),
                    image < least
                {
                    return Violation(
                        file: dockerfile.location, line: stage.from.line,
                        "package.json wants Node \(engine); write: FROM node:\(least)")
                }
                if let wanted = NodeRequirement(manifest), image < wanted.node {
                    return Violation(
                        file: dockerfile.location, line: stage.from.line,
                        "\(wanted.package) \(wanted.major) wants Node \(wanted.node) or later; "
                            + "write: FROM node:\(max(wanted.node, 22))")
                }
                return nil
            }
            return found.first.map { [$0] } ?? []
        }
    }

    /// More processes than memory.
    static let workerMemory = Rule(
        "AP183", .warning, "a memory limit is small for the workers",
        why:
            "Each worker process takes 100 MB or so before the first request; at the limit the kernel ends one of them, "
            + "and requests with it.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    mem_limit: 256m\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    build: .\n    mem_limit: 1g\n",
                "Dockerfile":
                    "FROM python:3.13\nCMD [\"gunicorn\", \"-w\", \"4\", \"-b\", \"0.0.0.0:8000\", \"a:app\"]\n",
            ]
        ]
    ) { repository in
        repository.deployedUnits.compactMap { unit in
            guard let compose = unit.compose, let limit = unit.service?.memoryLimit,
                let bytes = ByteCount.read(limit.text),
                let workers = unit.server?.line.workers, bytes < workers * WorkerMemory.inBytes
            else { return nil }
            return Violation(
                file: compose.location, line: limit.line,
                "\(workers) workers want \(workers * WorkerMemory.inBytes >> 20) MB and more; write fewer workers or: mem_limit: 1g"
            )
        }
    }

    /// A queue that nobody empties.
    static let workerMissing = Rule(
        "AP184", .warning, "a worker of the code is started by no file",
        why: "Jobs are queued and nobody works on them: mails are not sent, and nothing says so.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "web", directory: ".", role: .backend, start: "gunicorn a:app"),
                        Service(name: "worker", directory: ".", role: .worker, start: "celery -A a worker"),
                    ])),
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"build/index.js\"]\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"node build/index.js\",\"worker:email\":\"node build/workers/emailWorker.js\"}}",
                "src/index.ts": "listen()\n", "src/workers/emailWorker.ts": "poll()\n",
            ],
        ],
        passes: [
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"build/index.js\"]\n",
                "fly.toml": "app = 'a'\n[processes]\nweb = 'npm start'\nworker = 'npm run worker:email'\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"node build/index.js\",\"worker:email\":\"node build/workers/emailWorker.js\"}}",
                "src/index.ts": "listen()\n", "src/workers/emailWorker.ts": "poll()\n",
            ],
            [
                "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"build/index.js\"]\n",
                "package.json":
                    "{\"scripts\":{\"start\":\"node build/index.js\",\"worker\":\"node build/workers/emailWorker.js\"}}",
                "src/index.ts": "import './workers/emailWorker'\n", "src/workers/emailWorker.ts": "poll()\n",
            ],
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n  worker:\n    build: .\n    command: celery -A a worker\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0\", \"a:app\"]\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "worker", directory: ".", role: .worker, start: "celery -A a worker")])),
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return queueWorkers(repository) + WorkerScripts.notStarted(in: repository)
    }

    private static func queueWorkers(_ repository: CheckedRepository) -> [Violation] {
        guard let app = repository.app else { return [] }
        let files = repository.composeFiles.filter {
            !$0.isForDevelopment && $0.document.services.contains { $0.build != nil }
        }
        guard let file = files.first else { return [] }
        return app.services.filter { $0.role == .worker }.compactMap { worker in
            guard let start = worker.start, let command = ServerCommandLine(start) else { return nil }
            let program = command.program
            guard ["celery", "rq", "dramatiq", "arq", "huey", "sidekiq", "bullmq", "saq"].contains(program) else {
                return nil
            }
            let isStarted = repository.tree.entries.contains { entry in
                let format = FileFormat(path: entry.path)
                let isPlace =
                    format == .compose || format == .dockerfile || format == .procfile || format == .fly
                    || format == .render
                    || format == .shell || format == .systemd || entry.name.hasSuffix(".conf")
                    || entry.name.hasSuffix(".ini") || format == .railway
                return isPlace && repository.tree.text(entry.path)?.contains(program) == true
            }
            guard !isStarted else { return nil }
            return Violation(
                file: file.location, line: 1, "nothing starts \(worker.name); add a service with: command: \(start)")
        }
    }
}

/// Which Python packages a repository lists.
enum PythonPackages {
    static func isKnown(in repository: CheckedRepository) -> Bool { !repository.pythonRequirements.isEmpty }
    static func has(_ package: String, in repository: CheckedRepository) -> Bool {
        repository.pythonRequirements.contains { $0.contains(package) }
    }

    static func codeMentions(_ text: String, in repository: CheckedRepository) -> Bool {
        let needle = Array(text.utf8)
        return repository.tree.entries.contains { entry in
            entry.name.hasSuffix(".py")
                && repository.tree.bytes(entry.path).map { RouteSearch.contains($0, needle) } == true
        }
    }
}

/// A version as files write it.
struct LanguageVersion {
    let major: Int
    let minor: Int?

    init?(_ text: String) {
        let parts = text.drop { $0 == "v" }.prefix { $0.isNumber || $0 == "." }.split(separator: ".").map(String.init)
        guard let first = parts.first, let major = Int(first) else { return nil }
        self.major = major
        minor = parts.count > 1 ? Int(parts[1]) : nil
    }

    /// A range with a lowest and perhaps a first forbidden version.
    struct Requirement {
        let text: String
        let lowest: String
        fileprivate let least: LanguageVersion
        fileprivate let below: LanguageVersion?

        func allows(_ version: LanguageVersion) -> Bool {
            let value = (version.major, version.minor ?? 0)
            if value < (least.major, least.minor ?? 0) { return false }
            if let below, value >= (below.major, below.minor ?? 0) { return false }
            return true
        }
    }

    /// `requires-python = ">=3.11,<4"`
    static func requirement(_ key: String, in text: String) -> Requirement? {
        guard let line = text.split(separator: "\n").first(where: { $0.trimmed.hasPrefix(key) }),
            let equals = line.firstIndex(of: "=")
        else { return nil }
        let value = line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" && $0 != " " }
        var least: LanguageVersion?
        var below: LanguageVersion?
        for part in value.split(separator: ",") {
            if part.hasPrefix(">=") { least = LanguageVersion(String(part.dropFirst(2))) }
            if part.hasPrefix("<"), !part.hasPrefix("<=") { below = LanguageVersion(String(part.dropFirst(1))) }
            if part.hasPrefix("~=") || part.hasPrefix("==") { least = LanguageVersion(String(part.dropFirst(2))) }
        }
        guard let least else { return nil }
        return Requirement(text: value, lowest: "\(least.major).\(least.minor ?? 0)", least: least, below: below)
    }

    /// The lowest major version of an engines range, when every alternative has one.
    static func least(_ range: String) -> Int? {
        let majors = range.split(separator: "|").compactMap { part -> Int? in
            let text = part.drop { !$0.isNumber }
            return part.contains("<") && !part.contains(">") ? 0 : LanguageVersion(String(text))?.major
        }
        return majors.min()
    }
}
