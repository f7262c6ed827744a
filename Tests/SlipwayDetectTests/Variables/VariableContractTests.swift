// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayDetect

struct VariableContractTests {
    @Test func `every reader stands in the catalog`() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let folder = here.appending(path: "../../../Sources/SlipwayDetect/Variables/Readers")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let readers = files.filter { $0.hasSuffix("Reader.swift") }.map { String($0.dropLast(6)) }
        #expect(readers.sorted() == VariableReaderCatalog.all.map { "\(type(of: $0))" }.sorted())
    }

    @Test func `a file counts for the deepest service around it`() {
        let tree = SourceTree(files: [
            "a.py": "import os\nos.environ['ONE']", "web/b.ts": "process.env.TWO", "web/api/c.ts": "process.env.THREE",
            "shared/d.ts": "process.env.FOUR",
        ])
        let services = [
            Service(name: "web", directory: "web", role: .spa, language: "typescript"),
            Service(name: "api", directory: "web/api", role: .backend, language: "typescript"),
        ]
        let found = EnvironmentContract.read(tree: tree, services: services).map { "\($0.name) \($0.services)" }
        #expect(found == ["FOUR [\"api\", \"web\"]", "ONE []", "THREE [\"api\"]", "TWO [\"web\"]"])
    }

    @Test func `a workspace package counts for the services that depend on it`() {
        let tree = SourceTree(files: [
            "package.json": "{}", "apps/web/package.json": #"{"name":"web","dependencies":{"@a/ui":"*"}}"#,
            "apps/api/package.json": #"{"name":"api"}"#,
            "packages/ui/package.json": #"{"name":"@a/ui","dependencies":{"@a/env":"*"}}"#,
            "packages/env/package.json": #"{"name":"@a/env"}"#, "packages/env/x.ts": "process.env.ONE",
        ])
        let services = ["web", "api"].map {
            Service(name: $0, directory: "apps/\($0)", role: .backend, language: "javascript")
        }
        #expect(EnvironmentContract.read(tree: tree, services: services).map(\.services) == [["web"]])
    }

    @Test func `functions of the application count in other files`() {
        let tree = SourceTree(files: [
            "env.ts":
                "export function requireEnv(name: string) { const v = process.env[name]; if (!v) throw 1; return v }",
            "a.ts": "import { requireEnv } from './env'\nconst x = requireEnv('STRIPE_KEY')",
        ])
        #expect(VariableCase.describe(tree) == "STRIPE_KEY!")
    }

    @Test func `the name of a variable may be a constant of the package, or of another`() {
        let tree = SourceTree(files: [
            "config/keys.go":
                "package config\nconst (\n\tEnvPort = \"APP_PORT\"\n\tEnvHost string = \"APP_HOST\"\n\tOther = 3\n)\nvar EnvName = \"APP_NAME\"",
            "config/parse.go":
                "package config\nfunc lookup(key string) (string, bool) { return os.LookupEnv(key) }\nfunc parseInt(target *int, key string) { raw, _ := lookup(key); n(raw) }",
            "config/config.go":
                "package config\nfunc load(c *C) { parseInt(&c.Port, EnvPort); parseInt(&c.X, Unknown); os.Getenv(EnvHost) }",
            "main.go": "package main\nimport \"x/config\"\nvar n = os.Getenv(config.EnvName)",
        ])
        #expect(VariableCase.describe(tree) == "APP_HOST APP_NAME APP_PORT")
    }

    @Test func `settings are inherited across files`() {
        let tree = SourceTree(files: [
            "base.py":
                "from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    model_config = {'env_prefix': 'P_'}\n    one: str",
            "app.py": "from base import Base\nclass Settings(Base):\n    two: int = 2\n",
        ])
        #expect(VariableCase.describe(tree) == "P_ONE! P_TWO=2")
    }

    @Test(arguments: [
        ("JWT_SECRET", true), ("API_KEY", true), ("STRIPE_PUBLISHABLE_KEY", false),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", false),
        ("TOKEN_URL", false), ("DATABASE_URL", true), ("SUPABASE_ANON_KEY", false), ("SENTRY_DSN", true),
        ("PASSWORD_MIN_LENGTH", false), ("CACHE_KEY_PREFIX", false), ("VITE_API_KEY", false), ("PRIVATE_KEY", true),
        ("PORT", false), ("COMPASS_MODE", false), ("SMTP_PASS", true), ("AWS_SECRET_ACCESS_KEY", true), ("KEY", false),
        ("JWT_PUBLIC_KEY", false), ("SECRET_NAME", false), ("REDIS_URL", true), ("AWS_ACCESS_KEY_ID", false),
    ])
    func `names tell secrets`(_ name: String, _ isSecret: Bool) {
        #expect((SecretName.reason(name, kind: nil, default: nil) != nil) == isSecret)
    }

    @Test(arguments: [
        "`", "${", "f'{", "\"\\(", "process.env[", "((((", "process.env.A ||", "'''", "%env(", "${A:-", "#{", "r#\"",
        "/*", "<%",
    ])
    func `no text stops a reader`(_ piece: String) {
        let text = String(repeating: piece, count: 60) + "env config ENV"
        for suffix in [
            "py", "ts", "go", "rs", "rb", "php", "swift", "java", "cs", "ex", "sh", "yml", "html", "prisma", "erb",
            "properties",
        ] {
            _ = EnvironmentContract.read(tree: SourceTree(files: ["application-start.\(suffix)": text]), services: [])
        }
    }
}
