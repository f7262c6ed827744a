// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayEngine

private let hasTools = ["/usr/bin/openssl", "/usr/bin/curl"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// Encrypted connections, with curl as the client that others wrote.
@Suite(.serialized, .enabled(if: hasTools, "openssl or curl is not installed"))
struct EdgeEncryptionTests {
    /// - Returns: What it wrote to standard output, line ends and all.
    @discardableResult
    private func run(_ program: String, _ arguments: [String]) async throws -> String {
        let output = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: output) }
        let command = Command(
            "/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>/dev/null </dev/null", output, "/usr/bin/" + program] + arguments,
            deadline: .seconds(60))
        _ = try await LocalRunner().run(command, onLine: nil)
        return String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
    }

    private func certificate(_ name: String, in site: TemporarySite) async throws -> EdgeTLS.Certificate {
        let (chain, key) = ("\(site.root)/\(name).pem", "\(site.root)/\(name).key")
        try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name),DNS:*.\(name)", "-out", chain,
                "-keyout", key,
            ])
        return EdgeTLS.Certificate(chain: chain, key: key)
    }

    /// Says how it was asked.
    private static let mirror: ScriptedUpstream.Script = { stream, _ in
        while true {
            let head = try await stream.receive(through: "\r\n\r\n")
            guard !head.isEmpty else { return }
            var body = ""
            if head.lowercased().contains("transfer-encoding: chunked") {
                body = try await stream.receive(through: "0\r\n\r\n")
            }
            let text = head + body
            try await stream.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
        }
    }

    private func curl(_ port: UInt16, host: String = "localhost", _ arguments: String...) async throws -> String {
        try await run(
            "curl",
            ["-sk", "-i", "-m", "10", "--resolve", "\(host):\(port):127.0.0.1"] + arguments
                + (arguments.contains { $0.hasPrefix("http") } ? [] : ["https://\(host):\(port)/a?b"]))
    }

    private func secure(
        _ certificates: [EdgeTLS.Certificate], files: EdgeRoute? = nil,
        _ body: (Edge, _ plain: UInt16, _ secure: UInt16) async throws -> Void
    ) async throws {
        try await ScriptedUpstream.serve(Self.mirror) { upstream in
            let tls = EdgeTLS(port: 0, certificates: certificates, strictTransportSeconds: 60)
            try await EdgeFixture.run([files ?? EdgeFixture.route(upstream.port)], with: { $0.tls = tls }) {
                edge, plain in
                try await body(edge, plain, try #require(await edge.secureAddresses.first).port)
            }
        }
    }

    @Test(arguments: ["--http1.1", "--http2"])
    func `a request arrives decrypted and says that it was encrypted`(_ version: String) async throws {
        let site = TemporarySite()
        try await secure([try await certificate("localhost", in: site)]) { _, _, port in
            // Without a length, so that the body is chunked on its way to the service.
            let framing = version == "--http2" ? "Content-Length:" : "Transfer-Encoding: chunked"
            let answer = try await curl(port, version, "-d", "x=1", "-H", framing, "-b", "a=1; b=2")
            #expect(answer.hasPrefix(version == "--http2" ? "HTTP/2 200" : "HTTP/1.1 200"), "\(answer)")
            #expect(answer.contains("POST /a?b HTTP/1.1\r\nHost: localhost:\(port)\r\n"))
            #expect(answer.contains("X-Forwarded-Proto: https\r\n"))
            #expect(answer.lowercased().contains("strict-transport-security: max-age=60\r\n"))
            #expect(answer.lowercased().contains("cookie: a=1; b=2\r\n"))
            let head = try await curl(port, version, "-I")
            #expect(head.contains(" 200"))
        }
    }

    @Test(arguments: ["--http1.1", "--http2"])
    func `files of every size arrive whole`(_ version: String) async throws {
        let site = TemporarySite()
        for size in [0, 1000, 300_000, 3_000_000] {
            try site.write("files/\(size).bin", Data((0..<size).map { UInt8(truncatingIfNeeded: $0 % 251) }))
        }
        let files = EdgeRoute(
            prefix: "/", service: "web", destination: .files(root: site.root + "/files", fallback: nil))
        let certificates = [try await certificate("localhost", in: site)]
        try await secure(certificates, files: files) { _, _, port in
            for size in [0, 1000, 300_000, 3_000_000] {
                let copy = "\(site.root)/copy"
                _ = try await curl(port, version, "-o", copy, "--no-include", "https://localhost:\(port)/\(size).bin")
                let expected = try Data(contentsOf: URL(fileURLWithPath: "\(site.root)/files/\(size).bin"))
                #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == expected, "\(size)")
            }
        }
    }

    @Test func `the client's name for the server chooses the certificate`() async throws {
        let site = TemporarySite()
        try await secure([try await certificate("a.test", in: site), try await certificate("b.test", in: site)]) {
            _, _, port in
            for (host, expected) in [("a.test", "a.test"), ("x.b.test", "b.test"), ("c.test", "a.test")] {
                // s_client ends with its standard input.
                let shown = try await run(
                    "openssl", ["s_client", "-connect", "127.0.0.1:\(port)", "-servername", host, "-no_ign_eof"])
                #expect(shown.contains("CN = \(expected)"), "\(shown.prefix(200))")
            }
        }
    }

    @Test func `new files are used by new connections, broken ones are not`() async throws {
        let site = TemporarySite()
        let first = try await certificate("localhost", in: site)
        try await secure([first]) { edge, _, port in
            let other = try await certificate("other", in: site)
            let manager = FileManager.default
            try manager.removeItem(atPath: first.chain)
            try manager.copyItem(atPath: other.chain, toPath: first.chain)
            // The key does not fit yet.
            let error = await #expect(throws: SlipwayError.self) { try await edge.reloadCertificates() }
            #expect(error?.code == .badConfiguration)
            #expect(try await curl(port, "--cacert", first.chain).hasPrefix("HTTP/2 200"), "the old pair serves")
            try manager.removeItem(atPath: first.key)
            try manager.copyItem(atPath: other.key, toPath: first.key)
            try await edge.reloadCertificates()
            let answer = try await run(
                "curl",
                [
                    "-s", "-m", "10", "--cacert", other.chain, "--resolve", "other:\(port):127.0.0.1",
                    "https://other:\(port)/",
                ])
            #expect(answer.hasPrefix("GET / HTTP/1.1"))
        }
    }

    @Test func `a plain request is sent to the encrypted port`() async throws {
        let site = TemporarySite()
        try await secure([try await certificate("localhost", in: site)]) { _, plain, port in
            try await RawStream.connect(to: plain) { stream in
                try await stream.send(EdgeFixture.get("/a?b"))
                let answer = try await stream.receiveMessage()
                #expect(answer.hasPrefix("HTTP/1.1 308 Permanent Redirect\r\n"))
                #expect(answer.contains("\r\nLocation: https://localhost:\(port)/a?b\r\n"))
                try await stream.send(EdgeFixture.get("/.well-known/acme-challenge/x"))
                #expect(try await stream.receiveMessage().hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test func `certificate and key that do not fit are an error that names them`() async throws {
        let site = TemporarySite()
        let (one, other) = (try await certificate("one", in: site), try await certificate("other", in: site))
        let tls = EdgeTLS(port: 0, certificates: [EdgeTLS.Certificate(chain: one.chain, key: other.key)])
        let edge = Edge(spec: EdgeSpec(hosts: ["127.0.0.1"], port: 0, routes: [], tls: tls)) { _ in .ready }
        let error = await #expect(throws: SlipwayError.self) { try await edge.start() }
        #expect(error?.code == .badConfiguration)
        #expect(error?.message.contains(one.chain) == true)
    }
}
