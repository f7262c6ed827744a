// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// `"False"` is true.
    static let debugIsText = Rule(
        "EN222", .warning, "debug mode cannot be switched off",
        why: "A variable of the environment is a text, and every text but the empty one is true: DEBUG=False leaves "
            + "debug mode on, which shows settings and source to every visitor.",
        catches: [
            ["app/settings.py": "import os\nDEBUG = os.getenv('DJANGO_DEBUG', True)\n"],
            ["main.py": "app = FastAPI(\n    debug=os.getenv(\"DEBUG\", False),\n)\n"],
            ["settings.py": "import os\nDEBUG = bool(os.environ.get(\"DEBUG\", \"False\"))\n"],
            ["src/app.py": "app = Litestar(\n    route_handlers=[index],\n    debug=True,\n)\n"],
            ["main.py": "app = FastAPI(title='Shop', debug=True)\n"],
        ],
        passes: [
            ["settings.py": "import os\nDEBUG = os.getenv('DEBUG', 'False') == 'True'\n"],
            ["settings.py": "import os\nDEBUG = os.environ.get('DEBUG', '').lower() in ('1', 'true')\n"],
            ["settings.py": "import os\nDEBUG = bool(int(os.environ.get('DEBUG', 0)))\n"],
            ["settings.py": "from decouple import config\nDEBUG = config('DEBUG', cast=bool)\n"],
        ]
    ) { repository in
        PythonSettings.debugArguments(in: repository) + PythonSettings.debugApplications(in: repository)
            + PythonSettings.all(in: repository).flatMap { path, lines in
                lines.enumerated().compactMap { index, line -> Violation? in
                    let words = line.split(separator: "=", maxSplits: 1).map(\.trimmed)
                    guard words.count == 2, words[0] == "DEBUG", line.first == "D" else { return nil }
                    var value = words[1].split(separator: "#").first.map(\.trimmed) ?? ""
                    if value.hasPrefix("bool("), value.hasSuffix(")") { value = String(value.dropFirst(5).dropLast()) }
                    guard
                        ["os.getenv(", "os.environ.get(", "os.environ[", "environ.get(", "getenv("].contains(
                            where: value.hasPrefix), value.hasSuffix(")") || value.hasSuffix("]"),
                        !value.contains("=="), !value.contains(" in "),
                        value.filter({ $0 == ")" || $0 == "]" }).count == 1
                    else { return nil }
                    let name = value.split { $0 == "'" || $0 == "\"" }.dropFirst().first.map(String.init) ?? "DEBUG"
                    return Violation(
                        file: path, line: index + 1,
                        "\(name)=False is a text and counts as true; write: os.environ.get(\"\(name)\") == \"True\"")
                }
            }
    }

    /// Any page may act in the name of whoever visits it.
    static let credentialsForEverybody = Rule(
        "EN223", .warning, "every origin may send requests with the visitor's login",
        why: "With credentials the server answers the asking origin by name instead of the asterisk: any page that a "
            + "signed-in visitor opens can read and change what is theirs.",
        catches: [
            [
                "main.py": "app.add_middleware(\n    CORSMiddleware,\n    allow_origins=[\"*\"],\n"
                    + "    allow_credentials=True,\n)\n"
            ],
            ["config/settings.py": "CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n"],
            ["src/server.js": "app.use(cors({ origin: true, credentials: true }))\n"],
            ["src/server.js": "app.use(cors({\n  origin: '*',\n  credentials: true,\n}))\n"],
            ["main.go": "cors.Options{\n  AllowedOrigins: []string{\"*\"},\n  AllowCredentials: true,\n}\n"],
            [
                "cors.go":
                    "w.Header().Set(\"Access-Control-Allow-Origin\", \"*\")\nw.Header().Set(\"Access-Control-Allow-Credentials\", \"true\")\n"
            ],
            ["src/main.ts": "app.enableCors({\n  origin: [...list, /\\.ngrok\\.io$/],\n  credentials: true,\n})\n"],
            ["src/app.js": "const corsOptions = {\n  origin: (o, cb) => cb(null, true),\n  credentials: true,\n}\n"],
            [
                "src/main/java/Cors.java":
                    "registry.addMapping(\"/api/**\")\n  .allowedOriginPatterns(\"*\")\n  .allowCredentials(true);\n"
            ],
            ["app.py": "from flask_cors import CORS\nCORS(app, supports_credentials=True)\n"],
            ["Program.cs": "policy.SetIsOriginAllowed(_ => true).AllowCredentials();\n"],
            ["config/cors.php": "return [\n  'allowed_origins' => ['*'],\n  'supports_credentials' => true,\n];\n"],
            [
                "main.go":
                    "cors.Config{\n  AllowOriginFunc: func(origin string) bool { return true },\n  AllowCredentials: true,\n}\n"
            ],
            [
                "main.py":
                    "app.add_middleware(CORSMiddleware, allow_origin_regex=r\"https://.*\\.vercel\\.app\", allow_credentials=True)\n"
            ],
            [
                "main.py":
                    "app.add_middleware(CORSMiddleware, allow_origin_regex=r\"https?://192\\.168\\.\\d+\\.\\d+\", allow_credentials=True)\n"
            ],
        ],
        passes: [
            [
                "main.py": "app.add_middleware(\n    CORSMiddleware,\n    allow_origins=[\"https://example.com\"],\n"
                    + "    allow_credentials=True,\n)\n"
            ],
            ["main.py": "app.add_middleware(CORSMiddleware, allow_origins=[\"*\"])\n"],
            ["src/server.js": "app.use(cors({ origin: '*' }))\n"],
            ["main.go": "cors.Options{\n  AllowedOrigins: []string{\"*\"},\n  AllowCredentials: false,\n}\n"],
            [
                "src/main.ts":
                    "app.enableCors({ origin: [/^https:\\/\\/shop-[a-z]+\\.vercel\\.app$/], credentials: true })\n"
            ],
            ["src/main.ts": "app.enableCors({ origin: ['https://shop.vercel.app'], credentials: true })\n"],
            [
                "src/app.js":
                    "app.use(cors({ origin: (o, cb) => { if (list.includes(o)) cb(null, true) }, credentials: true }))\n"
            ],
            [
                "config/settings.py":
                    "if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n"
            ],
        ]
    ) { repository in
        repository.code(OpenOrigins.endings, with: OpenOrigins.words).compactMap { code in
            if let line = OpenOrigins.line(in: code) {
                return Violation(
                    file: code.path, line: line,
                    "name the origins that may: the front end's own address, from a variable")
            }
            guard let line = Asterisks.line(in: code) else { return nil }
            return Violation(
                file: code.path, line: line,
                "browsers refuse * for requests with a login, and some servers then answer every origin by name or end at "
                    + "their start; name the origins that may, from a variable")
        }
    }

    /// Django answers 400 to every name that it was not told.
    static let hostsNotGiven = Rule(
        "EN224", .error, "the deployment does not say which hosts the application answers",
        why: "The code's own list holds this machine alone, and the deployment gives no other: every request by the "
            + "site's name is answered 400.",
        catches: [
            RuleExample(
                [
                    "compose.prod.yml": "services:\n  web:\n    build: .\n    environment:\n      - DEBUG=False\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"a.wsgi\"]\n",
                ],
                app: hostsApplication)
        ],
        passes: [
            RuleExample(
                [
                    "compose.prod.yml":
                        "services:\n  web:\n    build: .\n    environment:\n      - ALLOWED_HOSTS=${ALLOWED_HOSTS:?}\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"a.wsgi\"]\n",
                ],
                app: hostsApplication),
            RuleExample(
                [
                    "compose.prod.yml":
                        "services:\n  work:\n    build: .\n    command: celery -A a worker\n    environment:\n      - DEBUG=False\n",
                    "Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"a.wsgi\"]\n",
                ],
                app: hostsApplication),
        ]
    ) { repository in
        guard let app = repository.app else { return [] }
        return repository.deployedUnits.compactMap { unit in
            guard let service = unit.service, let compose = unit.compose, let own = unit.app, !unit.isForDevelopment,
                !unit.mountsItsSource, unit.server?.line.isForDevelopment != true, !isWorker(unit),
                DevelopmentPath.isProduction(compose.location), let given = GivenNames.of(unit, isAlone: true),
                let variable = app.variables.first(where: { variable in
                    variable.name.hasSuffix("ALLOWED_HOSTS") && variable.services.contains(own.name)
                        && !given.contains(variable.name) && variable.default.map(isThisMachine) == true
                })
            else { return nil }
            return Violation(
                file: compose.location, line: service.node["environment"]?.line ?? service.line,
                "\(service.name) answers localhost alone (\(variable.origins.first ?? "")); add: "
                    + "\(variable.name): ${\(variable.name):?}")
        }
    }

    /// Whether it works through a queue or a timetable, and answers nobody.
    private static func isWorker(_ unit: DeployedUnit) -> Bool {
        let workers: Set<String> = ["celery", "rq", "dramatiq", "huey", "arq", "qcluster", "rqworker", "process_tasks"]
        guard let start = unit.start?.text else { return false }
        return start.split { $0 == " " || $0 == "\"" || $0 == "'" || $0 == "/" }.contains {
            workers.contains(String($0))
        }
    }

    private static func isThisMachine(_ list: String) -> Bool {
        let hosts = list.split { ", []\"'".contains($0) }
        return !hosts.isEmpty && hosts.allSatisfy { ["localhost", "127.0.0.1", "::1", "0.0.0.0"].contains($0) }
    }
}

/// The settings files of Python applications.
enum PythonSettings {
    /// `FastAPI(debug=os.getenv("DEBUG"))`: every text but the empty one is true.
    static func debugArguments(in repository: CheckedRepository) -> [Violation] {
        repository.codeFiles([".py"], with: ["debug=os."]).compactMap { entry in
            guard let text = repository.tree.text(entry.path) else { return nil }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                guard let start = TextSearch.range(of: "debug=os.", in: line) else { continue }
                let value = line[start.upperBound...]
                guard value.hasPrefix("getenv(") || value.hasPrefix("environ"), !value.contains("=="),
                    !value.contains(" in "),
                    !value.contains(".lower"), !line.trimmed.hasPrefix("#")
                else { continue }
                let name = value.split { $0 == "'" || $0 == "\"" }.dropFirst().first.map(String.init) ?? "DEBUG"
                return Violation(
                    file: entry.path, line: index + 1,
                    "\(name)=False is a text and counts as true; write: debug=os.getenv(\"\(name)\") == \"True\"")
            }
            return nil
        }
    }

    /// `Litestar(debug=True)`: an exception answers the visitor with its trace, and no variable can change it.
    static func debugApplications(in repository: CheckedRepository) -> [Violation] {
        repository.code([".py"], with: ["debug=True", "debug = True"]).compactMap { code in
            for maker in ["Litestar(", "FastAPI(", "Starlette(", "Starlite("] {
                guard let call = code.body(after: "=" + maker), call.text.contains("debug=True"),
                    let index = code.bare.indices.dropFirst(call.line - 1).first(where: {
                        code.bare[$0].contains("debug=True")
                    })
                else { continue }
                return Violation(
                    file: code.path, line: index + 1,
                    "an exception answers every visitor with its trace; write: debug=os.environ.get(\"DEBUG\") == \"True\""
                )
            }
            return nil
        }
    }

    static func all(in repository: CheckedRepository) -> [(path: String, lines: [Substring])] {
        repository.codeFiles.compactMap { entry in
            guard entry.name.hasSuffix(".py"), entry.path.contains("settings"),
                let text = repository.tree.text(entry.path), text.utf8.count < 200_000
            else { return nil }
            return (entry.path, text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}

/// What detection says of settings that name this machine alone.
private let hostsApplication = AppSpec(
    name: "a", services: [Service(name: "a", directory: ".", role: .backend)],
    variables: [
        Variable(
            name: "ALLOWED_HOSTS", services: ["a"], default: "localhost,127.0.0.1",
            origins: ["a/settings.py:3"])
    ])
