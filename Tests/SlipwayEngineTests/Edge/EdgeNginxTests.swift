// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayHost
import Testing

@testable import SlipwayEngine

/// The edge in front of a server that others wrote.
struct EdgeNginxTests {
    private static let nginx = ["/usr/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: nginx != nil, "nginx is not installed"))
    func `nginx's answers pass as they are, over one connection`() async throws {
        let site = TemporarySite()
        try site.write("html/a.txt", "from nginx")
        let port = try LoopbackPort.free()
        try site.write(
            "nginx.conf",
            """
            daemon off; master_process off; pid \(site.root)/pid; error_log \(site.root)/log;
            events {}
            http { access_log off; client_body_temp_path \(site.root)/b; proxy_temp_path \(site.root)/p;
            fastcgi_temp_path \(site.root)/f; uwsgi_temp_path \(site.root)/u; scgi_temp_path \(site.root)/s;
            server { listen 127.0.0.1:\(port); root \(site.root)/html; location = /count { return 200 "$connection_requests"; } } }
            """)
        let process = Process()
        process.executableURL = Self.nginx.map(URL.init(fileURLWithPath:))
        process.arguments = ["-c", site.root + "/nginx.conf", "-p", site.root]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // A child started from a dispatch thread inherits its blocked signals, so SIGTERM would wait for ever.
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        for _ in 0..<100 where (try? await RawStream.connect(to: port, { _ in })) == nil {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await EdgeFixture.run([EdgeFixture.route(port)]) { _, edge in
            try await RawStream.connect(to: edge) { stream in
                for request in 1...3 {
                    try await stream.send(EdgeFixture.get("/count"))
                    #expect(try await stream.receiveMessage().hasSuffix("\r\n\r\n\(request)"))
                }
                try await stream.send(EdgeFixture.get("/a.txt", "Range: bytes=5-\r\n"))
                let part = try await stream.receiveMessage()
                #expect(part.hasPrefix("HTTP/1.1 206 "))
                #expect(part.hasSuffix("nginx"))
                try await stream.send("HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\n" + EdgeFixture.get("/missing"))
                #expect(try await stream.receive(through: "\r\n\r\n").contains("Content-Length: 10"))
                #expect(try await stream.receiveMessage().hasPrefix("HTTP/1.1 404 "))
            }
        }
    }
}
