// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What somebody who has run such applications for years looks at first.
@Suite struct OperatorTests {
    private static func files(
        _ services: [Service], resources: [Resource] = [], variables: [Variable] = [], tree: [String: String] = [:]
    ) -> [String: String] {
        let input = EmitterInput(
            app: AppSpec(name: "app", services: services, resources: resources, variables: variables),
            tree: SourceTree(files: tree))
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    private static let node = Service(
        name: "api", directory: "api", role: .backend, language: "javascript", languageVersion: "22",
        packageManager: "npm", install: "npm ci", start: "node server.js", port: 3000, uses: ["search", "store"])

    @Test func `a variable that the image sets keeps its value where nobody gives another`() {
        let files = Self.files(
            [Self.node], variables: [Variable(name: "NODE_ENV", services: ["api"])],
            tree: ["api/package.json": "{}", "api/package-lock.json": "{}", "api/server.js": ""])
        for path in ["docker-compose.yml", "docker-compose.prod.yml", "docker-stack.yml"] {
            #expect(files[path]?.contains("NODE_ENV: ${NODE_ENV:-production}") == true, "\(path)")
        }
        #expect(files["docker-compose.dev.yml"]?.contains("NODE_ENV: null") == true)
    }

    @Test func `pages built by a hand-written image get no values when they are only served`() {
        let pages = Service(
            name: "pages", directory: ".", role: .spa, language: "javascript", packageManager: "npm",
            install: "npm ci", build: "npm run build", outputDirectory: "dist")
        let files = Self.files(
            [pages], variables: [Variable(name: "VITE_API_URL", services: ["pages"], phase: .build)],
            tree: [
                "package.json": "{\"scripts\": {\"dev\": \"vite\", \"build\": \"vite build\"}}",
                "package-lock.json": "{}",
                "Dockerfile":
                    "FROM node:22 AS build\nCOPY . .\nRUN npm run build\nFROM nginx:1.29\nCOPY --from=build /dist /p\n",
            ])
        let compose = files["docker-compose.dev.yml"] ?? ""
        #expect(compose.contains("pages:") && !compose.contains("VITE_API_URL"), "\(compose)")
    }

    @Test(arguments: [
        Service(
            name: "web", directory: ".", role: .backend, language: "python", install: "pip install -r requirements.txt",
            start: "python app.py", port: 8000, writableDirectories: ["uploads"]),
        Service(
            name: "web", directory: ".", role: .backend, language: "javascript", packageManager: "npm",
            install: "npm ci", build: "npm run build", start: "node server.js", port: 8000,
            writableDirectories: ["uploads"]),
        Service(
            name: "web", directory: ".", role: .backend, language: "ruby", framework: "rails", start: "puma",
            port: 8000,
            writableDirectories: ["uploads"]),
        Service(
            name: "web", directory: ".", role: .backend, language: "go", start: "./web", port: 8000,
            writableDirectories: ["uploads"]),
    ])
    func `folders for data come from a stage that no change of the source touches`(_ web: Service) throws {
        let files = Self.files(
            [web], tree: ["app.py": "", "requirements.txt": "h11", "package.json": "{}", "uploads/first.png": ""])
        let text = try #require(files["Dockerfile"])
        let file = Dockerfile(parsing: text)
        let stage = try #require(file.stages.first { $0.name == "folders" })
        #expect(stage.instructions.map(\.keyword) == ["RUN"], "\(text)")
        #expect(stage.instructions.first?.text.contains("install -d -o 1000 -g 1000 /folders/app/") == true, "\(text)")
        let last = file.finalStage
        let copies = last.filter { $0.keyword == "COPY" }
        #expect(copies.last?.flag("from")?.value == "folders" && copies.last?.arguments == ["/folders", "/"])
        #expect(stage.base == last.first?.arguments.first)
        #expect(!last.contains { $0.keyword == "RUN" && $0.text.contains("install -d") }, "\(text)")
    }

    @Test func `a database in a file has a volume and one process wherever it runs`() throws {
        var web = Self.node
        (web.directory, web.uses, web.release) = (".", ["db"], "node migrate.js")
        let files = Self.files(
            [web], resources: [Resource(name: "db", kind: .sqlite, variable: "DATABASE_URL")],
            variables: [Variable(name: "DATABASE_URL", services: ["api"], default: "sqlite:///app.db")],
            tree: ["package.json": "{}", "package-lock.json": "{}", "server.js": ""])
        let stack = try #require(files["docker-stack.yml"])
        #expect(stack.contains("replicas: 1\n") && !stack.contains("replicas: 2"), "\(stack)")
        // The process and its migration see the same file.
        #expect(stack.components(separatedBy: "- api-data:/app/data").count == 3, "\(stack)")
        #expect(stack.contains("DATABASE_URL: sqlite:////app/data/app.db"), "\(stack)")
        let cluster = files.filter { $0.key.hasPrefix("deploy/kubernetes/base/") }.values.joined()
        #expect(cluster.contains("mountPath: /app/data") && !cluster.contains("HorizontalPodAutoscaler"), "\(cluster)")
        #expect(cluster.contains("sqlite:////app/data/app.db"), "\(cluster)")
        let fly = try #require(files["fly.toml"])
        #expect(fly.contains("destination = \"/app/data\"") && fly.contains("sqlite:////app/data/app.db"), "\(fly)")
        #expect(!fly.contains("release_command") && fly.contains("node migrate.js && exec node server.js"), "\(fly)")
        #expect(files["deploy/kubernetes/base/migrate_api.yaml"] == nil && cluster.contains("node migrate.js && exec"))
        let render = files["render.yaml"] ?? ""
        #expect(render.contains("mountPath: /app/data") && !render.contains("preDeployCommand"), "\(render)")
        #expect(render.contains("node migrate.js && exec node server.js"), "\(render)")
    }

    @Test func `a default with braces is left to the code where Swarm would cut it`() {
        let files = Self.files(
            [Self.node], variables: [Variable(name: "OPTIONS", services: ["api"], default: "{}")],
            tree: ["api/package.json": "{}", "api/package-lock.json": "{}", "api/server.js": ""])
        #expect(files["docker-stack.yml"]?.contains("OPTIONS: null") == true)
    }

    @Test func `Heroku starts a built program where the image has it`() {
        var api = Self.node
        (api.language, api.languageVersion, api.packageManager, api.install) = ("java", "21", "maven", nil)
        (api.build, api.start) = ("./mvnw package", "java -jar target/api-1.0.jar")
        let text = Self.files([api], tree: ["api/pom.xml": "", "api/mvnw": ""])["heroku.yml"] ?? ""
        #expect(text.contains("web: java -jar /app/application.jar"), "\(text)")
    }

    @Test func `a variable that holds the port is not set to an address too`() {
        var api = Self.node
        (api.portVariable, api.hostVariable) = ("API_PORT", "API_PORT")
        let files = Self.files([api], tree: ["api/package.json": "{}", "api/package-lock.json": "{}"])
        let text = files["api/Dockerfile"] ?? ""
        #expect(text.contains("API_PORT=3000") && !text.contains("API_PORT=0.0.0.0"), "\(text)")
    }

    @Test func `the guide promises what the files do`() {
        let api = Service(
            name: "api", directory: ".", role: .backend, language: "python", languageVersion: "3.6",
            install: "pip install -r requirements.txt && pip install gunicorn", start: "gunicorn a:app", port: 8000,
            uses: ["db", "cache"])
        let files = Self.files(
            [api],
            resources: [
                Resource(name: "db", kind: .postgres, version: "9.4"), Resource(name: "cache", kind: .redis),
            ],
            variables: [Variable(name: "POSTGRES_HOST", services: ["api"])],
            tree: ["requirements.txt": "flask", "a.py": ""])
        let guide = files["DEPLOYMENT.md"] ?? ""
        // Only parts of the address are read, so Fly's script cannot make the database, and nothing says that it does.
        #expect(files["scripts/deploy-fly.sh"]?.contains("postgres create") == false)
        #expect(!guide.contains("and the database app-db"), "\(guide)")
        #expect(guide.contains("- [ ] Security headers") && !guide.contains("- [x] Security headers"))
        #expect(guide.contains("| Heroku | 1 process, 2 databases |"), "\(guide)")
        #expect(files["deploy/kubernetes/base/app_network.yaml"]?.contains("backup-cache") == false)
        #expect(files["render.yaml"]?.contains("postgresMajorVersion") == false)
        #expect(files["docker-compose.yml"]?.contains("postgres:9.4-alpine") == true)
        #expect(files["Dockerfile"]?.contains("gunicorn==20.1.*") == true)
    }

    @Test func `our scripts are in no image, and a program's own of the same name are`() throws {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "python", install: "pip install -r requirements.txt",
            start: "python app.py", port: 8000)
        let tree = ["app.py": "", "requirements.txt": "h11", "scripts/backup.sh": "pg_dump"]
        let ignore = DockerIgnore(parsing: try #require(Self.files([web], tree: tree)[".dockerignore"]))
        #expect(ignore.excludes("scripts/run-dev.sh") && !ignore.excludes("scripts/backup.sh"))
    }

    @Test func `a search server is named as an address, and a store that nothing leads to is not started`() {
        let files = Self.files(
            [Self.node],
            resources: [Resource(name: "search", kind: .meilisearch), Resource(name: "store", kind: .s3)],
            variables: [
                Variable(name: "MEILI_HOST", services: ["api"]), Variable(name: "S3_BUCKET", services: ["api"]),
            ], tree: ["api/package.json": "{}", "api/package-lock.json": "{}", "api/server.js": ""])
        let compose = files["docker-compose.yml"] ?? ""
        #expect(compose.contains("MEILI_HOST: http://search:7700") && !compose.contains("minio"), "\(compose)")
    }

    @Test func `of two databases in SQL the one that nothing leads to is left out, and Ruby is told which it is`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "ruby", framework: "rails", start: "puma",
            port: 3000, uses: ["db", "mysql"])
        let files = Self.files(
            [web], resources: [Resource(name: "db", kind: .postgres), Resource(name: "mysql", kind: .mysql)],
            variables: [
                Variable(name: "DATABASE_ADAPTER", services: ["web"]),
                Variable(name: "DATABASE_HOST", services: ["web"]),
            ], tree: ["Gemfile": "", "Gemfile.lock": ""])
        let compose = files["docker-compose.prod.yml"] ?? ""
        #expect(compose.contains("DATABASE_ADAPTER: postgresql") && compose.contains("DATABASE_HOST: db"))
        #expect(!compose.contains("MYSQL"), "\(compose)")
    }

    @Test func `Celery's clock notes its times where it may write, unless it says where`() {
        func start(_ command: String) -> String { CeleryBeat.withPlaceForSchedule(command) }
        #expect(start("celery -A app beat -l info") == "celery -A app beat -l info --schedule /tmp/celerybeat-schedule")
        for command in [
            "celery -A app beat --scheduler django_celery_beat.schedulers:DatabaseScheduler",
            "celery -A app beat -s /x",
            "celery -A app worker", "beat", "cd x && celery -A app beat", "",
        ] { #expect(start(command) == command) }
    }

    @Test func `a project file above the code is in the build's context, and is copied before it`() {
        let api = Service(
            name: "api", directory: "backend", role: .backend, language: "python", packageManager: "poetry",
            install: "poetry install --only main --no-root", start: "gunicorn a:app", port: 8000)
        let files = Self.files(
            [api], tree: ["pyproject.toml": "[tool.poetry]\n", "poetry.lock": "", "backend/a.py": "app = 1\n"])
        let text = files["backend/Dockerfile"] ?? ""
        #expect(
            text.contains("COPY poetry.lock pyproject.toml /app/") && text.contains("WORKDIR /app/backend"), "\(text)")
        #expect(files["backend/fly.toml"]?.contains("# fly deploy --config backend/fly.toml") == true)
    }

    @Test func `Fly's commands are programs or a shell's text, never an assignment that nothing reads`() {
        var api = Self.node
        api.release = "A=${B:-c} node migrate.js"
        let text = Self.files([api], tree: ["api/package.json": "{}", "api/server.js": ""])["api/fly.toml"] ?? ""
        #expect(text.contains("sh -c 'exec env A=${B:-c} node migrate.js'"), "\(text)")
    }

    @Test(arguments: zip(["uv", "poetry", "pipenv", "pdm"], ["uv run", "poetry run", "pipenv run", "pdm run"]))
    func `a pipeline installs what tests need, and runs migrations where the packages are`(
        _ manager: String, _ runner: String
    ) {
        let api = Service(
            name: "api", directory: ".", role: .backend, language: "python", packageManager: manager,
            install: "\(manager) install --no-dev", start: "gunicorn a:app", release: "A=b alembic upgrade head",
            port: 8000)
        let files = Self.files([api], tree: ["pyproject.toml": "", "Pipfile": "", "a.py": ""])
        for path in [".github/workflows/ci.yml", ".gitlab-ci.yml"] {
            #expect(files[path]?.contains("\(runner) sh -c 'A=b alembic upgrade head'") == true, "\(path)")
            #expect(files[path]?.contains("--no-dev") == false)
        }
    }

    @Test(
        arguments: zip(
            [#"{"packageManager":"pnpm@9.1.0"}"#, "{}"], ["uses: pnpm/action-setup", "version: \"10\""]))
    func `a pipeline names pnpm's version only where package json does not`(_ manifest: String, _ wanted: String) {
        var api = Self.node
        (api.directory, api.packageManager, api.install) = (".", "pnpm", "pnpm install --frozen-lockfile")
        let files = Self.files([api], tree: ["package.json": manifest, "pnpm-lock.yaml": "", "server.js": ""])
        let text = files[".github/workflows/ci.yml"] ?? ""
        #expect(text.contains(wanted) && text.contains("version: \"10\"") == (manifest == "{}"), "\(text)")
        #expect(files[".gitlab-ci.yml"]?.contains("npm install --global pnpm@") == true)
    }

    @Test(arguments: zip(["{}", #"{"engines":{"node":"26.7.0"}}"#, #"{"engines":{"node":">=18"}}"#], [22, 26, 22]))
    func `assets beside Ruby are made by the Node that their packages ask for`(_ manifest: String, _ version: Int) {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "ruby", framework: "rails",
            build: "bundle exec rails assets:precompile", start: "puma", port: 3000)
        let files = Self.files([web], tree: ["Gemfile": "", "Gemfile.lock": "", "package.json": manifest])
        #expect(files["Dockerfile"]?.contains("FROM node:\(version)-slim AS node") == true)
    }
}
