// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// Addresses that a server of pages bakes into what it sends to browsers, and lists of origins that an API compares
/// with where pages come from.
struct RenderedAddressTests {
    private static func files(_ variable: Variable, routes: [String] = ["/labels"]) -> [String: String] {
        let web = Service(
            name: "web", directory: "web", role: .ssr, language: "typescript", framework: "nextjs",
            packageManager: "npm", install: "npm ci", build: "npm run build", start: "npx next start", port: 3000,
            routes: ["/"])
        let api = Service(
            name: "api", directory: "api", role: .backend, language: "javascript", packageManager: "npm",
            install: "npm ci", start: "node index.js", port: 5000, routes: routes)
        let input = EmitterInput(
            app: AppSpec(name: "shop", services: [api, web], variables: [variable]),
            tree: SourceTree(files: ["web/package.json": "{}", "api/package.json": "{}"]), written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    private static func baked(_ name: String, _ given: String) -> Variable {
        Variable(name: name, services: ["web"], phase: .build, default: given, origins: ["web/app/page.tsx:1"])
    }

    @Test(arguments: [
        ("NEXT_PUBLIC_API_URL", "http://localhost:5000", ""),
        ("NEXT_PUBLIC_API_URL", "http://localhost:5000/v1", "/v1"),
        ("NEXT_PUBLIC_APP_URL", "http://localhost:3000", ""),
    ])
    func `pages that a server renders ask at the address of visitors`(
        _ name: String, _ given: String, _ path: String
    ) throws {
        let files = Self.files(Self.baked(name, given))
        #expect(
            try #require(files["docker-compose.yml"])
                .contains("\(name): ${\(name):-http://localhost:${HTTP_PORT:-8080}\(path)}"))
        #expect(try #require(files["docker-compose.prod.yml"]).contains("\(name): ${\(name):?set \(name)"))
    }

    @Test func `no template suggests a developer's machine to visitors`() throws {
        let files = Self.files(Self.baked("NEXT_PUBLIC_API_URL", "http://localhost:5000"))
        #expect(try #require(files[".env.production.example"]).contains("\nNEXT_PUBLIC_API_URL=\n"))
        #expect(try #require(files[".env.docker.example"]).contains("\n# NEXT_PUBLIC_API_URL=\n"))
        #expect(try #require(files["scripts/test-docker.sh"]).contains("\nNEXT_PUBLIC_API_URL=https://example.com\n"))
        #expect(try #require(files[".env.example"]).contains("# NEXT_PUBLIC_API_URL=http://localhost:5000\n"))
    }

    @Test func `Nuxt's own name before a variable changes nothing`() {
        #expect(AddressName.isUsual("NUXT_REDIS_URL", for: .redis))
        #expect(!AddressName.isUsual("NUXT_SESSION_URL", for: .redis))
    }

    @Test func `each server has a name of its own on Fly`() throws {
        let files = Self.files(Self.baked("NEXT_PUBLIC_API_URL", "http://localhost:5000"))
        #expect(try #require(files["web/fly.toml"]).contains("NEXT_PUBLIC_API_URL = \"https://shop-api.fly.dev\""))
    }

    @Test func `an api at an address of its own is asked there`() throws {
        let files = Self.files(Self.baked("NEXT_PUBLIC_API_URL", "http://localhost:5000"), routes: [])
        let compose = try #require(files["docker-compose.yml"])
        #expect(
            compose.contains("NEXT_PUBLIC_API_URL: ${NEXT_PUBLIC_API_URL:-http://localhost:${API_HOST_PORT:-8081}}"))
        #expect(compose.contains("${API_HOST_PORT:-8081}:5000"))
        #expect(!compose.contains("gateway"))
    }

    @Test(arguments: [
        ("NEXT_PUBLIC_API_URL", "https://api.example.com"), ("NEXT_PUBLIC_MAPS_URL", "http://localhost:9000"),
    ])
    func `what is somebody else's stays`(_ name: String, _ given: String) throws {
        let files = Self.files(Self.baked(name, given))
        #expect(!(try #require(files["docker-compose.prod.yml"])).contains(":?set \(name)"))
    }

    @Test func `a list of origins outside of which requests end must name the address of visitors`() throws {
        var list = Variable(name: "ALLOWED_ORIGINS", services: ["api"], default: "http://localhost:5173")
        list.listsVisitors = true
        let files = Self.files(list)
        #expect(
            try #require(files["docker-compose.yml"])
                .contains("ALLOWED_ORIGINS: ${ALLOWED_ORIGINS:-http://localhost:${HTTP_PORT:-8080}}"))
        #expect(
            try #require(files["docker-compose.prod.yml"]).contains("ALLOWED_ORIGINS: ${ALLOWED_ORIGINS:?set ALLOWED_"))
        #expect(try #require(files[".env.production.example"]).contains("\nALLOWED_ORIGINS=\n"))
    }

    @Test func `a list that names others beside a developer's machine stays`() throws {
        var list = Variable(
            name: "ALLOWED_ORIGINS", services: ["api"], default: "http://localhost:5173,https://example.com")
        list.listsVisitors = true
        #expect(!(try #require(Self.files(list)["docker-compose.prod.yml"])).contains(":?set ALLOWED_ORIGINS"))
    }

    @Test func `a database keeps the image that brings its extensions`() throws {
        var database = Resource(name: "db", kind: .postgres, version: "16", variable: "DATABASE_URL")
        database.image = "timescale/timescaledb:2.24.0-pg16"
        let api = Service(
            name: "api", directory: ".", role: .backend, language: "javascript", packageManager: "npm",
            install: "npm ci", start: "node index.js", port: 5000, uses: ["db"],
            routes: ["/"])
        let input = EmitterInput(
            app: AppSpec(name: "shop", services: [api], resources: [database]),
            tree: SourceTree(files: ["package.json": "{}"]), written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        let compose = try #require(files.first { $0.path == "docker-compose.yml" })
        #expect(compose.contents.contains("image: timescale/timescaledb:2.24.0-pg16"))
    }

    @Test func `a hand-written railway.toml stays the only file for Railway`() {
        let api = Service(
            name: "api", directory: "api", role: .backend, language: "javascript", packageManager: "npm",
            install: "npm ci", start: "node index.js", port: 5000, routes: ["/"])
        let input = EmitterInput(
            app: AppSpec(name: "shop", services: [api]),
            tree: SourceTree(files: ["api/package.json": "{}", "api/railway.toml": "[deploy]\n"]), written: [])
        let paths = EmitterCatalog.all.flatMap { $0.emit(input) }.map(\.path)
        #expect(!paths.contains("api/railway.json"))
        #expect(paths.contains("api/fly.toml"))
    }
}
