// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What migrations are run with is in the image, and commands name it where it lies there.
struct MigrationProgramTests {
    private static func files(
        _ service: Service, database: Resource.Kind = .postgres, tree: [String: String]
    ) -> [String: String] {
        var service = service
        service.uses = ["db"]
        let input = EmitterInput(
            app: AppSpec(
                name: "app", services: [service], resources: [Resource(name: "db", kind: database)],
                variables: [Variable(name: "DATABASE_URL", services: ["api"], required: true)]),
            tree: SourceTree(files: tree))
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    private static func go(release: String, start: String = "./bin/api") -> Service {
        Service(
            name: "api", directory: ".", role: .backend, language: "go", build: "go build -o bin/api ./cmd/api",
            start: start, release: release, port: 8080)
    }

    private static let module = [
        "go.mod": "module example.com/api\n\ngo 1.22\n\nrequire github.com/pressly/goose/v3 v3.20.0\n",
        "go.sum": "", "cmd/api/main.go": "package main", "cmd/migrate/main.go": "package main",
        "db/migrations/001.sql": "-- +goose Up",
    ]

    @Test func `a tool of Go is installed, with the version that the module requires`() throws {
        let files = Self.files(
            Self.go(release: "goose -dir db/migrations postgres \"$DATABASE_URL\" up"), tree: Self.module)
        let image = try #require(files["Dockerfile"])
        #expect(image.contains("github.com/pressly/goose/v3/cmd/goose@v3.20.0"))
        #expect(image.components(of: "COPY --from=tools /go/bin/goose /usr/local/bin/goose").count == 3)
        #expect(image.contains("COPY db/migrations /app/db/migrations"))
        #expect(files["docker-compose.prod.yml"]?.contains("exec goose -dir db/migrations") == true)
        #expect(files[".github/workflows/ci.yml"]?.contains("go install -ldflags='-s -w' github.com/pressly") == true)
    }

    @Test func `another program of the module is built beside the server`() throws {
        let files = Self.files(Self.go(release: "go run ./cmd/migrate up"), tree: Self.module)
        let image = try #require(files["Dockerfile"])
        #expect(image.contains("-o /out/migrate ./cmd/migrate"))
        #expect(image.contains("COPY --from=build /out/migrate /usr/local/bin/migrate"))
        for name in ["docker-compose.yml", "docker-compose.prod.yml"] {
            #expect(files[name]?.contains("command: [\"/usr/local/bin/migrate\", \"up\"]") == true, "\(name)")
        }
        #expect(files["docker-compose.dev.yml"]?.contains("[\"go\", \"run\", \"./cmd/migrate\", \"up\"]") == true)
        #expect(files["fly.toml"]?.contains("release_command = \"/usr/local/bin/migrate up\"") == true)
        #expect(files["render.yaml"]?.contains("preDeployCommand: /usr/local/bin/migrate up") == true)
        #expect(files["railway.json"]?.contains("/usr/local/bin/migrate up") == true)
    }

    @Test func `a subcommand of the server's own program is asked where the program lies`() throws {
        let files = Self.files(Self.go(release: "./bin/api migrate up", start: "./bin/api serve"), tree: Self.module)
        #expect(files["Dockerfile"]?.contains("CMD [\"/usr/local/bin/api\", \"serve\"]") == true)
        #expect(files["docker-compose.prod.yml"]?.contains("[\"/usr/local/bin/api\", \"migrate\", \"up\"]") == true)
        let development = try #require(files["docker-compose.dev.yml"])
        #expect(development.contains("[\"go\", \"run\", \"./cmd/api\", \"migrate\", \"up\"]"))
    }

    @Test func `a database in a file is migrated by the process that has its disk, compiled or not`() throws {
        let files = Self.files(Self.go(release: "./bin/api migrate"), database: .sqlite, tree: Self.module)
        let both = "/usr/local/bin/api migrate && exec /usr/local/bin/api"
        for name in ["fly.toml", "render.yaml", "railway.json"] {
            #expect(files[name]?.contains(both) == true, "\(name): \(files[name] ?? "")")
        }
    }

    @Test(arguments: [
        ("cargo run --release --package migration -- up", "cargo build --release --package migration", "migration up"),
        ("./target/release/migrate", "cargo build --release --locked --bin migrate", "migrate"),
        ("sqlx migrate run", "cargo install sqlx-cli --version '~0.7' --locked", "sqlx migrate run"),
        ("diesel migration run", "cargo install diesel_cli --version '~2.2' --locked", "diesel migration run"),
    ])
    func `Rust's migrations find their program`(release: String, build: String, command: String) throws {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "rust", build: "cargo build --release --locked",
            start: "./target/release/api", release: release, port: 8080)
        let files = Self.files(
            service,
            tree: [
                "Cargo.toml": "[package]\nname = \"api\"", "migrations/1.sql": "",
                "Cargo.lock": "[[package]]\nname = \"sqlx\"\nversion = \"0.7.4\"\n",
            ])
        let image = try #require(files["Dockerfile"])
        #expect(image.contains(build), "\(image)")
        let program = command.split(separator: " ").first.map(String.init) ?? ""
        #expect(image.contains("/usr/local/bin/\(program)"))
        #expect(image.contains("COPY migrations /app/migrations"))
        #expect(image.contains("libpq5") == release.hasPrefix("diesel"))
        #expect(files["fly.toml"]?.contains(command) == true)
    }

    /// By its path alone a cache would be that of every application which lies in /app.
    @Test(arguments: [("rust", "target"), ("swift", ".build")])
    func `what a compiler keeps belongs to one image`(language: String, folder: String) throws {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: language, start: "\(folder)/release/api", port: 8080)
        let image = try #require(Self.files(service, tree: ["Cargo.toml": "", "Package.swift": ""])["Dockerfile"])
        let name = folder.filter { $0 != "." }
        #expect(image.contains("type=cache,id=app-\(name),target=/app/\(folder),"), "\(image)")
    }

    @Test func `Fluent's migrations are asked of the installed program`() {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "swift",
            build: "swift build -c release --product App", start: ".build/release/App serve --hostname 0.0.0.0",
            release: ".build/release/App migrate --yes", port: 8080)
        let files = Self.files(service, tree: ["Package.swift": "", "Package.resolved": "{}"])
        #expect(files["fly.toml"]?.contains("release_command = \"/usr/local/bin/App migrate --yes\"") == true)
        #expect(
            files["docker-compose.dev.yml"]?.contains("[\"swift\", \"run\", \"App\", \"migrate\", \"--yes\"]") == true)
    }

    @Test func `Entity Framework's migrations are a program, because the image has no SDK`() throws {
        let service = Service(
            name: "api", directory: ".", role: .backend, language: "csharp", languageVersion: "8.0",
            build: "dotnet publish -c Release -o out", start: "dotnet out/Api.dll",
            release: "dotnet ef database update --project src/Data", port: 8080)
        let files = Self.files(
            service,
            tree: [
                "Api.csproj": "<PackageReference Include=\"Microsoft.EntityFrameworkCore.Design\" Version=\"8.0.4\" />"
            ])
        let image = try #require(files["Dockerfile"])
        #expect(image.contains("dotnet tool install --tool-path /usr/local/bin dotnet-ef --version 8.0.4"))
        #expect(
            image.contains("dotnet ef migrations bundle --configuration Release --output /migrate --project src/Data"))
        #expect(image.contains("COPY --from=build /migrate /usr/local/bin/migrate"))
        #expect(files["fly.toml"]?.contains("release_command = \"/usr/local/bin/migrate\"") == true)
        #expect(files["docker-compose.dev.yml"]?.contains("[\"dotnet\", \"ef\", \"database\", \"update\", ") == true)
    }

    @Test func `a command keeps what is no program of it`() {
        func changed(_ text: String) -> String {
            CommandBeginning.changing(text) { $0[0] == "./bin/api" ? (1, "/usr/local/bin/api") : nil }
        }
        #expect(changed("A=1 exec ./bin/api  serve ./bin/api") == "A=1 exec /usr/local/bin/api  serve ./bin/api")
        #expect(changed("cd x && ./bin/api && true") == "cd x && /usr/local/bin/api && true")
        #expect(changed("sh -c 'a && ./bin/api'") == "sh -c 'a && ./bin/api'")
        #expect(changed("") == "")
    }
}
