// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// Applications of every shape: what each one's files must say.
struct BreadthTests {
    private static func files(
        _ services: [Service], resources: [Resource] = [], variables: [Variable] = [],
        tree: [String: String] = [:], origins: [String: Origin] = [:], written: Set<String> = []
    ) -> [String: String] {
        let input = EmitterInput(
            app: AppSpec(
                name: "app", services: services, resources: resources, variables: variables, origins: origins),
            tree: SourceTree(files: tree), written: written)
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    private static func expect(
        _ text: String?, says wanted: [String], not unwanted: [String] = [],
        at location: Testing.SourceLocation = #_sourceLocation
    ) {
        for line in wanted {
            #expect(text?.contains(line) == true, "no \(line) in \(text ?? "nothing")", sourceLocation: location)
        }
        for line in unwanted {
            #expect(text?.contains(line) != true, "\(line) in \(text ?? "")", sourceLocation: location)
        }
    }

    @Test func `a Laravel image has its extensions, its assets, and a port that needs no root`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "php", languageVersion: "8.3", framework: "laravel",
            start: "php artisan serve --host=0.0.0.0 --port=80", port: 80, uses: ["db"], routes: ["/"])
        let files = Self.files(
            [web], resources: [Resource(name: "db", kind: .mysql)],
            variables: [
                Variable(name: "DB_CONNECTION", services: ["web"], default: "sqlite"),
                Variable(name: "DB_HOST", services: ["web"], default: "127.0.0.1"),
                Variable(name: "APP_DEBUG", services: ["web"], default: "true"),
                Variable(name: "APP_KEY", services: ["web"], required: true, secret: true),
            ],
            tree: [
                "composer.json": "{\n\"require\": {\n\"ext-gd\": \"*\",\n\"php\": \"^8.3\"\n},\n\"suggest\": {\n"
                    + "\"ext-imagick\": \"for pictures\"\n}}",
                "composer.lock":
                    "{\n\"packages\": [{\n\"require\": {\n\"ext-zip\": \"*\"\n},\n\"require-dev\": {\n\"ext-mongodb\": \"^1.3\"\n}}]}",
                "docker/php/Dockerfile": "FROM php:8.3-fpm\nRUN docker-php-ext-install -j2 \\\n  exif pdo_mysql\n",
                "app/Legacy.php": "<?php $db = new mysqli($host);", "public/index.php": "",
                "package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                "package-lock.json": "{}",
            ])
        Self.expect(
            files["Dockerfile"],
            says: [
                "docker-php-ext-configure gd", "pdo_mysql", " exif ", " mysqli ", " zip",
                "apt-get purge -y --auto-remove", "AS assets", "npm ci",
                "COPY --from=assets /app/public/. /app/public/", #"Listen \${PORT}"#, "PORT=8080", "EXPOSE 8080",
                "USER 1000:1000", "composer install --no-dev",
            ], not: ["imagick", "mongodb"])
        Self.expect(
            files["docker-compose.prod.yml"],
            says: ["DB_CONNECTION: mysql", "DB_HOST: db", "APP_DEBUG: ${APP_DEBUG:-false}"])
        Self.expect(files["Procfile"], says: ["web: heroku-php-apache2 public/"], not: ["artisan serve"])
        Self.expect(files[".env.production.example"], says: ["base64:$(openssl rand -base64 32)"])
        Self.expect(files["render.yaml"], says: [], not: ["generateValue: true"])
    }

    @Test func `a Rails image with a package json has Node where assets are made, and only there`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "ruby", languageVersion: "3.3.0", framework: "rails",
            install: "bundle install", build: "bundle exec rails assets:precompile", start: "bundle exec puma",
            port: 3000)
        let files = Self.files(
            [web], tree: ["Gemfile": "gem \"pg\"", "Gemfile.lock": " pg (1.5)", "package.json": "{}", "yarn.lock": ""])
        Self.expect(
            files["Dockerfile"],
            says: [
                "FROM node:22-slim AS node", "COPY --from=node /usr/local/bin/node", "yarn install --frozen-lockfile",
                "SECRET_KEY_BASE_DUMMY=1", "libpq5",
            ])
        let runtime = files["Dockerfile"]?.components(of: "AS runtime").last
        Self.expect(runtime, says: ["COPY --from=build"], not: ["node_modules"])
    }

    @Test func `two code bases that call their databases by one name get their own`() {
        let services = [
            Service(
                name: "api", directory: "apps/api", role: .backend, language: "typescript", start: "node dist/main",
                port: 3001, uses: ["db"], routes: ["/api"]),
            Service(
                name: "map", directory: "apps/map", role: .ssr, language: "typescript", start: "next start", port: 3000,
                uses: ["sqlite"], routes: ["/"]),
        ]
        let variable = Variable(name: "DATABASE_URL", services: ["api", "map"], required: true, secret: true)
        let files = Self.files(
            services,
            resources: [
                Resource(name: "db", kind: .postgres, variable: "DATABASE_URL"),
                Resource(name: "sqlite", kind: .sqlite, variable: "DATABASE_URL"),
            ], variables: [variable])
        let compose = ComposeFile(parsing: files["docker-compose.yml"] ?? "")
        let values = compose.services.map { service in
            (service.name, service.environment.first { $0.name == "DATABASE_URL" }?.value ?? "")
        }
        #expect(values.first { $0.0 == "api" }?.1.hasPrefix("postgresql://") == true, "\(values)")
        #expect(values.first { $0.0 == "map" }?.1.hasPrefix("postgresql://") == false, "\(values)")
        Self.expect(files["apps/api/Procfile"], says: ["node dist/main"])
    }

    @Test func `processes of one context have one Procfile, each in its folder and with a name of its own`() {
        let tree = ["package-lock.json": "{}", "apps/a/package.json": "{}", "apps/web/package.json": "{}"]
        let services = ["a", "web"].map { name in
            Service(
                name: name, directory: "apps/\(name)", role: name == "a" ? .backend : .ssr, language: "javascript",
                packageManager: "npm", install: "npm ci", start: "node server.js", port: name == "a" ? 3001 : 3000,
                routes: [name == "a" ? "/a" : "/"])
        }
        let files = Self.files(services, tree: tree)
        #expect(files["Procfile"] == "a: cd apps/a && node server.js\nweb: cd apps/web && node server.js\n")
        let formation = JSONDocument(parsing: files["app.json"] ?? "").root?["formation"]?.mapping?.keys ?? []
        #expect(formation == ["a", "web"])
    }

    @Test(arguments: [("1.15", "1.25"), ("1.22", "1.25"), ("1.24.3", "1.24")])
    func `an old Go module is built by a Go that gets fixes`(_ stated: String, _ image: String) {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "go", languageVersion: stated, start: "./api",
            port: 9000)
        Self.expect(Self.files([service], tree: ["go.mod": ""])["Dockerfile"], says: ["FROM golang:\(image)-alpine"])
    }

    @Test func `the build command says which of two build tools makes the jar`() {
        let tree = ["pom.xml": "", "mvnw": "", "build.gradle": "", "gradlew": "", ".mvn/wrapper/a": "", "gradle/a": ""]
        for (build, wanted, other) in [
            ("./mvnw -B -DskipTests package", "dependency:go-offline", "gradlew"),
            ("./gradlew bootJar", "gradlew --no-daemon dependencies", "mvnw"),
        ] {
            let service = Service(
                name: "web", directory: ".", role: .backend, language: "java", languageVersion: "21", build: build,
                start: "java -jar target/a.jar", port: 8080)
            Self.expect(Self.files([service], tree: tree)["Dockerfile"], says: [wanted], not: [other])
        }
    }

    @Test func `a service without a known path is checked by its port on Fly`() {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "go", start: "./api", port: 9000, routes: ["/"])
        Self.expect(
            Self.files([service], tree: ["go.mod": "module a\n"])["fly.toml"],
            says: ["[checks.listening]", "type = \"tcp\"", "port = 9000"], not: ["http_service.checks"])
    }

    @Test(arguments: [
        ("16", ".github/workflows/a.yml", "{}", "22"), ("16", ".nvmrc", "{}", "16"),
        ("18", ".nvmrc", "{\"devDependencies\":{\"vite\":\"^7.0.0\"}}", "22"), ("20", "a.yml", "{}", "20"),
        ("24", "package.json", "{}", "24"), ("4", "package.json", "{\"engines\":{\"node\":\">= 4.0.0\"}}", "22"),
        ("16", "package.json", "{\"engines\":{\"node\":\"16.x\"}}", "16"),
    ])
    func `Node is the version that binds the project, unless it is out of support or its tools refuse it`(
        _ stated: String, _ file: String, _ manifest: String, _ expected: String
    ) {
        let service = Service(
            name: "web", directory: ".", role: .backend, language: "javascript", languageVersion: stated,
            packageManager: "npm", install: "npm ci", start: "node .", port: 3000)
        let files = Self.files(
            [service], tree: ["package.json": manifest, "package-lock.json": "{}"],
            origins: ["services.web.languageVersion": Origin(file: file, line: 1, why: "said")])
        Self.expect(files["Dockerfile"], says: ["FROM node:\(expected)-alpine"])
    }

    @Test func `PostgreSQL 18 keeps its data where its image wants it, on every platform`() {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "python", start: "api", port: 8000, uses: ["db"])
        for (version, folder, hasVariable) in [
            ("16", "/var/lib/postgresql/data", true), ("18", "/var/lib/postgresql", false),
        ] {
            let files = Self.files(
                [service],
                resources: [Resource(name: "db", kind: .postgres, version: version, variable: "DATABASE_URL")])
            Self.expect(files["docker-compose.yml"], says: ["db-data:\(folder)\n"])
            Self.expect(files["docker-stack.yml"], says: ["db-data:\(folder)\n"])
            Self.expect(files["deploy/kubernetes/base/db.yaml"], says: ["mountPath: \(folder)\n"])
            #expect(files["deploy/kubernetes/base/db.yaml"]?.contains("PGDATA") == hasVariable)
        }
    }

    @Test func `parts of an address come from the platform that runs the database`() {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "python", start: "api", port: 8000, uses: ["db"])
        let names = ["POSTGRES_SERVER", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"]
        let files = Self.files(
            [service], resources: [Resource(name: "db", kind: .postgres)],
            variables: names.map {
                Variable(name: $0, services: ["api"], required: true, secret: $0.hasSuffix("PASSWORD"))
            })
        Self.expect(
            files["render.yaml"],
            says: ["property: host", "property: port", "property: user", "property: password", "property: database"],
            not: ["    sync: false"])
        Self.expect(files["docker-stack.yml"], says: ["POSTGRES_SERVER: db", "POSTGRES_USER: app"])
        Self.expect(files["deploy/kubernetes/base/api.yaml"], says: ["name: POSTGRES_SERVER\n              value: db"])
    }

    @Test func `a development server is reached from outside of its container, on the port that it has`() {
        let scripts: [(String, String, Int)] = [
            ("vite", "--host 0.0.0.0", 5173), ("vite dev --port 3007", "--host 0.0.0.0", 3007),
            ("next dev -p 3003", "npm", 3003), ("tsc && vite", "--host 0.0.0.0", 5173),
        ]
        for (script, argument, port) in scripts {
            let service = Service(
                name: "web", directory: ".", role: .ssr, language: "javascript", packageManager: "npm",
                install: "npm ci", start: "node .", port: 3000, routes: ["/"])
            let files = Self.files(
                [service],
                tree: ["package.json": "{\"scripts\":{\"dev\":\"\(script)\"}}", "package-lock.json": "{}"])
            Self.expect(files["docker-compose.dev.yml"], says: [":\(port)\n"])
            Self.expect(
                files["Dockerfile"],
                says: ["EXPOSE \(port)", argument.split(separator: " ").first.map(String.init) ?? ""])
        }
    }

    @Test func `two services on one port stay apart on the developer's machine`() {
        let services = ["a", "b", "c"].map { name in
            Service(
                name: name, directory: name, role: .backend, language: "go", start: "./\(name)",
                port: name == "c" ? 8081 : 8000)
        }
        let files = Self.files(services, tree: ["a/go.mod": "", "b/go.mod": "", "c/go.mod": ""])
        for name in ["docker-compose.yml", "docker-compose.dev.yml"] {
            let texts: [String] = ComposeFile(parsing: files[name] ?? "").services.flatMap { service -> [String] in
                service.node["ports"]?.texts ?? []
            }
            let published = texts.map { text in text.split(separator: ":").dropLast().last.map(String.init) }
            #expect(published.count == 3 && Set(published).count == 3, "\(name): \(published)")
        }
    }

    @Test
    func `a process that is only named runs from the image of the code beside it, and one without code from Debian`() {
        let services = [
            Service(
                name: "api", directory: ".", role: .backend, language: "python", packageManager: "pip",
                install: "pip install -r requirements.txt", start: "uvicorn a:app", port: 8000),
            Service(name: "mailer", directory: ".", role: .worker, start: "python mailer.py"),
            Service(name: "tool", directory: "tool", role: .worker, start: "./tool.sh"),
        ]
        let files = Self.files(services, tree: ["requirements.txt": "uvicorn\n", "tool/tool.sh": ""])
        #expect(files["Dockerfile"] != nil && files["Dockerfile.mailer"] == nil)
        Self.expect(files["tool/Dockerfile"], says: ["FROM debian:bookworm-slim", "CMD [\"./tool.sh\"]"])
        let compose = ComposeFile(parsing: files["docker-compose.yml"] ?? "")
        #expect(
            compose.services.filter { $0.build != nil }.allSatisfy { service in
                let context = service.build?.context ?? "."
                return files[Layout.join(context == "." ? "." : String(context.dropFirst(2)), "Dockerfile")] != nil
            })
    }

    @Test func `the door asks the cluster's names, not Docker's resolver`() {
        let services = [
            Service(
                name: "api", directory: "api", role: .backend, language: "go", start: "./api", port: 9000,
                routes: ["/api"]),
            Service(name: "web", directory: "web", role: .spa, outputDirectory: "dist", routes: ["/"]),
        ]
        let files = Self.files(services, tree: ["api/go.mod": "", "web/dist/index.html": ""])
        Self.expect(files["web/nginx.conf"], says: ["resolver 127.0.0.11"])
        Self.expect(
            files["deploy/kubernetes/base/web.yaml"],
            says: ["proxy_pass http://api:9000;", "subPath: nginx.conf"], not: ["127.0.0.11"])
    }

    @Test func `pages that read values while they run get them from the container's environment`() {
        var web = Service(
            name: "web", directory: "web", role: .spa, language: "typescript", framework: "vite", packageManager: "npm",
            build: "npm run build", outputDirectory: "dist", routes: ["/"])
        let variables = [
            Variable(name: "VITE_API_URL", services: ["web"], phase: .build, default: "/api"),
            Variable(name: "VITE_TITLE", services: ["web"], phase: .build),
        ]
        let tree = ["web/package.json": #"{"scripts":{"build":"vite build"}}"#, "web/package-lock.json": "{}"]
        #expect(Self.files([web], variables: variables, tree: tree)["web/runtime-config.sh"] == nil)
        web.runtimeConfig = "config.js"
        let files = Self.files([web], variables: variables, tree: tree)
        Self.expect(
            files["web/runtime-config.sh"], says: ["VITE_API_URL:-$(printf %s /api)", "}' VITE_API_URL VITE_TITLE >"])
        Self.expect(
            files["web/Dockerfile"],
            says: ["COPY runtime-config.sh /docker-entrypoint.d/40-runtime-config.sh"])
        Self.expect(
            files["web/nginx.conf"], says: ["location = /config.js {\n            alias /tmp/runtime-config.js;"])
        for path in ["docker-compose.yml", "docker-compose.prod.yml", "docker-stack.yml"] {
            Self.expect(files[path], says: ["VITE_TITLE:"])
        }
        Self.expect(files["deploy/kubernetes/base/web.yaml"], says: ["name: VITE_TITLE"])
    }

    @Test func `several back ends without a front end of files have one address`() {
        let services = [
            Service(
                name: "api", directory: "api", role: .backend, language: "go", start: "./api", port: 9000,
                routes: ["/api"]),
            Service(
                name: "web", directory: "web", role: .ssr, language: "javascript", start: "node server.js", port: 3000,
                routes: ["/"]),
        ]
        let tree = ["api/go.mod": "", "web/package.json": "{}"]
        let files = Self.files(services, tree: tree)
        Self.expect(
            files["deploy/gateway/nginx.conf"],
            says: [
                "location ~ ^/(api)(/|$) {", "set $upstream_api api:9000;",
                "set $upstream_web web:3000;",
            ])
        for path in ["docker-compose.yml", "docker-compose.prod.yml"] {
            Self.expect(
                files[path],
                says: [
                    "  gateway:", "./deploy/gateway/nginx.conf:/etc/nginx/nginx.conf:ro", "${HTTP_PORT:-8080}:8080",
                    "127.0.0.1:${WEB_HOST_PORT:-8081}:3000", "127.0.0.1:${API_HOST_PORT:-8082}:9000",
                ])
        }
        Self.expect(files["docker-compose.dev.yml"], says: ["HTTP_PORT"], not: ["  gateway:"])
        // Who answers a path that two want is a person's choice.
        let both = services.map { service in
            var service = service
            service.routes = ["/"]
            return service
        }
        #expect(Self.files(both, tree: tree)["deploy/gateway/nginx.conf"] == nil)
        #expect(Self.files([services[0]], tree: tree)["deploy/gateway/nginx.conf"] == nil)
    }

    @Test func `what stands beside a hand-written Dockerfile follows it`() {
        let web = Service(
            name: "web", directory: "web", role: .spa, language: "javascript", packageManager: "npm",
            build: "npm run build", outputDirectory: "dist", routes: ["/"])
        let variables = [
            Variable(name: "VITE_A", services: ["web"], phase: .build),
            Variable(name: "VITE_B", services: ["web"], phase: .build),
        ]
        let package = ["web/package.json": #"{"scripts":{"build":"vite build"}}"#, "web/package-lock.json": "{}"]
        let theirs = Self.files(
            [web], variables: variables,
            tree: package.merging(["web/Dockerfile": "FROM nginx\nARG VITE_A\nCOPY . .\nEXPOSE 80\n"]) { $1 })
        Self.expect(theirs["docker-compose.yml"], says: ["8080}:80\n", "VITE_A:"], not: ["VITE_B"])
        Self.expect(theirs["docker-compose.prod.yml"], says: ["8080}:80\n"], not: ["cap_drop"])
        Self.expect(theirs["web/fly.toml"], says: ["internal_port = 80\n"])
        // A configuration for another image stays what it is; ours has a name of its own.
        let ours = Self.files([web], tree: package.merging(["web/nginx.conf": "server { listen 80; }\n"]) { $1 })
        #expect(ours["web/nginx.conf"] == nil && ours["web/nginx.web.conf"] != nil)
        Self.expect(ours["web/Dockerfile"], says: ["COPY nginx.web.conf /etc/nginx/nginx.conf"])
        // Patterns for another build would keep out what ours copies.
        let ignored = Self.files([web], tree: package.merging(["web/.dockerignore": "*\n!dist\n"]) { $1 })
        #expect(ignored["web/Dockerfile.dockerignore"] != nil && theirs["web/Dockerfile.dockerignore"] == nil)
    }

    @Test func `files beside a hand-written Dockerfile take its stage, its folder and its check`() {
        let api = Service(
            name: "api", directory: "api", role: .backend, language: "python", framework: "fastapi",
            start: "uvicorn a:app",
            port: 8000, writableDirectories: ["uploads", "logs"], routes: ["/api"])
        let web = Service(
            name: "web", directory: "web", role: .ssr, language: "javascript", start: "node a.js", port: 3000,
            routes: ["/"])
        let theirs = """
            FROM python:3.13 AS base
            WORKDIR /code
            RUN mkdir uploads && chown 1000 uploads
            USER 1000
            EXPOSE 8000
            FROM base AS debug
            EXPOSE 5678
            """
        let files = Self.files([api, web], tree: ["api/Dockerfile": theirs, "web/package.json": "{}"])
        Self.expect(
            files["docker-compose.prod.yml"],
            says: ["target: base", "api-uploads:/code/uploads", "condition: service_started"], not: [":/app/", "logs"])
        Self.expect(files["api/fly.toml"], says: ["build-target = \"base\"", "internal_port = 8000"])
        Self.expect(files["scripts/build.sh"], says: ["--target base"])
        Self.expect(files[".github/workflows/ci.yml"], says: ["target: base", "target: ${{ matrix.target }}"])
        // A clone of a repository that hides names with a dot has no .dockerignore.
        let hidden = Self.files([web], tree: ["web/package.json": "{}", ".gitignore": ".*\n!.gitignore\n"])
        #expect(hidden["web/Dockerfile.dockerignore"] != nil)
    }

    @Test func `every platform is told where the servers are that it starts`() {
        let services = ["web", "worker"].map { name in
            Service(
                name: name, directory: ".", role: name == "web" ? .backend : .worker, language: "ruby",
                start: "bundle exec \(name)", port: name == "web" ? 3000 : nil, uses: ["db", "redis"],
                routes: name == "web" ? ["/"] : [])
        }
        let names = ["web", "worker"]
        let files = Self.files(
            services, resources: [Resource(name: "db", kind: .postgres), Resource(name: "redis", kind: .redis)],
            variables: [
                Variable(name: "POSTGRES_DB", services: names, phase: .run, default: "hello"),
                Variable(name: "POSTGRES_HOST", services: names, phase: .run, default: "postgres"),
                Variable(name: "REDIS_URL", services: names, phase: .run, secret: true),
                Variable(name: "PIDFILE", services: names, phase: .run),
                Variable(name: "LEVEL", services: names, phase: .run, default: "info"),
                Variable(name: "AGENT_URL", services: names, phase: .run, default: "http://agent:9000/x"),
            ])
        Self.expect(
            files["render.yaml"],
            says: ["property: database", "property: host", "property: connectionString", "LEVEL"],
            not: ["hello", "sync: false\n", "agent"])
        Self.expect(files["docker-compose.prod.yml"], says: ["REDIS_URL: redis://redis:6379/0"])
        // Fly gives an address and no parts of it.
        Self.expect(files["scripts/deploy-fly.sh"], says: ["POSTGRES_HOST required", "POSTGRES_DB optional"])
        // A Rails server takes an empty PIDFILE for a path.
        Self.expect(files["docker-stack.yml"], says: ["PIDFILE: null", "AGENT_URL: null"])
        Self.expect(
            files["DEPLOYMENT.md"],
            says: [
                "REDIS_URL=\"redis://redis:6379/0\"", "--from-env-file=/dev/stdin", "app-engine-backup.timer",
                "--env-file .env.production --file docker-compose.prod.yml ps",
            ])
        Self.expect(files["scripts/setup-vps.sh"], says: ["HTTP_PORT=127.0.0.1:8080"])
    }

    @Test func `a release of Elixir runs without mix, on the system alone`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "elixir", framework: "phoenix",
            build: "MIX_ENV=prod mix release", start: "PHX_SERVER=true _build/prod/rel/hello/bin/hello start",
            release: #"_build/prod/rel/hello/bin/hello eval "Hello.Release.migrate""#, port: 4000, portVariable: "PORT",
            routes: ["/"])
        let files = Self.files([web], tree: ["mix.exs": "", "mix.lock": ""])
        let stages = files["Dockerfile"]?.components(of: "\nFROM ") ?? []
        Self.expect(
            stages.last,
            says: [
                "debian:trixie-slim AS runtime", "COPY --from=build /app/_build/prod/rel/hello",
                "exec env PHX_SERVER=true _build/prod/rel/hello/bin/hello start",
            ], not: ["mix"])
        Self.expect(
            files["Dockerfile"], says: ["--path /app/_build/prod/rel/hello", "mix deps.get && exec mix phx.server"])
    }

    @Test func `long names stay apart and fit what takes them`() {
        let long = String(repeating: "a-long-name-", count: 6)
        let services = ["one", "two"].map { name in
            Service(
                name: long + name, directory: name, role: .backend, language: "go", start: "./x", port: 8000,
                routes: ["/\(name)"])
        }
        let layout = Layout(AppSpec(name: long, services: services))
        #expect(Set(layout.images.map(\.name)).count == 2)
        #expect(layout.images.allSatisfy { $0.name.utf8.count <= 63 })
        let server = ServerFiles(layout: layout)
        #expect(server.account.utf8.count <= 31 && server.account.hasPrefix("a-long-name-"))
        #expect(ShortName.of(long, limit: 31) == ShortName.of(long, limit: 31))
        #expect(ShortName.of("short", limit: 31) == "short")
    }

    @Test func `a database's version and the Compose file's name stay what they were`() {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "python", start: "api", port: 8000, uses: ["db"])
        let resources = [Resource(name: "db", kind: .postgres)]
        let app = AppSpec(name: "app", services: [service], resources: resources)
        let ledger = Ledger(entries: [
            "compose.yaml": .init(
                target: "docker",
                text: "services:\n  db:\n    image: postgres:15-alpine\n  api:\n    build: .\n    image: api:9\n")
        ])
        let kept = KeptVersions(ledger).applied(to: app)
        #expect(kept.resources == [Resource(name: "db", kind: .postgres, version: "15")])
        // What Compose is about to name, so that every file of the first run names it too.
        #expect(
            KeptVersions(Ledger()).applied(to: app).resources == [Resource(name: "db", kind: .postgres, version: "17")])
        let files = Self.files([service], resources: kept.resources, written: ["compose.yaml"])
        Self.expect(files["compose.yaml"], says: ["postgres:15-alpine"])
        #expect(files["docker-compose.yml"] == nil)
    }

    @Test func `every address of a server leads to the one beside the code, tests' excepted`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "python", start: "uvicorn main:app", port: 8000,
            uses: ["db", "redis"])
        let files = Self.files(
            [web],
            resources: [
                Resource(name: "db", kind: .postgres, variable: "DATABASE_URL"),
                Resource(name: "redis", kind: .redis, variable: "REDIS_URL"),
            ],
            variables: [
                Variable(name: "DATABASE_URL", services: ["web"], default: "postgresql+asyncpg://a:b@localhost/c"),
                Variable(name: "REPORTS", services: ["web"], default: "postgresql://a:b@localhost/c"),
                Variable(name: "TEST_DATABASE_URL", services: ["web"], default: "postgresql://a:b@localhost/test"),
                Variable(name: "CELERY_BROKER_URL", services: ["web"]),
                Variable(name: "EVENTS", services: ["web"], default: "redis://elsewhere.example.com:6379"),
            ], tree: ["requirements.txt": "fastapi\n", "main.py": ""])
        for name in ["docker-compose.prod.yml", "docker-stack.yml"] {
            Self.expect(
                files[name],
                says: [
                    "DATABASE_URL: postgresql+asyncpg://", "REPORTS: postgresql://",
                    "CELERY_BROKER_URL: redis://redis:",
                ], not: ["TEST_DATABASE_URL: postgresql", "EVENTS: redis://redis"])
        }
    }

    @Test func `a person's Dockerfile is built where its copies are, and nginx listens where its configuration says`() {
        let cms = Service(
            name: "cms", directory: "apps/cms", role: .backend, language: "javascript", install: "pnpm install",
            start: "node server.js", port: 1337)
        let site = Service(name: "site", directory: "site", role: .spa, language: "javascript", build: "npm run build")
        let files = Self.files(
            [cms, site],
            tree: [
                "pnpm-lock.yaml": "", "apps/cms/package.json": "{}",
                "apps/cms/Dockerfile":
                    "FROM node:22\nCOPY package.json ./\nEXPOSE 1337\nCMD [\"node\", \"server.js\"]\n",
                "site/package.json": "{}", "site/nginx/site.conf": "server {\n  listen 3000;\n}\n",
                "site/Dockerfile": "FROM nginx:1.28\nCOPY ./nginx/site.conf /etc/nginx/conf.d/default.conf\n",
            ])
        Self.expect(files["render.yaml"], says: ["dockerContext: ./apps/cms"])
        Self.expect(files["docker-stack.yml"], says: ["target: 3000"])
    }

    @Test(arguments: [
        ("package.json", #"{"dependencies":{"dotenv-safe":"9"}}"#, true), ("check.js", "read('.env.example')", true),
        ("server.js", "throw Error('no PORT (see .env.example)')", false),
        ("README.md", "Copy .env.example to .env", false),
    ])
    func `templates of values enter an image only where code reads them`(_ path: String, _ text: String, _ enters: Bool)
    {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "javascript", start: "node server.js", port: 3000)
        let ignore = Self.files([web], tree: ["package.json": "{}"].merging([path: text]) { $1 })[".dockerignore"]
        Self.expect(ignore, says: ["**/.env.*\n"] + (enters ? ["!**/.env.example\n"] : []))
        #expect(ignore?.contains("!**/.env.example") == enters)
    }

    @Test(arguments: [
        (["server.js": "require('./routes')"], false), (["server.js": "require('./test/data')"], true),
        (["jest.config.js": "roots: ['./test/']"], false), (["a.spec.ts": "import x from '../test/data'"], false),
        (["package.json": #"{"scripts": {"test": "node --test test/"}}"#], false),
        (["package.json": "{\n \"build\": \"node test/data.js\"\n}"], true), (["test/package.json": "{}"], true),
        (["tsconfig.json": #"{"references": [{"path": "./test"}]}"#], true),
    ])
    func `a folder of tests enters an image only where something outside needs it`(
        _ files: [String: String], _ enters: Bool
    ) {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "javascript", start: "node server.js", port: 3000)
        let tree = ["package.json": "{}", "test/a.js": ""].merging(files) { $1 }
        #expect(Self.files([web], tree: tree)[".dockerignore"]?.contains("\ntest\n") == !enters)
    }

    @Test func `the folders that Laravel expects are there and writable`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "php", framework: "laravel",
            start: "php artisan serve", port: 8000, writableDirectories: ["storage/app"])
        let files = Self.files([web], tree: ["composer.json": "{}", "storage/framework/views/.gitignore": "*"])
        Self.expect(
            files["Dockerfile"], says: ["/folders/app/storage/framework/views", "/folders/app/storage/app"])
        Self.expect(files[".dockerignore"], says: [".gitignore"], not: ["**/.gitignore"])
    }

    @Test(arguments: [
        ("pnpm run start", "CMD [\"sh\", \"-c\", \"exec env NODE_ENV=production node dist/index.js\"]"),
        ("pnpm serve -- --port 80", "CMD [\"sh\", \"-c\", \"node prepare.js && exec node dist/index.js --port 80\"]"),
        ("yarn twice", "CMD [\"node\", \"dist/index.js\", \"a\"]"),
        ("npm start", "NODE_ENV=production node dist/index.js"),
        ("pnpm run all", "CMD [\"pnpm\", \"run\", \"all\"]"), ("pnpm run after", "CMD [\"pnpm\", \"run\", \"after\"]"),
        ("node x.js", "CMD [\"node\", \"x.js\"]"),
    ])
    func `a script is started as what it says, because what runs has no manager`(start: String, expected: String) throws
    {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "javascript", packageManager: "pnpm",
            install: "pnpm install", start: start, port: 3000)
        let files = Self.files(
            [web],
            tree: [
                "package.json": """
                {"scripts": {"start": "NODE_ENV=production node dist/index.js", "preserve": "node prepare.js",
                "serve": "node dist/index.js", "one": "node dist/index.js", "twice": "yarn one a",
                "all": "pnpm --recursive run start", "after": "node a.js", "postafter": "node b.js"}}
                """,
                "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
            ])
        let image = try #require(files["Dockerfile"])
        let runtime = try #require(image.components(of: "AS runtime").last)
        Self.expect(runtime, says: [expected])
        #expect(runtime.contains("npm install --global pnpm") == expected.contains("pnpm"))
    }

    @Test func `a Symfony image runs as in production, from the defaults that are in version control`() {
        let web = Service(
            name: "web", directory: ".", role: .backend, language: "php", framework: "symfony",
            start: "php -S 0.0.0.0:8000 -t public", port: 8000)
        let files = Self.files(
            [web], variables: [Variable(name: "MAILER_DSN", services: ["web"], secret: true)],
            tree: [
                "composer.json": "{}", "public/index.php": "",
                ".env": "APP_ENV=dev\nAPP_SECRET=abc\nMAILER_DSN=null://null\nDATABASE_URL=\"mysql://a:b@db/c\"\n",
            ])
        Self.expect(
            files["Dockerfile"],
            says: ["APP_ENV=prod", "MAILER_DSN=null://null", "touch .env.dist", "/folders/app/var"],
            not: ["APP_SECRET=", "DATABASE_URL="])
        Self.expect(files[".dockerignore"], says: ["**/.env\n"], not: ["!.env\n"])
        // A name without a value would take away what the image sets.
        Self.expect(files["docker-compose.prod.yml"], says: ["MAILER_DSN: ${MAILER_DSN:-null://null}"])
    }
}
