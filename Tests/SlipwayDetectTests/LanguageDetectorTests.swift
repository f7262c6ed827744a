// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

/// One tiny tree a framework, with what must be said of its first service.
struct LanguageDetectorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var files: [String: String]
        var framework: String
        var version: String?
        var start: String
        var build: String?
        var port: UInt16?
        var variable: String?
        var health: String?
        var release: String?
        var resources: [Resource.Kind] = []
    }

    static let cases = [
        Case(
            testDescription: "axum",
            files: [
                "Cargo.toml":
                    "[package]\nname = \"shop\"\nrust-version = \"1.80\"\n[dependencies]\naxum = \"0.7\"\nsqlx = { version = \"0.8\", features = [\"postgres\"] }\n",
                "Cargo.lock": "",
                "src/main.rs":
                    "fn main() {\n    let port = std::env::var(\"PORT\").unwrap_or(\"3000\".into());\n    let app = Router::new().route(\"/health\", get(ok));\n}\n",
            ],
            framework: "axum", version: "1.80", start: "./target/release/shop", build: "cargo build --release --locked",
            port: 3000, variable: "PORT", health: "/health", resources: [.postgres]),
        Case(
            testDescription: "actix with a fixed address",
            files: [
                "Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\nactix-web = \"4\"\nrusqlite = \"0.31\"\n",
                "src/main.rs": "fn main() {\n    HttpServer::new(app)\n        .bind((\"127.0.0.1\", 8081))\n}\n",
            ],
            framework: "actix-web", start: "./target/release/a", build: "cargo build --release", port: 8081,
            resources: [.sqlite]),
        Case(
            testDescription: "rails",
            files: [
                "Gemfile":
                    "ruby \"3.3.1\"\ngem \"rails\", \"~> 7.1\"\ngem \"pg\"\ngem \"puma\"\ngem \"propshaft\"\ngroup :development, :test do\n  gem \"sqlite3\"\nend\n",
                "config.ru": "run Rails.application\n", "config/application.rb": "",
                "config/routes.rb":
                    "Rails.application.routes.draw do\n  get \"up\" => \"rails/health#show\"\n  namespace :api do\n    resources :users\n  end\nend\n",
                "db/migrate/1_a.rb": "",
            ],
            framework: "rails", version: "3.3.1",
            start: "bundle exec puma -b tcp://${HOST:-0.0.0.0}:${PORT:-3000}",
            build: "bundle exec rails assets:precompile", port: 3000, variable: "PORT", health: "/up",
            release: "bundle exec rails db:migrate", resources: [.postgres]),
        Case(
            testDescription: "sinatra",
            files: ["Gemfile": "gem 'sinatra'\ngem 'rackup'\n", "config.ru": "run App\n"],
            framework: "sinatra", start: "bundle exec rackup -o ${HOST:-0.0.0.0} -p ${PORT:-9292}", port: 9292,
            variable: "PORT"),
        Case(
            testDescription: "laravel",
            files: [
                "composer.json": "{\"require\": {\"php\": \"^8.2\", \"laravel/framework\": \"^11.0\"}}", "artisan": "",
                "public/index.php": "", "database/migrations/1.php": "", ".env.example": "DB_CONNECTION=mysql\n",
                "routes/api.php": "Route::get('/health', fn () => 1);\n",
            ],
            framework: "laravel", version: "8.2",
            start: "php artisan serve --host=${HOST:-0.0.0.0} --port=${PORT:-8000}", port: 8000, variable: "PORT",
            health: "/api/health", release: "php artisan migrate --force", resources: [.mysql]),
        Case(
            testDescription: "symfony",
            files: [
                "composer.json":
                    "{\"require\": {\"php\": \">=8.1\", \"symfony/framework-bundle\": \"7.*\", \"doctrine/doctrine-migrations-bundle\": \"3\"}}",
                "bin/console": "", "public/index.php": "",
            ],
            framework: "symfony", version: "8.1", start: "php -S ${HOST:-0.0.0.0}:${PORT:-8000} -t public",
            port: 8000, variable: "PORT", release: "php bin/console doctrine:migrations:migrate --no-interaction"),
        Case(
            testDescription: "spring boot with maven",
            files: [
                "pom.xml":
                    "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.2.0</version></parent>\n<artifactId>shop</artifactId>\n<version>0.0.1</version>\n<java.version>21</java.version>\n<artifactId>spring-boot-starter-actuator</artifactId>\n<groupId>org.postgresql</groupId>\n</project>",
                "src/main/java/App.java": "@SpringBootApplication\npublic class App {}\n",
                "src/main/resources/application.properties": "server.port=${PORT:8081}\n",
            ],
            framework: "spring-boot", version: "21", start: "java -jar target/shop-0.0.1.jar",
            build: "mvn -B -DskipTests package", port: 8081, variable: "PORT", health: "/actuator/health",
            resources: [.postgres]),
        Case(
            testDescription: "spring boot with gradle",
            files: [
                "build.gradle":
                    "plugins { id 'org.springframework.boot' version '3.2.0' }\ngroup = 'x'\nversion = '1.0'\n",
                "settings.gradle": "rootProject.name = 'shop'\n", "gradlew": "",
                "src/main/kotlin/App.kt": "@SpringBootApplication\nclass App\n",
            ],
            framework: "spring-boot", start: "java -jar build/libs/shop-1.0.jar",
            build: "./gradlew --no-daemon bootJar", port: 8080, variable: "SERVER_PORT"),
        Case(
            testDescription: "asp.net core",
            files: [
                "src/Shop.Api/Shop.Api.csproj":
                    "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<TargetFramework>net8.0</TargetFramework>\n<PackageReference Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" />\n</Project>",
                "src/Shop.Api/Program.cs": "app.MapHealthChecks(\"/healthz\");\n",
                "test/Shop.Tests/Shop.Tests.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\">",
            ],
            framework: "aspnetcore", version: "8.0", start: "dotnet out/Shop.Api.dll",
            build: "dotnet publish -c Release -o out", port: 8080, variable: "ASPNETCORE_HTTP_PORTS",
            health: "/healthz", resources: [.postgres]),
        Case(
            testDescription: "phoenix",
            files: [
                "mix.exs":
                    "def project do\n  [\n  app: :my_shop,\n  elixir: \"~> 1.16\",\n  ]\nend\ndefp deps do\n  [\n  {:phoenix, \"~> 1.7\"},\n  {:phoenix_ecto, \"~> 4\"},\n  {:postgrex, \">= 0.0.0\"}\n  ]\nend\n",
                "priv/repo/migrations/1_a.exs": "", "lib/my_shop/release.ex": "",
            ],
            framework: "phoenix", version: "1.16",
            start: "PHX_SERVER=true _build/prod/rel/my_shop/bin/my_shop start", build: "MIX_ENV=prod mix release",
            port: 4000, variable: "PORT",
            release: "_build/prod/rel/my_shop/bin/my_shop eval \"MyShop.Release.migrate\"", resources: [.postgres]),
        Case(
            testDescription: "deno",
            files: [
                "deno.json":
                    "{\n  // tasks\n  \"tasks\": {\"start\": \"deno run -A main.ts\"},\n  \"imports\": {\"hono\": \"jsr:@hono/hono\"}\n}",
                "main.ts": "app.get(\"/health\", ok);\nDeno.serve({ port: 8787 }, app.fetch);\n",
            ],
            framework: "hono", start: "deno task start", port: 8787, health: "/health"),
    ]

    @Test(arguments: cases)
    func `a framework's usual project is found with its commands`(_ given: Case) {
        let spec = Detection.detect(SourceTree(files: given.files))
        let service = spec.services.first
        #expect(spec.services.count == 1)
        #expect(service?.role == .backend)
        #expect(service?.framework == given.framework)
        #expect(service?.languageVersion == given.version)
        #expect(service?.start == given.start)
        if let build = given.build { #expect(service?.build == build) }
        #expect(service?.port == given.port)
        #expect(service?.portVariable == given.variable)
        #expect(service?.healthPath == given.health)
        #expect(service?.release == given.release)
        #expect(spec.resources.map(\.kind) == given.resources)
    }

    @Test(
        arguments: [
            ["Cargo.toml": "[package]\nname = \"lib\"\n[dependencies]\naxum = \"0.7\"\n", "src/lib.rs": ""],
            ["Gemfile": "gem 'rake'\n", "lib/x.rb": ""],
            ["composer.json": "{\"type\": \"library\", \"require\": {}}", "src/X.php": "<?php"],
            ["pom.xml": "<project></project>", "src/main/java/A.java": "class A {}"],
            ["Lib/Lib.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\">"],
            ["mix.exs": "app: :lib\n{:jason, \"~> 1\"}"],
            ["deno.json": "{}", "mod.ts": "export const a = 1;"],
        ] as [[String: String]])
    func `a library is no service`(_ files: [String: String]) {
        #expect(Detection.detect(SourceTree(files: files)).services.isEmpty)
    }
}
