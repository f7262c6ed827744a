// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

/// Which databases and caches follow from what a code base requires, SQLite aside: it is no server.
struct ResourceKindTests {
    typealias Case = (files: [String: String], kinds: [Resource.Kind])

    private static func go(_ requires: String..., imports: String = "") -> [String: String] {
        [
            "go.mod": "module x\nrequire (\n" + requires.map { "\t\($0) v1.0.0\n" }.joined() + ")\n",
            "main.go": "package main\nimport \"\(imports)\"\nfunc main() {\n\thttp.ListenAndServe(\":80\", nil)\n}\n",
        ]
    }
    private static func rails(_ gems: String) -> [String: String] {
        ["Gemfile": "gem 'rails'\n\(gems)\n", "config/application.rb": "", "config.ru": ""]
    }
    private static func laravel(_ environment: String, _ requires: String = "") -> [String: String] {
        [
            "composer.json": "{\"require\": {\"laravel/framework\": \"11\"\(requires)}}", "artisan": "",
            "public/index.php": "", ".env.example": environment,
        ]
    }
    private static func swift(_ products: String...) -> [String: String] {
        let list = (["Vapor"] + products).map { ".product(name: \"\($0)\", package: \"p\")" }.joined(separator: ", ")
        return [
            "Package.swift":
                "// swift-tools-version:6.0\nlet package = Package(targets: [.executableTarget(name: \"App\", dependencies: [\(list)])])\n",
            "Sources/App/main.swift": "",
        ]
    }

    static let cases: [Case] = [
        (go("gorm.io/driver/postgres"), [.postgres]),
        (go("github.com/jackc/pgx/v5", "github.com/redis/go-redis/v9"), [.postgres, .redis]),
        (go("go.mongodb.org/mongo-driver"), [.mongodb]),
        (go("github.com/jinzhu/gorm", imports: "github.com/jinzhu/gorm/dialects/mysql"), [.mysql]),
        (go("github.com/jinzhu/gorm", imports: "fmt"), []),
        (go("github.com/valkey-io/valkey-go"), [.valkey]),
        (rails("gem 'pg'\ngem 'sidekiq', group: :production"), [.postgres, .redis]),
        (rails("gem 'mysql2', group: [:development, :test]\ngem 'pg', groups: [:test, :production]"), [.postgres]),
        (rails("group :test do\n  gem 'mongoid'\nend"), []),
        (laravel("DB_CONNECTION=pgsql\nCACHE_STORE=redis\n"), [.postgres, .redis]),
        (laravel("DB_CONNECTION = mariadb\n"), [.mariadb]),
        (laravel("", ", \"mongodb/laravel-mongodb\": \"5\", \"predis/predis\": \"2\""), [.mongodb, .redis]),
        (laravel("MESSENGER_TRANSPORT_DSN=amqp://guest@localhost\n"), [.rabbitmq]),
        (swift("Fluent", "FluentPostgresDriver", "QueuesRedisDriver"), [.postgres, .redis]),
        (swift("MongoKitten"), [.mongodb]),
        (swift("PostgresNIO", "RediStack"), [.postgres, .redis]),
        (
            [
                "src/Web/Web.csproj":
                    "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<ProjectReference Include=\"..\\Data\\Data.csproj\" />\n</Project>",
                "src/Data/Data.csproj":
                    "<Project Sdk=\"Microsoft.NET.Sdk\">\n<PackageReference Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" />\n<ProjectReference Include=\"..\\Web\\Web.csproj\" />\n</Project>",
            ], [.postgres]
        ),
        (
            [
                "Cargo.toml":
                    "[package]\nname = \"a\"\n[dependencies]\naxum = \"0.8\"\nsea-orm = { version = \"1\", features = [\"sqlx-mysql\"] }\n",
                "src/main.rs": "fn main() {}",
            ], [.mysql]
        ),
    ]

    @Test(arguments: cases.indices)
    func `dependencies tell which servers an application needs`(_ index: Int) {
        let given = Self.cases[index]
        let kinds = Detection.detect(SourceTree(files: given.files)).resources.map(\.kind)
        #expect(kinds.filter { $0 != .sqlite }.sorted { $0.rawValue < $1.rawValue } == given.kinds)
    }
}
