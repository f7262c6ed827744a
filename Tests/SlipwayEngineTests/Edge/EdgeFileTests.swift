// SPDX-License-Identifier: Apache-2.0

import Foundation
import SlipwayCore
import Testing

@testable import SlipwayEngine

/// Files over a real socket.
@Suite(.serialized) struct EdgeFileTests {
    private let site = TemporarySite()

    private func serve(_ body: (RawStream) async throws -> Void) async throws {
        let route = EdgeRoute(
            prefix: "/", service: "web", destination: .files(root: site.root, fallback: "index.html"))
        try await EdgeFixture.run([route]) { _, port in
            try await RawStream.connect(to: port) { stream in try await body(stream) }
        }
    }

    private func header(_ name: String, of message: String) -> String? {
        message.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    @Test func `a page, its script and what is missing are answered each in its way`() async throws {
        try site.write("index.html", "<p>home")
        try site.write("assets/index-BXc0aK3_.js", "let a")
        try site.write("robots.txt", "all")
        try await serve { stream in
            func get(_ path: String, _ fields: String = "") async throws -> String {
                try await stream.send(EdgeFixture.get(path, fields))
                return try await stream.receiveMessage()
            }
            let page = try await get("/")
            #expect(page.hasSuffix("<p>home"))
            #expect(header("Cache-Control", of: page) == "no-cache")
            for name in [
                "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "ETag", "Date", "X-Request-Id",
            ] {
                #expect(header(name, of: page) != nil, "\(name)")
            }
            let script = try await get("/assets/index-BXc0aK3_.js")
            #expect(header("Cache-Control", of: script) == "public, max-age=31536000, immutable")
            #expect(header("Content-Type", of: script) == "text/javascript; charset=utf-8")
            #expect(try await get("/robots.txt").contains("max-age=0, must-revalidate"))
            #expect(try await get("/users/7", "Accept: text/html\r\n").hasSuffix("<p>home"))
            let missing = try await get("/assets/gone.js", "Accept: text/html\r\n")
            #expect(missing.hasPrefix("HTTP/1.1 404 "))
            #expect(header("Cache-Control", of: missing) == "no-store")
            try await stream.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            #expect(header("Allow", of: try await stream.receiveMessage()) == "GET, HEAD")
        }
    }

    @Test func `conditions, ranges and HEAD send no more than asked`() async throws {
        try site.write("a.txt", "0123456789")
        try await serve { stream in
            try await stream.send(EdgeFixture.get("/a.txt"))
            let etag = try #require(header("ETag", of: try await stream.receiveMessage()))
            try await stream.send(EdgeFixture.get("/a.txt", "If-None-Match: \(etag)\r\n"))
            let unchanged = try await stream.receive(through: "\r\n\r\n")
            #expect(unchanged.hasPrefix("HTTP/1.1 304 "))
            #expect(header("Content-Length", of: unchanged) == nil)
            try await stream.send(EdgeFixture.get("/a.txt", "Range: bytes=2-4\r\n"))
            let part = try await stream.receiveMessage()
            #expect(part.hasPrefix("HTTP/1.1 206 "))
            #expect(part.hasSuffix("\r\n\r\n234"))
            #expect(header("Content-Range", of: part) == "bytes 2-4/10")
            try await stream.send(EdgeFixture.get("/a.txt", "Range: bytes=20-\r\n"))
            let beyond = try await stream.receiveMessage()
            #expect(beyond.hasPrefix("HTTP/1.1 416 "))
            #expect(header("Content-Range", of: beyond) == "bytes */10")
            try await stream.send(EdgeFixture.get("/a.txt", "Range: bytes=0-0,9-9\r\n"))
            #expect(
                header("Content-Type", of: try await stream.receiveMessage())?.hasPrefix("multipart/byteranges") == true
            )
            try await stream.send("HEAD /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let head = try await stream.receiveAll()
            #expect(header("Content-Length", of: head) == "10")
            #expect(head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test(arguments: [0, 1, 16 << 10, 300 << 10, 5 << 20])
    func `a file of any size arrives whole`(_ size: Int) async throws {
        try site.write("file.bin", Data(repeating: 0x62, count: size))
        try await serve { stream in
            for _ in 1...2 {
                try await stream.send(EdgeFixture.get("/file.bin"))
                let head = try await stream.receive(through: "\r\n\r\n")
                #expect(header("Content-Length", of: head) == "\(size)")
                #expect(try await stream.receive(count: size) == String(repeating: "b", count: size))
            }
        }
    }

    @Test func `a file that changes is served anew`() async throws {
        try site.write("a.txt", "one")
        try await serve { stream in
            try await stream.send(EdgeFixture.get("/a.txt"))
            #expect(try await stream.receiveMessage().hasSuffix("one"))
            try site.write("a.txt", "three")
            try await Task.sleep(for: .milliseconds(250))
            try await stream.send(EdgeFixture.get("/a.txt"))
            #expect(try await stream.receiveMessage().hasSuffix("three"))
        }
    }
}
