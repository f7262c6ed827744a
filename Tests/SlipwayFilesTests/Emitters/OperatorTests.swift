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
        ([:], true), (["uploads/first.png": ""], false), ([".dockerignore": "*.log\n"], false),
        ([".dockerignore": "uploads\n"], true),
    ])
    func `folders for data are made before the source is copied when the copy leaves them alone`(
        _ tree: [String: String], _ isBefore: Bool
    ) throws {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "python", install: "pip install -r requirements.txt",
            start: "python app.py", port: 8000, writableDirectories: ["uploads"])
        let files = Self.files([web], tree: tree.merging(["app.py": "", "requirements.txt": "h11"]) { $1 })
        let text = try #require(files["Dockerfile"])
        let folders = try #require(text.range(of: "RUN install -d -o 1000 -g 1000 /app/uploads"))
        let copy = try #require(text.range(of: "COPY . /app", options: .backwards))
        #expect((folders.lowerBound < copy.lowerBound) == isBefore, "\(text)")
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
