// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// Addresses of the API that are baked into pages.
struct PublicAddressTests {
    private static func files(_ given: String) -> [String: String] {
        let client = Service(
            name: "client", directory: "client", role: .spa, language: "javascript", framework: "vite",
            packageManager: "npm", install: "npm ci", build: "npm run build", outputDirectory: "dist", routes: ["/"])
        let server = Service(
            name: "server", directory: "server", role: .backend, language: "javascript", packageManager: "npm",
            install: "npm ci", start: "node index.js", port: 5000, routes: ["/api", "/ws"])
        let variable = Variable(
            name: "VITE_API_URL", services: ["client"], phase: .build, default: given, origins: ["client/src/main.js:1"]
        )
        let input = EmitterInput(
            app: AppSpec(name: "shop", services: [client, server], variables: [variable]),
            tree: SourceTree(files: ["client/package.json": "{}", "server/package.json": "{}"]),
            written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    @Test func `a path that the door hands on is the address`() throws {
        let files = Self.files("http://localhost:5000/api/v1")
        #expect(try #require(files["client/Dockerfile"]).contains("ARG VITE_API_URL=/api/v1\n"))
        #expect(try #require(files[".env.production.example"]).contains("# VITE_API_URL=/api/v1\n"))
        // Without containers nothing stands before the back end.
        #expect(try #require(files[".env.example"]).contains("# VITE_API_URL=http://localhost:5000/api/v1\n"))
        #expect(try #require(files["render.yaml"]).contains("value: /api/v1\n"))
    }

    @Test(arguments: [
        ("http://localhost:5000", "http://localhost:${HTTP_PORT:-8080}", "https://shop-client.fly.dev"),
        ("ws://localhost:5000/ws", "ws://localhost:${HTTP_PORT:-8080}/ws", "wss://shop-client.fly.dev/ws"),
    ])
    func `where the code adds the path, only a person knows the address`(
        _ given: String, _ here: String, _ onFly: String
    ) throws {
        let files = Self.files(given)
        #expect(try #require(files["docker-compose.yml"]).contains("VITE_API_URL: ${VITE_API_URL:-\(here)}"))
        #expect(
            try #require(files["docker-compose.prod.yml"]).contains("VITE_API_URL: ${VITE_API_URL:?set VITE_API_URL"))
        #expect(try #require(files[".env.production.example"]).contains("\nVITE_API_URL="))
        #expect(try #require(files["client/fly.toml"]).contains("VITE_API_URL = \"\(onFly)\""))
        #expect(try #require(files["render.yaml"]).contains("key: VITE_API_URL\n        sync: false"))
    }

    @Test func `an address of somebody else's stays`() throws {
        let files = Self.files("https://api.example.com/v1")
        #expect(try #require(files["client/Dockerfile"]).contains("ARG VITE_API_URL=https://api.example.com/v1\n"))
    }
}
