// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
import Testing

/// Prefixes that are taken off before a service gets its requests.
struct StrippedRouteTests {
    private static func files(stripped: [String]?, front: Role = .spa) -> [String: String] {
        let client = Service(
            name: "client", directory: "client", role: front, language: "javascript", packageManager: "npm",
            install: "npm ci", build: "npm run build", start: front == .ssr ? "node server.js" : nil,
            port: front == .ssr ? 3000 : nil, outputDirectory: "dist", routes: ["/"])
        let server = Service(
            name: "server", directory: "server", role: .backend, language: "javascript", packageManager: "npm",
            install: "npm ci", start: "node index.js", port: 5000, healthPath: "/health", routes: ["/api", "/ws"],
            strippedRoutes: stripped)
        let input = EmitterInput(
            app: AppSpec(name: "shop", services: [client, server]),
            tree: SourceTree(files: ["client/package.json": "{}", "server/package.json": "{}"]), written: [])
        let files = EmitterCatalog.all.flatMap { $0.emit(input) }
        return Dictionary(files.map { ($0.path, $0.contents) }) { first, _ in first }
    }

    /// nginx looks at no `set` after `break`, so the address comes first.
    private static let block =
        "location ~ ^/api(/|$) {\n            set $upstream_server server:5000;\n"
        + "            rewrite ^/api(?:/(.*))?$ /$1 break;\n            proxy_pass http://$upstream_server;\n"

    @Test func `the door takes the prefix off, and only that one`() throws {
        let nginx = try #require(Self.files(stripped: ["/api"])["client/nginx.conf"])
        #expect(nginx.contains(Self.block), "\(nginx)")
        #expect(nginx.contains("location ~ ^/(ws)(/|$) {"))
        let whole = try #require(Self.files(stripped: nil)["client/nginx.conf"])
        #expect(whole.contains("location ~ ^/(api|ws)(/|$) {") && !whole.contains("rewrite"))
    }

    @Test func `the gateway beside a server that renders pages takes it off`() throws {
        let nginx = try #require(Self.files(stripped: ["/api"], front: .ssr)["deploy/gateway/nginx.conf"])
        #expect(nginx.contains(Self.block), "\(nginx)")
    }

    @Test func `a cluster has an Ingress of its own for it`() throws {
        let files = Self.files(stripped: ["/api"])
        let ingress = try #require(files.first { $0.key.contains("app_ingress") || $0.key.contains("ingress") }?.value)
        #expect(ingress.contains("nginx.ingress.kubernetes.io/rewrite-target: /$2"), "\(ingress)")
        #expect(ingress.contains("/api(/|$)(.*)"))
        #expect(Self.files(stripped: nil).allSatisfy { !$0.value.contains("rewrite-target") })
    }

    @Test func `Render's rewrite leads to the path without it`() throws {
        let render = try #require(Self.files(stripped: ["/api"])["render.yaml"])
        #expect(render.contains("source: /api/*") && render.contains(".onrender.com/*"), "\(render)")
        #expect(render.contains(".onrender.com/ws/*"))
    }

    @Test(arguments: [
        ("/api/users", "/users"), ("/api", "/"), ("/apis", "/apis"), ("/ws/1", "/ws/1"),
    ])
    func `paths are known on both sides`(_ outside: String, _ inside: String) {
        let service = Service(
            name: "server", directory: ".", role: .backend, routes: ["/api", "/ws"], strippedRoutes: ["/api"])
        #expect(service.inside(outside) == inside)
        if inside != "/apis" { #expect(service.outside(inside) == outside) }
    }
}
