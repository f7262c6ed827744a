// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The process ends when it starts, or at the first use.
    static let requiredNeverGiven = Rule(
        "EN211", .error, "a required variable is given by no file",
        why:
            "The code has no default for the variable, and the deployment does not give it: the process ends when it starts.",
        catches: [
            RuleExample(
                [
                    "docker-compose.yml":
                        "services:\n  a:\n    build: .\n    environment:\n      NODE_ENV: production\n",
                    "docker-compose.test.yml":
                        "services:\n  a:\n    build: .\n    environment:\n      JWT_SECRET: ${JWT_SECRET}\n",
                    "Dockerfile": "FROM node:22\nCOPY . .\nCMD [\"node\", \"a.js\"]\n", "a.js": "",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "JWT_SECRET", services: ["a"], required: true, origins: ["a.js:3"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      JWT_SECRET: ${JWT_SECRET:?}\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "JWT_SECRET_KEY", services: ["a"], required: true, origins: ["a.py:3"])])
            ),
            RuleExample(
                [
                    "compose.prod.yml": "services:\n  web:\n    build: .\n    env_file: .env.prod\n",
                    ".env.prod": "MODE=a\n",
                    "compose.dev.yml": "services:\n  web:\n    build: .\n    env_file: .env.dev\n",
                    ".env.dev": "DATABASE_URL=a\n", "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "DATABASE_URL", services: ["a"], required: true, origins: ["a.py:3"])])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  gate:\n    build:\n      context: .\n      dockerfile: apps/gate/Dockerfile\n    environment:\n      MODE: a\n  mail:\n    build:\n      context: .\n      dockerfile: apps/mail/Dockerfile\n    environment:\n      MODE: a\n",
                    "apps/gate/Dockerfile": "FROM node:22\nCMD [\"node\", \"dist/gate.js\"]\n",
                    "apps/mail/Dockerfile": "FROM node:22\nCMD [\"node\", \"dist/mail.js\"]\n",
                    "apps/gate/auth.ts": "if (!process.env.AUTH_SECRET) throw new Error('AUTH_SECRET')\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [
                        Service(name: "mail", directory: ".", role: .backend),
                        Service(name: "web", directory: ".", role: .backend),
                    ],
                    variables: [
                        Variable(
                            name: "AUTH_SECRET", services: ["mail", "web"], required: true,
                            origins: ["apps/gate/auth.ts:1"])
                    ])),
        ],
        passes: [
            RuleExample(
                [
                    "compose.local.yml":
                        "services:\n  web:\n    build: .\n    environment: {MODE: a}\n  db:\n    build:\n      context: .\n"
                        + "      dockerfile: db/Dockerfile\n    environment: {MODE: a}\n",
                    "Dockerfile": "FROM python:3.13\nCOPY . .\nENTRYPOINT [\"/entrypoint\"]\n",
                    "entrypoint":
                        "#!/bin/bash\nexport DATABASE_URL=\"postgres://${POSTGRES_USER}@db/a\"\nexec \"$@\"\n",
                    "db/Dockerfile": "FROM postgres:17\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, language: "python")],
                    variables: [
                        Variable(
                            name: "DATABASE_URL", services: ["a"], required: true,
                            origins: ["config/settings/base.py:3"]),
                        Variable(
                            name: "MAIL_DOMAIN", services: ["a"], required: true,
                            origins: ["config/settings/production.py:9"]),
                    ])),
            RuleExample(
                [
                    "compose.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "JWT_SECRET_KEY", services: ["a"], required: true, origins: ["a.py:3"])])
            ),
            RuleExample(
                [
                    "compose.yml": "services:\n  migrate:\n    build: .\n    environment:\n      MODE: a\n",
                    "Dockerfile":
                        "FROM golang:1.24\nCOPY . .\nRUN go build -o /m ./cmd/migrate\nCMD [\"/m\"]\n",
                    "go.mod": "module a.example/a\n\ngo 1.24\n",
                    "cmd/migrate/main.go": "package main\n\nimport \"a.example/a/db\"\n", "db/db.go": "package db\n",
                    "bot/bot.go": "package bot\n\nvar token = mustGet(\"TOKEN\")\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "TOKEN", services: ["a"], required: true, origins: ["bot/bot.go:3"])])
            ),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      MODE: a\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                    "a.py": "import os\nif \"CDN\" in os.environ:\n    zone = os.environ[\"CDN_ZONE\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "CDN_ZONE", services: ["a"], required: true, origins: ["a.py:3"])])
            ),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      MODE: a\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"python\", \"a.py\"]\n",
                    "a.py": "import os\nGITHUB_CLIENT_SECRET = os.getenv(\"GITHUB_CLIENT_SECRET\")\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [
                        Variable(name: "GITHUB_CLIENT_SECRET", services: ["a"], required: true, origins: ["a.py:2"]),
                        Variable(name: "PYTHON_VERSION", services: ["a"], required: true, origins: ["a.py:1"]),
                        Variable(name: "OLD_URL", services: ["a"], required: true, origins: ["scripts/migrate.py:1"]),
                    ])),
            RuleExample(
                [
                    "compose.yml": "services:\n  web:\n    build: .\n    environment:\n      MODE: a\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                    "a.js": "if (!process.env.KEY_X) {\n  process.env.KEY_X = make();\n}\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
                    variables: [Variable(name: "KEY_X", services: ["a"], required: true, origins: ["a.js:1"])])
            ),
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        return repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose,
                let given = GivenNames.of(unit, isAlone: compose.isBesideOthers)
            else { return [] }
            let read = Set(app.variables.filter(unit.reads).map(\.name))
            let reach = GoReach(of: unit)
            // .NET's configuration does not tell capitals from small letters.
            let sections = Set(given.filter { $0.contains("__") }.map { $0.lowercased() })
            let missing = app.variables.filter { variable in
                variable.required && variable.phase != .build && variable.default == nil
                    && unit.reads(variable) && !given.contains(variable.name)
                    && !sections.contains(variable.name.lowercased())
                    && !["PORT", "HOST"].contains(variable.name) && !BrowserVariables.contains(variable.name)
                    && !RequiredReads.isSettled(variable, in: repository.tree)
                    && !(compose.isForDevelopment && RequiredReads.isForProduction(variable))
                    && !RequiredReads.isExported(variable.name, in: repository.tree)
                    && reach?.leavesOut(variable) != true
            }
            let severity: Severity =
                // Where the author lists what to give, the rest is for parts that can be off; and with the sources the
                // developer's own .env is mounted.
                compose.isForDevelopment || !service.environmentFiles.isEmpty || unit.mountsItsSource
                ? .warning : .error
            var unrelated: [Variable] = []
            var found: [Violation] = []
            for variable in missing {
                guard let near = NearestName.among(given.subtracting(read), to: variable.name) else {
                    unrelated.append(variable)
                    continue
                }
                found.append(
                    Violation(
                        file: compose.location,
                        line: service.environment.first { $0.name == near }?.line ?? service.line,
                        "\(service.name) needs \(variable.name) (\(variable.origins.first ?? "")) and nobody gives it; "
                            + "\(near) is given: write \(variable.name)", severity: severity))
            }
            if let first = unrelated.first {
                let shown = unrelated.prefix(mostShown).map { "\($0.name) (\($0.origins.first ?? ""))" }
                let more = unrelated.count - shown.count
                let names = shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
                found.append(
                    Violation(
                        file: compose.location, line: service.line,
                        "\(service.name) needs \(names) and nobody gives \(unrelated.count == 1 ? "it" : "them"); "
                            + "add: \(first.name): ${\(first.name):?}",
                        // Nobody who runs the program leaves out so many: a schema that we cannot read has defaults.
                        severity: unrelated.count > mostCertain ? .warning : severity))
            }
            return found
        }
    }

    /// More names than these are rarely all wanted.
    private static let mostCertain = 3

    /// More names than these fill the line and help nobody.
    private static let mostShown = 5

    /// Two names for one thing.
    static let nameMismatch = Rule(
        "EN212", .warning, "a given name is read by nothing, and a similar one is",
        why: "The value never arrives: the file gives one name and the code reads another.",
        catches: [
            RuleExample(
                [".env.example": "REACT_APP_API_ENDPOINT=a\n", "src/a.ts": "import.meta.env.VITE_APP_API_ENDPOINT\n"],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .spa)],
                    variables: [
                        Variable(name: "VITE_APP_API_ENDPOINT", services: ["a"], phase: .build, origins: ["src/a.ts:1"])
                    ]))
        ],
        passes: [
            RuleExample(
                [
                    ".env.example": "VITE_APP_API_ENDPOINT=a\nOTHER=1\n",
                    "src/a.ts": "import.meta.env.VITE_APP_API_ENDPOINT\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .spa)],
                    variables: [
                        Variable(name: "VITE_APP_API_ENDPOINT", services: ["a"], phase: .build, origins: ["src/a.ts:1"])
                    ]))
        ]
    ) { repository in
        guard let app = repository.app, !app.variables.isEmpty else { return [] }
        let read = Set(app.variables.map(\.name))
        let given = GivenNames.everywhere(in: repository)
        let wanted = read.subtracting(given.map(\.name))
        guard !wanted.isEmpty else { return [] }
        var seen: Set<String> = []
        return given.compactMap { place in
            guard !read.contains(place.name), let near = NearestName.among(wanted, to: place.name),
                seen.insert(place.name).inserted, !GivenNames.isMentioned(place.name, in: repository),
                let variable = app.variables.first(where: { $0.name == near })
            else { return nil }
            return Violation(
                file: place.file, line: place.line,
                "nothing reads \(place.name); the code reads \(near) (\(variable.origins.first ?? "")): write \(near)")
        }
    }

    /// Whatever stands in Compose and platform files for production.
    static let debugDeployed = Rule(
        "EN214", .warning, "a deployment runs in debug mode",
        why: "Debug mode shows source text, settings and stack traces to every visitor, and is slow.",
        catches: [
            ["compose.yml": "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 'True'\n"],
            ["fly.toml": "[env]\nNODE_ENV = 'development'\n"],
            ["app.yaml": "runtime: php\nenv_variables:\n  APP_DEBUG: true\n"],
            ["shop.service": "[Service]\nEnvironment=FLASK_DEBUG=1\nExecStart=/usr/bin/gunicorn a:app\n"],
            ["Dockerfile": "FROM eclipse-temurin:21\nENV SPRING_PROFILES_ACTIVE=dev\nCMD [\"java\"]\n"],
            ["Dockerfile": "FROM node:22\nENV NODE_ENV=development\nCMD [\"node\"]\n"],
        ],
        passes: [
            ["compose.yml": "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 'False'\n"],
            ["compose.dev.yml": "services:\n  web:\n    build: .\n    environment:\n      DEBUG: 'True'\n"],
            [
                "ecosystem.config.js":
                    "env: {\n  NODE_ENV: 'development',\n},\nenv_production: {\n  NODE_ENV: 'production',\n},\n"
            ],
        ]
    ) { repository in
        var found: [Violation] = []
        func check(_ name: String, _ value: String?, _ file: String, _ line: Int) {
            guard let value, let advice = DebugMode.advice(name, value) else { return }
            found.append(Violation(file: file, line: line, "\(name)=\(value) is for development; write: \(advice)"))
        }
        for file in repository.composeFiles where !file.isForDevelopment {
            for service in file.services where service.build != nil {
                for variable in service.environment {
                    check(variable.name, variable.value, file.location, variable.line)
                }
            }
        }
        for file in repository.flyFiles {
            for variable in file.environment { check(variable.name, variable.value, file.location, variable.line) }
        }
        for file in repository.renderBlueprints {
            for service in file.services {
                for variable in service.environment {
                    check(variable.name, variable.value, file.location, variable.line)
                }
            }
        }
        for given in PlatformSettings.all(in: repository) where !PlatformSettings.isForDevelopment(given.file) {
            check(given.name, given.value, given.file, given.line)
        }
        for dockerfile in repository.dockerfiles where !DevelopmentPath.isLikely(dockerfile.location) {
            for instruction in dockerfile.reading.file.finalStage where instruction.keyword == "ENV" {
                for (name, value) in instruction.pairs {
                    check(name, value?.filter { $0 != "\"" && $0 != "'" }, dockerfile.location, instruction.line)
                }
            }
        }
        return found
    }

    /// Reachable from its own container only.
    static let hostVariableLocal = Rule(
        "EN215", .warning, "the host variable says localhost",
        why: "In a container a server that binds localhost answers nobody outside it.",
        catches: [
            RuleExample(
                [
                    "compose.yml": "services:\n  api:\n    build: .\n    environment:\n      HOST: localhost\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, hostVariable: "HOST")]))
        ],
        passes: [
            RuleExample(
                [
                    "compose.yml": "services:\n  api:\n    build: .\n    environment:\n      HOST: 0.0.0.0\n",
                    "Dockerfile": "FROM node:22\nCMD [\"node\", \"a.js\"]\n",
                ],
                app: AppSpec(
                    name: "a", services: [Service(name: "a", directory: ".", role: .backend, hostVariable: "HOST")]))
        ]
    ) { repository in
        repository.deployedUnits.flatMap { unit -> [Violation] in
            guard let service = unit.service, let compose = unit.compose, let name = unit.app?.hostVariable else {
                return []
            }
            return GivenToService.variables(service, in: compose).filter {
                $0.name == name && ["localhost", "127.0.0.1"].contains($0.value)
            }
            .map {
                Violation(
                    file: $0.file, line: $0.line, "\(name) makes \(service.name) answer itself alone; write: 0.0.0.0")
            }
        }
    }
}
