// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayHost
import Synchronization
import Testing

@testable import SlipwayEngine

private let hasTools = ["pebble", "pebble-challtestsrv", "openssl", "curl"].allSatisfy {
    ExecutableSearch.find($0) != nil
}

/// A certificate from a real ACME server, Pebble, which refuses a part of all requests on purpose.
@Suite(.serialized)
struct EdgeCertificateTests {
    private func run(_ script: String, _ arguments: String...) async throws -> String {
        let command = Command(
            "/bin/sh", ["-c", "exec 2>/dev/null </dev/null; \(script)", "sh"] + arguments, deadline: .seconds(60))
        return try await LocalRunner().run(command).lines.map(\.text).joined(separator: "\n")
    }

    @Test(.enabled(if: ExecutableSearch.find("openssl") != nil, "openssl is not installed"))
    func `a request for a certificate is one that OpenSSL verifies, with all its names`() async throws {
        let site = TemporarySite()
        let names = (1...9).map { "name-\($0).example.org" } + ["*.example.net"]
        try site.write("request.der", Data(try CertificateRequest.make(for: names, key: SigningKey())))
        let text = try await run(
            "openssl req -inform DER -in \"$1\" -noout -text -verify 2>&1", site.root + "/request.der")
        #expect(text.contains("verify OK"))
        for name in names { #expect(text.contains("DNS:\(name)")) }
    }

    @Test(
        .enabled(if: hasTools, "pebble, openssl or curl is not installed: apt-get install pebble"),
        .timeLimit(.minutes(2)))
    func `the edge gets its certificate by itself, serves it, and keeps it for the next start`() async throws {
        let site = TemporarySite()
        var taken: Set<UInt16> = []
        func port() throws -> UInt16 {
            let port = try LoopbackPort.free(avoiding: taken)
            taken.insert(port)
            return port
        }
        let (plain, names, namesControl, server, control) = try (port(), port(), port(), port(), port())
        _ = try await run(
            """
            cd "$1" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
            -addext subjectAltName=DNS:localhost -out server.pem -keyout server.key
            """, site.root)
        try site.write(
            "pebble.json",
            """
            {"pebble": {"listenAddress": "127.0.0.1:\(server)", "managementListenAddress": "127.0.0.1:\(control)",
              "certificate": "\(site.root)/server.pem", "privateKey": "\(site.root)/server.key",
              "httpPort": \(plain), "tlsPort": 1}}
            """)
        let domain = "app.example.test"
        let acme = EdgeACME(
            domains: [domain, "www.example.test"], email: "ops@example.test",
            directory: "https://localhost:\(server)/dir", authority: site.root + "/server.pem",
            folder: site.root + "/acme")
        let servers = Task {
            await withTaskGroup(of: Void.self) { group in
                let commands = [
                    Command(
                        "pebble", ["-config", site.root + "/pebble.json", "-dnsserver", "127.0.0.1:\(names)"],
                        environment: ["PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "30"], deadline: .seconds(100)
                    ),
                    Command(
                        "pebble-challtestsrv",
                        [
                            "-dns01", "127.0.0.1:\(names)", "-management", "127.0.0.1:\(namesControl)", "-http01", "",
                            "-https01", "", "-tlsalpn01", "", "-defaultIPv4", "127.0.0.1", "-defaultIPv6",
                            "",
                        ], deadline: .seconds(100)),
                ]
                for command in commands { group.addTask { _ = try? await LocalRunner().run(command) } }
            }
        }
        defer { servers.cancel() }
        let root = site.root + "/root.pem"
        let answered = try await run(
            "for i in $(seq 100); do curl -sfk https://127.0.0.1:\(control)/roots/0 -o \"$1\" && echo yes && exit; sleep 0.2; done",
            root)
        try #require(answered == "yes")

        try site.write("page/index.html", "hello")
        let files = EdgeRoute(
            prefix: "/", service: "web", destination: .files(root: site.root + "/page", fallback: nil))
        let tls = EdgeTLS(
            port: 0, certificates: [.init(chain: acme.certificate, key: acme.certificate)], acme: acme)
        let spec = EdgeSpec(hosts: ["127.0.0.1"], port: plain, routes: [files], tls: tls)
        let said = Mutex<[String]>([])
        let edge = Edge(spec: spec, note: { text in said.withLock { $0.append(text) } }, condition: { _ in .ready })
        _ = try await edge.start()
        for _ in 0..<400 where await edge.secureAddresses.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        let secure = try #require(await edge.secureAddresses.first, "\(said.withLock { $0 })").port
        func page(_ name: String) async throws -> String {
            try await run(
                "curl -s --cacert \"$1\" --resolve \(name):\(secure):127.0.0.1 https://\(name):\(secure)/", root)
        }
        #expect(try await page(domain) == "hello")
        #expect(try await page("www.example.test") == "hello")
        // Only now plain requests are sent there; the authority's own are not.
        #expect(try await run("curl -sI http://127.0.0.1:\(plain)/").contains("308"))
        #expect(try await run("curl -sI http://127.0.0.1:\(plain)/.well-known/acme-challenge/x").contains("404"))
        await edge.shutdown(grace: .zero)
        let mode = try FileManager.default.attributesOfItem(atPath: acme.certificate)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        // The next start needs no authority.
        servers.cancel()
        await servers.value
        let next = Edge(spec: spec, condition: { _ in .ready })
        _ = try await next.start()
        #expect(await next.secureAddresses.count == 1)
        await next.shutdown(grace: .zero)
    }
}
